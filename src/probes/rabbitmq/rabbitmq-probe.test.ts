import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { type ChannelModel, connect } from 'amqplib'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { listen } from '../../../test/support/listen.ts'
import { makeRabbitmq, type RabbitmqServer } from '../../../test/support/rabbitmq.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { RabbitmqProbe } from './rabbitmq-probe.ts'

const probe = new RabbitmqProbe()

describe('the rabbitmq probe', requireRealPart('RabbitMQ'), () => {
  let server: RabbitmqServer
  let admin: ChannelModel
  let startUp: readonly string[] = []

  before(async () => {
    server = await makeRabbitmq()
    assert.equal(gist(await ask()), 'failed notYet refused')
    const asked = askUntilPassed(patient, () => askingOf({ url: url() }), 90_000)
    server.start()
    startUp = (await asked).map(gist)
    admin = await connect(url())
  })

  after(async () => {
    await admin?.close()
    await server.remove()
  })

  const url = (user = ''): string => `amqp://${user}127.0.0.1:${server.port}`
  const ask = (more: JsonObject = {}): Promise<Answer> => askOnce(probe, { url: url(), ...more })
  /** Leaves the broker some of the machine while it starts. */
  const patient = {
    kind: 'rabbitmq',
    ask: async (asking: Parameters<typeof probe.ask>[0]) => {
      const answer = await probe.ask(asking)
      if (answer.verdict !== 'passed') await new Promise((resolve) => setTimeout(resolve, 50))
      return answer
    },
  }

  /** A queue of its own, and what asks for a canary through it. */
  async function makeQueue(queue: string, type = 'classic'): Promise<JsonObject> {
    const channel = await admin.createChannel()
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } })
    await channel.close()
    return { queue, canary: { processedWithin: 5_000 } }
  }

  const withCanary = (input: JsonObject, more: JsonObject): JsonObject => ({
    ...input,
    canary: { ...(input['canary'] as JsonObject), ...more },
  })

  async function waitingIn(queue: string): Promise<number> {
    const channel = await admin.createChannel()
    const { messageCount } = await channel.checkQueue(queue)
    await channel.close()
    return messageCount
  }

  /** Queues for answers that are there now. */
  async function answerQueues(): Promise<readonly string[]> {
    const path = 'queues/%2F?disable_stats=true&enable_queue_totals=true'
    const queues = (await server.api('GET', path)) as readonly { readonly name: string }[]
    return queues.map(({ name }) => name).filter((name) => name.startsWith('rampart.answers.'))
  }

  async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
    const giveUpMs = performance.now() + 60_000
    while (!(await holds())) {
      assert.ok(performance.now() < giveUpMs, what)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  it('does not pass before the server has started', () => {
    assert.equal(startUp.at(-1), 'passed ready')
    const early = /^failed notYet (refused|reset|timed-out|missing-vhost)$/
    for (const one of startUp.slice(0, -1)) assert.match(one, early)
  })

  it('tells what it found', async () => {
    const answer = await ask({ management: server.management })
    assert.equal(gist(answer), 'passed ready', answer.sentence)
    assert.match(String(answer.evidence['serverVersion']), /^\d+\.\d+/)
    assert.deepEqual(answer.evidence['alarms'], [])
  })

  it('says not yet while there is no queue, and then while it is of another type', async () => {
    const missing = await ask({ queue: 'late' })
    assert.equal(gist(missing), 'failed notYet missing-queue', missing.sentence)
    await makeQueue('late', 'quorum')
    const { management } = server
    const wrong = await ask({ queue: 'late', type: 'classic', management })
    assert.equal(gist(wrong), 'failed notYet wrong-type', wrong.sentence)
    assert.match(wrong.sentence, /late quorum; classic expected/)
    const right = await ask({ queue: 'late', type: 'quorum', management })
    assert.equal(gist(right), 'passed ready', right.sentence)
    const idle = await ask({ queue: 'late', consumers: 2 })
    assert.equal(gist(idle), 'failed notYet too-few-consumers', idle.sentence)
    assert.match(idle.sentence, /has 0 consumers at the queue late; 2 expected/)
  })

  it('passes when a worker of the expected version has answered the canary', async () => {
    for (const type of ['classic', 'quorum']) {
      const input = await makeQueue(`good-${type}`, type)
      const idle = await ask(input)
      assert.equal(gist(idle), 'failed notYet too-few-consumers', idle.sentence)
      await server.startWorker({ queue: `good-${type}`, version: '1.4.2' })
      const answer = await ask(withCanary(input, { by: '1.4.2' }))
      assert.equal(gist(answer), 'passed ready', answer.sentence)
      assert.match(answer.sentence, /had its canary answered by version 1\.4\.2 after/)
      assert.equal(answer.evidence['workerVersion'], '1.4.2')
      const old = await ask(withCanary(input, { by: '1.5.0' }))
      assert.equal(gist(old), 'failed notYet wrong-version', old.sentence)
      assert.match(old.sentence, /by version 1\.4\.2; version 1\.5\.0 expected/)
      assert.equal(await waitingIn(`good-${type}`), 0)
    }
    await until(async () => (await answerQueues()).length === 0, 'no queue for answers is left')
  })

  it('takes the answer of a worker that names no version, when none is expected', async () => {
    const input = await makeQueue('mute')
    await server.startWorker({ queue: 'mute' })
    assert.equal(gist(await ask(input)), 'passed ready')
    const nameless = await ask(withCanary(input, { by: '1.4.2' }))
    assert.equal(gist(nameless), 'failed notYet wrong-version', nameless.sentence)
    assert.match(nameless.sentence, /a worker that names no version/)
  })

  it('tells a worker that is connected and does nothing, and gives it one canary only', async () => {
    const input = await makeQueue('held')
    const worker = await server.startWorker({ queue: 'held', version: '1' })
    await worker.hold()
    const impatient = withCanary(input, { processedWithin: 200, by: '1' })
    const held = await ask(impatient)
    assert.equal(gist(held), 'failed notYet canary-unprocessed', held.sentence)
    for (let times = 0; times < 2; times += 1) {
      const again = await ask(impatient)
      assert.equal(gist(again), 'failed notYet canary-unprocessed', again.sentence)
      assert.match(again.sentence, /an earlier asking's canary/)
    }
    assert.equal(await worker.count(), 1)
    await worker.resume()
    const resumed = await ask(withCanary(input, { by: '1' }))
    assert.equal(gist(resumed), 'passed ready', resumed.sentence)
    assert.equal(await worker.count(), 2)
    await until(async () => (await answerQueues()).length === 0, 'no queue for answers is left')
  })

  it('passes as soon as another worker takes over from one that held the canary', async () => {
    const input = withCanary(await makeQueue('handed'), { processedWithin: 200 })
    const stuck = await server.startWorker({ queue: 'handed', version: '1' })
    await stuck.hold()
    const held = await ask(input)
    assert.equal(gist(held), 'failed notYet canary-unprocessed', held.sentence)
    const worker = await server.startWorker({ queue: 'handed', version: '2' })
    await stuck.stop()
    const answer = await ask(withCanary(input, { processedWithin: 4_000, by: '2' }))
    assert.equal(gist(answer), 'passed ready', answer.sentence)
    assert.equal(await worker.count(), 2)
    await until(async () => (await answerQueues()).length === 0, 'no queue for answers is left')
  })

  it('judges the backlog before it sends a canary', async () => {
    const input = await makeQueue('behind')
    const channel = await admin.createConfirmChannel()
    for (const number of ['1', '2', '3']) channel.sendToQueue('behind', Buffer.from(number))
    await channel.waitForConfirms()
    const behind = await ask({ ...input, consumers: 0, waiting: 2 })
    assert.equal(gist(behind), 'failed notYet backlog', behind.sentence)
    assert.match(behind.sentence, /has 3 messages waiting .* at most 2 expected/)
    assert.equal(await waitingIn('behind'), 3)
    const worker = await server.startWorker({ queue: 'behind' })
    await worker.hold()
    const counted = { queue: 'behind', management: server.management, unacknowledged: 0 }
    channel.sendToQueue('behind', Buffer.from('4'))
    const held = await askUntilReason(counted, 'unacknowledged')
    assert.match(held.sentence, /waits for 1 acknowledgements .* at most 0 expected/)
  })

  async function askUntilReason(input: JsonObject, reason: string): Promise<Answer> {
    let answer = await ask(input)
    await until(async () => {
      answer = await ask(input)
      return answer.reason === reason
    }, `${reason} expected`)
    return answer
  }

  it('says not yet when the canary finds no way, or no room', async () => {
    const input = await makeQueue('strict')
    await server.startWorker({ queue: 'strict' })
    const lost = await ask(withCanary(input, { routingKey: 'nowhere' }))
    assert.equal(gist(lost), 'failed notYet wrong-route', lost.sentence)
    const missing = await ask(withCanary(input, { exchange: 'nowhere' }))
    assert.equal(gist(missing), 'failed notYet missing-exchange', missing.sentence)
    const channel = await admin.createChannel()
    const full = { 'x-max-length': 0, 'x-overflow': 'reject-publish' }
    await channel.assertQueue('full', { arguments: full })
    const refused = await ask(withCanary(input, { routingKey: 'full' }))
    assert.equal(gist(refused), 'failed notYet queue-full', refused.sentence)
    await until(async () => (await answerQueues()).length === 0, 'no queue for answers is left')
  })

  it('is terminal for wrong credentials, and shows none', async () => {
    for (const user of ['guest:hunter2@', 'nobody:hunter2@']) {
      const answer = await ask({ url: url(user) })
      assert.equal(gist(answer), 'failed terminal wrong-credentials', answer.sentence)
      assert.doesNotMatch(JSON.stringify(answer), /hunter2/)
    }
    const management = server.management.replace('//', '//guest:hunter2@')
    const answer = await ask({ management })
    assert.equal(gist(answer), 'failed terminal wrong-credentials', answer.sentence)
    assert.doesNotMatch(JSON.stringify(answer), /hunter2/)
  })

  it('says not yet for a vhost that is not there, and for a user who may not do this', async () => {
    const missing = await ask({ url: `${url()}/shop` })
    assert.equal(gist(missing), 'failed notYet missing-vhost', missing.sentence)
    assert.match(missing.sentence, /has no vhost shop/)
    await server.api('PUT', 'vhosts/shop')
    await server.api('PUT', 'users/app', { password: 'tiger', tags: '' })
    const locked = await ask({ url: `${url('app:tiger@')}/shop` })
    assert.equal(gist(locked), 'failed notYet permission-denied', locked.sentence)
    const rights = { configure: '^rampart', write: '.*', read: '^rampart' }
    await server.api('PUT', 'permissions/shop/app', rights)
    const entered = await ask({ url: `${url('app:tiger@')}/shop` })
    assert.equal(gist(entered), 'passed ready', entered.sentence)
    assert.doesNotMatch(JSON.stringify(entered), /tiger/)
    await server.api('PUT', 'vhost-limits/shop/max-connections', { value: 0 })
    const full = await ask({ url: `${url('app:tiger@')}/shop` })
    assert.equal(gist(full), 'failed notYet too-many-connections', full.sentence)
    await server.api('DELETE', 'vhost-limits/shop/max-connections')
    const untagged = { url: `${url('app:tiger@')}/shop`, management: server.management }
    const denied = await ask(untagged)
    assert.equal(gist(denied), 'failed notYet permission-denied', denied.sentence)
  })

  it('says not yet for a queue that belongs to one connection', async (test) => {
    const connection = await connect(url())
    test.after(() => connection.close())
    const channel = await connection.createChannel()
    await channel.assertQueue('mine', { exclusive: true })
    const locked = await ask({ queue: 'mine' })
    assert.equal(gist(locked), 'failed notYet locked-queue', locked.sentence)
  })

  it('has the broker drop a canary that nobody is given', async (test) => {
    const input = withCanary(await makeQueue('busy'), { processedWithin: 200 })
    const hasty = new RabbitmqProbe({ canaryMs: 1_000 })
    const connection = await connect(url())
    test.after(() => connection.close())
    const channel = await connection.createChannel()
    await channel.prefetch(1)
    const taken = new Promise<void>((resolve) => {
      channel.consume('busy', () => resolve()).catch(assert.ifError)
    })
    channel.sendToQueue('busy', Buffer.from('work'))
    await taken
    for (let times = 0; times < 2; times += 1) {
      const answer = await askOnce(hasty, { url: url(), ...input })
      assert.equal(gist(answer), 'failed notYet canary-undelivered', answer.sentence)
      assert.equal(await waitingIn('busy'), 1)
    }
    await until(async () => (await waitingIn('busy')) === 0, 'the canary is dropped')
  })

  it('settles at once when aborted with a canary under way, and leaves no connection', async () => {
    const input = withCanary(await makeQueue('abort'), { processedWithin: 60_000 })
    const worker = await server.startWorker({ queue: 'abort' })
    await worker.hold()
    const aborting = new AbortController()
    const asked = askOnce(probe, { url: url(), ...input }, { signal: aborting.signal })
    await until(async () => (await worker.count()) === 1, 'the worker is given the canary')
    await until(hasConnection, 'the probe is connected')
    const abortedMs = performance.now()
    aborting.abort()
    const answer = await asked
    const settleMs = performance.now() - abortedMs
    assert.equal(gist(answer), 'failed notYet canary-unprocessed', answer.sentence)
    assert.ok(settleMs < 600, `settled ${settleMs} ms after the abort`)
    await until(async () => !(await hasConnection()), 'no connection of the probe is left')
  })

  async function hasConnection(): Promise<boolean> {
    const connections = (await server.api('GET', 'connections')) as readonly JsonObject[]
    return JSON.stringify(connections).includes('"connection_name":"rampart"')
  }

  it('sees an alarm, with the management plugin and without it', async (test) => {
    const input = await makeQueue('alarmed')
    await server.startWorker({ queue: 'alarmed' })
    await server.control('set_vm_memory_high_watermark', 'absolute', '1')
    test.after(() => server.control('set_vm_memory_high_watermark', '0.4'))
    const managed = await ask({ ...input, management: server.management })
    assert.equal(gist(managed), 'failed notYet alarms', managed.sentence)
    assert.match(managed.sentence, /memory at rampart\d+@localhost/)
    const told = await ask(input)
    assert.equal(gist(told), 'failed notYet alarms', told.sentence)
  })
})

