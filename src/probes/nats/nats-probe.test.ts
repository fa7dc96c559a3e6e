import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { AckPolicy, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { makeNats, type NatsServer } from '../../../test/support/nats.ts'
import { makeCredentials } from '../../../test/support/nats-credentials.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { NatsProbe } from './nats-probe.ts'

const probe = new NatsProbe()
const NANOSECONDS = 1_000_000_000

describe('the nats probe', requireRealPart('NATS'), () => {
  let server: NatsServer
  let manager: JetStreamManager
  let startUp: readonly string[] = []

  before(async () => {
    server = await makeNats()
    assert.equal(gist(await ask()), 'failed notYet refused')
    const asked = askUntilPassed(probe, () => askingOf({ url: url() }), 20_000)
    server.start()
    startUp = (await asked).map(gist)
    manager = await jetstreamManager(await server.connect())
  })

  after(() => server.remove())

  const url = (): string => `nats://127.0.0.1:${server.port}`
  const ask = (more: JsonObject = {}): Promise<Answer> => askOnce(probe, { url: url(), ...more })

  /** A stream of its own with a consumer, and what asks for a canary of them. */
  async function makeStream(stream: string, more: JsonObject = {}): Promise<JsonObject> {
    const word = stream.toLowerCase()
    await manager.streams.add({ name: stream, subjects: [`${word}.>`] })
    await manager.consumers.add(stream, {
      durable_name: 'workers',
      ack_policy: AckPolicy.Explicit,
      ack_wait: 30 * NANOSECONDS,
      ...more,
    })
    const canary = { subject: `${word}.canary`, processedWithin: 5_000 }
    return { stream, consumer: 'workers', canary }
  }

  const withCanary = (input: JsonObject, more: JsonObject): JsonObject => ({
    ...input,
    canary: { ...(input['canary'] as JsonObject), ...more },
  })

  async function messagesOf(stream: string): Promise<number> {
    return (await manager.streams.info(stream)).state.messages
  }

  it('does not pass before the server has started', () => {
    assert.equal(startUp.at(-1), 'passed ready')
    for (const one of startUp.slice(0, -1)) assert.match(one, /^failed notYet (refused|reset)$/)
  })

  it('tells what it found', async () => {
    const answer = await ask({ jetstream: true })
    assert.equal(gist(answer), 'passed ready', answer.sentence)
    const { serverVersion, jetstream, secure, family } = answer.evidence
    assert.match(String(serverVersion), /^\d+\.\d+/)
    assert.deepEqual([jetstream, secure, family], [true, false, 'ipv4'])
  })

  it('says not yet while there is no stream, and then while it has no consumer', async () => {
    const input = { stream: 'LATE', consumer: 'workers' }
    const streamless = await ask(input)
    assert.equal(gist(streamless), 'failed notYet missing-stream', streamless.sentence)
    await manager.streams.add({ name: 'LATE', subjects: ['late.>'] })
    const idle = await ask(input)
    assert.equal(gist(idle), 'failed notYet missing-consumer', idle.sentence)
    await manager.consumers.add('LATE', { durable_name: 'workers' })
    assert.equal(gist(await ask(input)), 'passed ready')
  })

  it('passes when a worker of the expected version has acknowledged the canary', async () => {
    const input = await makeStream('GOOD')
    await server.startWorker({ stream: 'GOOD', consumer: 'workers', version: '1.4.2' })
    const answer = await ask(withCanary(input, { by: '1.4.2' }))
    assert.equal(gist(answer), 'passed ready', answer.sentence)
    assert.match(answer.sentence, /had its canary acknowledged by version 1\.4\.2 after/)
    const { workerVersion, canaryAcknowledged, canaryRemoval } = answer.evidence
    assert.deepEqual([workerVersion, canaryAcknowledged, canaryRemoval], ['1.4.2', true, 'removed'])
    assert.equal(await messagesOf('GOOD'), 0)
    const old = await ask(withCanary(input, { by: '1.5.0' }))
    assert.equal(gist(old), 'failed notYet wrong-version', old.sentence)
    assert.match(old.sentence, /by version 1\.4\.2; version 1\.5\.0 expected/)
    assert.equal(await messagesOf('GOOD'), 0)
  })

  it('does not take an acknowledgement for a version', async () => {
    const input = await makeStream('MUTE')
    await server.startWorker({ stream: 'MUTE', consumer: 'workers' })
    assert.equal(gist(await ask(input)), 'passed ready')
    const mute = await ask(withCanary(input, { by: '1.4.2', processedWithin: 300 }))
    assert.equal(gist(mute), 'failed notYet canary-unanswered', mute.sentence)
    assert.equal(await messagesOf('MUTE'), 0)
  })

  it('does not pass while no worker takes the canary, and takes it back', async () => {
    const input = withCanary(await makeStream('IDLE'), { processedWithin: 200 })
    for (let times = 0; times < 2; times += 1) {
      const answer = await ask(input)
      assert.equal(gist(answer), 'failed notYet canary-undelivered', answer.sentence)
      assert.equal(answer.evidence['canaryRemoval'], 'removed')
      assert.equal(await messagesOf('IDLE'), 0)
    }
    const pulls = await ask({ stream: 'IDLE', consumer: 'workers', pullsWaiting: 1 })
    assert.equal(gist(pulls), 'failed notYet no-worker', pulls.sentence)
  })

  it('tells a worker that is connected and does nothing, and gives it one canary only', async () => {
    const input = await makeStream('HELD')
    const worker = await server.startWorker({ stream: 'HELD', consumer: 'workers', version: '1' })
    await worker.hold()
    const impatient = withCanary(input, { processedWithin: 200, by: '1' })
    const held = await ask(impatient)
    assert.equal(gist(held), 'failed notYet canary-unprocessed', held.sentence)
    assert.match(held.sentence, /connected and has not processed it/)
    for (let times = 0; times < 2; times += 1) {
      const again = await ask(impatient)
      assert.equal(gist(again), 'failed notYet canary-unprocessed', again.sentence)
      assert.match(again.sentence, /an earlier asking's canary 1 /)
      assert.equal(await messagesOf('HELD'), 1)
    }
    await worker.resume()
    const resumed = await ask(withCanary(input, { by: '1' }))
    assert.equal(gist(resumed), 'passed ready', resumed.sentence)
    assert.equal(await messagesOf('HELD'), 0)
    assert.equal((await manager.consumers.info('HELD', 'workers')).delivered.consumer_seq, 2)
  })

  it('passes when another worker takes over from one that held the canary', async () => {
    const hasty = new NatsProbe({ heldMs: 0 })
    const input = { url: url(), ...(await makeStream('HANDED')) }
    const stuck = await server.startWorker({ stream: 'HANDED', consumer: 'workers' })
    await stuck.hold()
    const impatient = withCanary(input, { processedWithin: 200 })
    const held = await askOnce(hasty, impatient)
    assert.equal(held.evidence['canaryRemoval'], 'held', held.sentence)
    const dropped = await askOnce(hasty, impatient)
    assert.equal(gist(dropped), 'failed notYet canary-unprocessed', dropped.sentence)
    assert.equal(await messagesOf('HANDED'), 0)
    await stuck.stop()
    await server.startWorker({ stream: 'HANDED', consumer: 'workers', version: '2' })
    const asked = withCanary(input, { by: '2' })
    const answers = await askUntilPassed(hasty, () => askingOf(asked), 10_000)
    assert.equal(answers.at(-1)?.evidence['workerVersion'], '2')
    assert.equal(await messagesOf('HANDED'), 0)
  })

  it('asks push consumers too, and sees when nobody listens to them', async () => {
    const input = await makeStream('PUSH', { deliver_subject: 'deliver.push' })
    const alone = await ask(input)
    assert.equal(gist(alone), 'failed notYet no-worker', alone.sentence)
    assert.equal(await messagesOf('PUSH'), 0)
    await server.startWorker({ stream: 'PUSH', consumer: 'workers', version: '2' })
    const answer = await ask(withCanary(input, { by: '2' }))
    assert.equal(gist(answer), 'passed ready', answer.sentence)
    assert.equal(answer.evidence['bound'], true)
  })

  it('judges the backlog before it sends a canary', async () => {
    const input = await makeStream('FULL')
    const client = manager.jetstream()
    for (const number of ['1', '2', '3']) await client.publish('full.order', number)
    const behind = await ask({ ...input, pending: 2 })
    assert.equal(gist(behind), 'failed notYet backlog', behind.sentence)
    assert.match(behind.sentence, /keeps 3 messages .* at most 2 expected/)
    assert.equal(await messagesOf('FULL'), 3)
    const consumer = await client.consumers.get('FULL', 'workers')
    await consumer.fetch({ max_messages: 3, expires: 1_000 }).then(async (messages) => {
      for await (const _message of messages);
    })
    const taken = await ask({ ...input, pending: 0, unacknowledged: 2 })
    assert.equal(gist(taken), 'failed notYet unacknowledged', taken.sentence)
  })

  it('says not yet when no canary could tell anything', async () => {
    const input = await makeStream('BLIND', { filter_subject: 'blind.orders.*' })
    const filtered = await ask(input)
    assert.equal(gist(filtered), 'failed notYet wrong-subject', filtered.sentence)
    const elsewhere = await ask(withCanary(input, { subject: 'nowhere.canary' }))
    assert.equal(gist(elsewhere), 'failed notYet wrong-subject', elsewhere.sentence)
    const careless = await makeStream('CARELESS', { ack_policy: AckPolicy.None })
    const unacknowledged = await ask(careless)
    assert.equal(gist(unacknowledged), 'failed notYet no-acknowledgements')
    const other = withCanary(await makeStream('STRICT'), { subject: 'good.canary' })
    const misplaced = await ask(other)
    assert.equal(gist(misplaced), 'failed notYet wrong-subject', misplaced.sentence)
    assert.equal(await messagesOf('GOOD'), 0)
  })

  it('sends no canary where it could not take it out again', async () => {
    const input = await makeStream('FIRM')
    await manager.streams.delete('FIRM')
    await manager.streams.add({ name: 'FIRM', subjects: ['firm.>'], deny_delete: true })
    await manager.consumers.add('FIRM', { durable_name: 'workers' })
    const answer = await ask(input)
    assert.equal(gist(answer), 'failed notYet canary-unremovable', answer.sentence)
    assert.equal(await messagesOf('FIRM'), 0)
  })

  it('leaves one canary at most where the user may not take it out', async (test) => {
    const firm = await makeNats()
    test.after(() => firm.remove())
    const denied = 'publish: { deny: "$JS.API.STREAM.MSG.DELETE.>" }'
    firm.startWithUser(`{ user: app, password: tiger, permissions: { ${denied} } }`)
    const url = `nats://app:tiger@127.0.0.1:${firm.port}`
    await askUntilPassed(probe, () => askingOf({ url }), 10_000)
    const admin = await jetstreamManager(await firm.connect('app', 'tiger'))
    await admin.streams.add({ name: 'ORDERS', subjects: ['orders.>'] })
    await admin.consumers.add('ORDERS', { durable_name: 'workers', ack_policy: AckPolicy.Explicit })
    const canary = { subject: 'orders.canary', processedWithin: 500 }
    const input = { url, stream: 'ORDERS', consumer: 'workers', canary }
    const worker = { stream: 'ORDERS', consumer: 'workers', user: 'app:tiger' }
    await firm.startWorker(worker)
    for (let times = 0; times < 2; times += 1) {
      const answer = await askOnce(probe, input)
      assert.equal(gist(answer), 'failed notYet canary-left', answer.sentence)
      assert.equal((await admin.streams.info('ORDERS')).state.messages, 1)
    }
  })

  it('says not yet when the stream has no room', async () => {
    const input = await makeStream('SMALL')
    const config = { subjects: ['small.>'], max_msgs: 1, discard: 'new' as const }
    await manager.streams.update('SMALL', config)
    await manager.jetstream().publish('small.order', '1')
    const answer = await ask(input)
    assert.equal(gist(answer), 'failed notYet stream-full', answer.sentence)
  })

  it('takes the canary back when aborted, and leaves no connection', async () => {
    const input = await makeStream('ABORT')
    const asked = { url: url(), ...withCanary(input, { processedWithin: 60_000 }) }
    const { settleMs, answer } = await settleMsAfterAbort(probe, asked, 300)
    assert.equal(gist(answer), 'failed notYet canary-undelivered', answer.sentence)
    assert.ok(settleMs < 400, `settled ${settleMs} ms after the abort`)
    assert.equal(await messagesOf('ABORT'), 0)
  })
})

describe('the nats probe, signing in', requireRealPart('NATS'), () => {
  const accounts = `authorization {
    users: [
      { user: app, password: tiger }
      { user: guest, password: guest, permissions: { publish: "none", subscribe: "none" } }
    ]
  }`

  async function start(test: TestContext, config: string): Promise<(user: string) => JsonObject> {
    const server = await makeNats()
    test.after(() => server.remove())
    server.start(config)
    const input = (user: string): JsonObject => ({ url: `nats://${user}127.0.0.1:${server.port}` })
    await askUntilReason(input('nobody:hunter2@'), 'wrong-credentials')
    return input
  }

  async function askUntilReason(input: JsonObject, reason: string): Promise<Answer> {
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const answer = await askOnce(probe, input)
      if (answer.reason === reason) return answer
      assert.equal(answer.outlook, 'notYet', answer.sentence)
      assert.ok(performance.now() < giveUpMs, `${reason} expected: ${answer.sentence}`)
    }
  }

  it('is terminal for wrong credentials, and shows none', async (test) => {
    const input = await start(test, accounts)
    for (const user of ['', 'app:hunter2@', 'hunter2@']) {
      const answer = await askOnce(probe, input(user))
      assert.equal(gist(answer), 'failed terminal wrong-credentials', answer.sentence)
      assert.doesNotMatch(JSON.stringify(answer), /hunter2/)
    }
    const signedIn = await askOnce(probe, input('app:tiger@'))
    assert.equal(gist(signedIn), 'passed ready')
    assert.doesNotMatch(JSON.stringify(signedIn), /tiger/)
  })

  it('says not yet while the server takes no more connections', async (test) => {
    const server = await makeNats()
    test.after(() => server.remove())
    server.start('max_connections: 1')
    const input = { url: `nats://127.0.0.1:${server.port}` }
    await askUntilPassed(probe, () => askingOf(input), 10_000)
    await connectOnce(server)
    const full = await askUntilReason(input, 'too-many-connections')
    assert.equal(gist(full), 'failed notYet too-many-connections', full.sentence)
  })

  /** The probe's own connection may count for a moment longer. */
  async function connectOnce(server: NatsServer): Promise<void> {
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const isConnected = await server.connect().then(
        () => true,
        () => false,
      )
      if (isConnected) return
      assert.ok(performance.now() < giveUpMs, 'the server takes one connection')
    }
  }

  it('takes a user without a password for a token', async (test) => {
    const input = await start(test, 'authorization { token: swordfish }')
    const signedIn = await askOnce(probe, input('swordfish@'))
    assert.equal(gist(signedIn), 'passed ready', signedIn.sentence)
    assert.doesNotMatch(JSON.stringify(signedIn), /swordfish/)
  })

  it('is terminal for a server without JetStream, and not yet for a user who may not ask', async (test) => {
    const input = await start(test, accounts)
    const plain = await askOnce(probe, { ...input('app:tiger@'), stream: 'ORDERS' })
    assert.equal(gist(plain), 'failed terminal no-jetstream', plain.sentence)
    const denied = await askOnce(probe, { ...input('guest:guest@'), stream: 'ORDERS' })
    assert.equal(gist(denied), 'failed notYet permission-denied', denied.sentence)
  })

  it('signs in with credentials of a JWT, as text and as a file', async (test) => {
    const { config, good, foreign } = makeCredentials()
    const server = await makeNats()
    test.after(() => server.remove())
    server.start(config)
    const url = `nats://127.0.0.1:${server.port}`
    await askUntilReason({ url, credentials: foreign }, 'wrong-credentials')
    const signedIn = await askOnce(probe, { url, credentials: good, inboxPrefix: '_INBOX_app' })
    assert.equal(gist(signedIn), 'passed ready', signedIn.sentence)
    const folder = await mkdtemp(join(tmpdir(), 'rampart-creds-'))
    test.after(() => rm(folder, { recursive: true }))
    const file = join(folder, 'app.creds')
    await writeFile(file, good)
    assert.equal(gist(await askOnce(probe, { url, credentials: file })), 'passed ready')
    for (const credentials of ['/nowhere.creds', '-----BEGIN SECRET-----']) {
      const answer = await askOnce(probe, { url, credentials })
      assert.equal(gist(answer), 'errored terminal malformed-input', answer.sentence)
      assert.doesNotMatch(JSON.stringify(answer), /nowhere|SECRET/)
    }
  })

  it('speaks TLS where either side insists, and judges the certificate', openssl, async (test) => {
    const { certificateFile, keyFile, certificate } = await makeCertificate(test)
    const tls = `tls { cert_file: "${certificateFile}", key_file: "${keyFile}" }`
    const server = await makeNats()
    test.after(() => server.remove())
    server.start(tls)
    const url = `nats://localhost:${server.port}`
    const untrusted = await askUntilReasonOrTerminal({ url })
    assert.equal(gist(untrusted), 'failed terminal untrusted-certificate', untrusted.sentence)
    const trusted = await askOnce(probe, { url, tls: { ca: certificate } })
    assert.equal(gist(trusted), 'passed ready', trusted.sentence)
    assert.equal(trusted.evidence['secure'], true)
    await server.stop()
    server.start('')
    const insisted = { url: `tls://localhost:${server.port}` }
    const plain = await askUntilReason(insisted, 'no-tls')
    assert.equal(gist(plain), 'failed notYet no-tls')
  })

  async function askUntilReasonOrTerminal(input: JsonObject): Promise<Answer> {
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const answer = await askOnce(probe, input)
      if (answer.outlook === 'terminal') return answer
      assert.ok(performance.now() < giveUpMs, answer.sentence)
    }
  }
})

describe('the nats probe, asking what is no NATS', () => {
  const INFO = 'INFO {"version":"2.9.10","max_payload":1048576,"headers":true}\r\n'

  it('settles at once when aborted, and leaves no connection', async (test) => {
    for (const greeting of ['', INFO]) {
      const silent = await listen(test, (socket) => socket.write(greeting))
      const input = { url: `nats://127.0.0.1:${silent.port}` }
      const { settleMs, answer } = await settleMsAfterAbort(probe, input, 100)
      assert.equal(gist(answer), 'failed notYet timed-out')
      assert.ok(settleMs < 400, `settled ${settleMs} ms after the abort`)
      await Promise.all(silent.sockets.map((socket) => socket.closed || once(socket, 'close')))
    }
  })

  it('says not yet for what is not NATS, what cuts off, and what talks without end', async (test) => {
    const http = await listen(test, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const cut = await listen(test, (socket) => socket.resetAndDestroy())
    const cutLater = await listen(test, (socket) => socket.write(INFO, () => socket.destroy()))
    const garbled = await listen(test, (socket) => socket.write(`${INFO}HELLO WORLD\r\n`))
    const line = await listen(test, (socket) => flood(socket, 'x'))
    const message = `MSG a 1 65536\r\n${'x'.repeat(65_536)}\r\n`
    const endless = await listen(test, (socket) => flood(socket, message, INFO))
    for (const [{ port }, expected] of [
      [http, 'failed notYet not-nats'],
      [cut, 'failed notYet reset'],
      [cutLater, 'failed notYet reset'],
      [garbled, 'failed notYet not-nats'],
      [line, 'failed notYet not-nats'],
      [endless, 'failed notYet too-much'],
    ] as const) {
      const answer = await askOnce(probe, { url: `nats://127.0.0.1:${port}` })
      assert.equal(gist(answer), expected, answer.sentence)
    }
  })

  it('errs when a template became no URL or no name, without showing a password', async () => {
    for (const input of [
      { url: 'app:hunter2@host' },
      { url: 'nats://app:hunter2@host', stream: 'a.b' },
      { url: 'nats://app:hunter2@host', canary: { subject: 'orders.>' } },
    ]) {
      const answer = await askOnce(probe, input)
      assert.equal(gist(answer), 'errored terminal malformed-input')
      assert.doesNotMatch(answer.sentence, /hunter2/)
    }
  })
})

function flood(socket: Socket, what: string, first = ''): void {
  const chunk = what.repeat(Math.ceil(1_048_576 / what.length))
  const more = (error?: Error | null): void => {
    if (!error) socket.write(chunk, more)
  }
  socket.write(first, more)
}

async function listen(
  test: TestContext,
  onConnection: (socket: Socket) => unknown,
): Promise<{ readonly port: number; readonly sockets: readonly Socket[] }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => 'The probe has gone.')
    socket.resume()
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, sockets }
}