describe('the rabbitmq probe, asking what is no RabbitMQ', () => {
  it('settles at once when aborted, and leaves no connection', async (test) => {
    const silent = await listen(test, () => 'It says nothing.')
    const input = { url: `amqp://127.0.0.1:${silent.port}` }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 300)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 400, `settled ${settleMs} ms after the abort`)
    await Promise.all(silent.sockets.map((socket) => socket.closed || once(socket, 'close')))
  })

  it('says not yet for what is not AMQP, what cuts off, and what has no TLS', async (test) => {
    const http = await listen(test, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const cut = await listen(test, (socket) => socket.resetAndDestroy())
    const ended = await listen(test, (socket) => socket.end())
    for (const [url, expected] of [
      [`amqp://127.0.0.1:${http.port}`, 'failed notYet not-rabbitmq'],
      [`amqp://127.0.0.1:${cut.port}`, 'failed notYet reset'],
      [`amqp://127.0.0.1:${ended.port}`, 'failed notYet reset'],
      [`amqps://127.0.0.1:${http.port}`, 'failed notYet no-tls'],
    ] as const) {
      const answer = await askOnce(probe, { url })
      assert.equal(gist(answer), expected, answer.sentence)
    }
  })

  it('judges the certificate where the URL asks for TLS', openssl, async (test) => {
    const { certificate, key } = await makeCertificate(test)
    const server = createTlsServer({ cert: certificate, key }, (socket) => socket.destroy())
    server.on('tlsClientError', () => 'The probe trusts nobody it does not know.')
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    test.after(() => server.close())
    const url = `amqps://localhost:${(server.address() as AddressInfo).port}`
    const untrusted = await askOnce(probe, { url })
    assert.equal(gist(untrusted), 'failed terminal untrusted-certificate', untrusted.sentence)
    const trusted = await askOnce(probe, { url, tls: { ca: certificate } })
    assert.equal(gist(trusted), 'failed notYet reset', trusted.sentence)
    const misnamed = { ca: certificate, servername: 'broker.example' }
    const other = await askOnce(probe, { url, tls: misnamed })
    assert.equal(gist(other), 'failed terminal wrong-certificate-name', other.sentence)
    const nowhere = await askOnce(probe, { url, tls: { ca: '/nowhere.pem' } })
    assert.equal(gist(nowhere), 'errored terminal malformed-input', nowhere.sentence)
  })

  it('finds a server at either address of localhost', async (test) => {
    const server = await listen(test, (socket) => socket.end('no'), '::1')
    const answer = await askOnce(probe, { url: `amqp://localhost:${server.port}` })
    assert.notEqual(answer.reason, 'refused', answer.sentence)
  })

  it('errs when a template became no URL or no type, without showing a password', async () => {
    for (const input of [
      { url: 'app:hunter2@host' },
      { url: 'amqp://app:hunter2@host', type: 'lazy' },
      { url: 'amqp://app:hunter2@host', canary: {} },
      { url: 'amqp://app:hunter2@host', management: 'app:hunter2@host' },
    ]) {
      const answer = await askOnce(probe, input)
      assert.equal(gist(answer), 'errored terminal malformed-input')
      assert.doesNotMatch(answer.sentence, /hunter2/)
    }
  })
})
