import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Admin, Producer, stringSerializers } from '@platformatic/kafka'
import { askOnce, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import { makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { type KafkaServer, makeKafka } from '../../../test/support/kafka.ts'
import { listen } from '../../../test/support/listen.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import { startTlsFront } from '../../../test/support/tls-front.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { KafkaProbe } from './kafka-probe.ts'

const TOPIC = 'orders'
const REPLIES = 'orders-answers'

describe('the kafka probe', requireRealPart('Kafka'), () => {
  const probe = new KafkaProbe()
  let server: KafkaServer
  let admin: Admin
  let startUp: readonly Answer[] = []

  before(async () => {
    server = await makeKafka()
    assert.equal(gist(await ask()), 'failed notYet refused')
    server.start()
    startUp = await askUntilPassed()
    admin = server.admin()
  })

  after(() => server.remove())

  const address = (): string => `127.0.0.1:${server.port}`
  const ask = (more: JsonObject = {}, own = probe): Promise<Answer> =>
    askOnce(own, { brokers: [address()], ...more }, { timeoutMs: 10_000 })

  /** With pauses, so that the broker that starts gets a processor. */
  async function askUntilPassed(): Promise<readonly Answer[]> {
    const answers: Answer[] = []
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const answer = await ask()
      answers.push(answer)
      if (answer.verdict === 'passed') return answers
      assert.notEqual(answer.outlook, 'terminal', answer.sentence)
      assert.ok(performance.now() < giveUpMs, answer.sentence)
      await pause(50)
    }
  }

  async function askUntil(expected: string, more: JsonObject): Promise<Answer> {
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const answer = await ask(more)
      if (gist(answer) === expected) return answer
      assert.ok(performance.now() < giveUpMs, `${expected} expected: ${answer.sentence}`)
    }
  }

  async function endOf(topic: string, partitions: number): Promise<bigint> {
    const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: -1n,
    }))
    const [found] = await admin.listOffsets({ topics: [{ name: topic, partitions: asked }] })
    return (found?.partitions ?? []).reduce((sum, { offset }) => sum + offset, 0n)
  }

  it('does not pass before the broker has started', () => {
    const gists = startUp.map(gist)
    assert.equal(gists.at(-1), 'passed ready')
    for (const one of gists.slice(0, -1)) {
      assert.match(one, /^failed notYet (refused|reset|no-leader|timed-out)$/)
    }
    assert.equal(startUp.at(-1)?.evidence['brokers'], 1)
  })

  it('waits for the topic, and judges its partitions and replicas', async () => {
    assert.equal(gist(await ask({ topic: TOPIC })), 'failed notYet missing-topic')
    await admin.createTopics({ topics: [TOPIC], partitions: 3, replicas: 1 })
    await admin.createTopics({ topics: [REPLIES], partitions: 2, replicas: 1 })
    const found = await askUntil('passed ready', { topic: TOPIC, partitions: 3, inSyncReplicas: 1 })
    assert.deepEqual(
      ['partitions', 'leaderless', 'inSyncReplicas'].map((name) => found.evidence[name]),
      [3, 0, 1],
    )
    const more = await ask({ topic: TOPIC, partitions: 4 })
    assert.equal(gist(more), 'failed notYet wrong-partitions')
    assert.match(more.sentence, /has 3 partitions of orders; 4 expected/)
    const thin = await ask({ topic: TOPIC, inSyncReplicas: 2 })
    assert.equal(gist(thin), 'failed notYet under-replicated')
    assert.match(thin.sentence, /has 1 replicas in sync of 3 partitions of orders; 2 expected/)
  })

  it('tells a group that is not there from one that is empty and one that works', async () => {
    const input = { topic: TOPIC, group: 'cycle' }
    // The first group ever makes Kafka make the topic in which it keeps what groups commit.
    await askUntil('failed notYet missing-group', input)
    const worker = await server.startWorker({ topic: TOPIC, group: 'cycle' })
    const canary = { processedWithin: 5_000 }
    const answer = await askUntil('passed ready', { ...input, canary })
    assert.deepEqual(
      ['groupState', 'groupProtocol', 'members', 'assigned', 'canaries', 'processed'].map(
        (name) => answer.evidence[name],
      ),
      ['Stable', 'classic', 1, 3, 3, 3],
    )
    await worker.stop()
    const empty = await ask({ ...input, canary })
    assert.equal(gist(empty), 'failed notYet empty-group', empty.sentence)
    assert.match(empty.sentence, /has no member in the group cycle/)
  })

  it('notices a worker that is connected and commits nothing, and sends it no second canary', async () => {
    const input = { topic: TOPIC, group: 'paused', canary: { processedWithin: 400 } }
    const worker = await server.startWorker({ topic: TOPIC, group: 'paused' })
    await askUntil('passed ready', input)
    await worker.hold()
    const before = await endOf(TOPIC, 3)
    for (const isEarlier of [false, true]) {
      const answer = await ask(input)
      assert.equal(gist(answer), 'failed notYet not-committing', answer.sentence)
      assert.match(answer.sentence, /paused is connected and commits nothing in 3 of 3 partitions/)
      assert.equal(answer.evidence['groupState'], 'Stable')
      assert.equal(answer.evidence['earlier'] === true, isEarlier)
    }
    assert.equal((await endOf(TOPIC, 3)) - before, 3n)
    await worker.resume()
    const resumed = await askUntil('passed ready', input)
    assert.equal(resumed.evidence['earlier'], true)
    assert.equal((await endOf(TOPIC, 3)) - before, 3n)
    await worker.stop()
  })

  it('notices a worker that has died before the group misses it', async () => {
    const input = { topic: TOPIC, group: 'killed', canary: { processedWithin: 300 } }
    const worker = await server.startWorker({ topic: TOPIC, group: 'killed' })
    await askUntil('passed ready', input)
    await worker.kill()
    const dead = await ask(input)
    assert.equal(gist(dead), 'failed notYet not-committing', dead.sentence)
    assert.equal(dead.evidence['groupState'], 'Stable')
    await askUntil('failed notYet empty-group', input)
  })

  it('forgets the canaries of a topic that has been made anew', async () => {
    const topic = 'made-anew'
    const input = { topic, group: 'anew', canary: { processedWithin: 500 } }
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 })
    const worker = await server.startWorker({ topic, group: 'anew' })
    await askUntil('passed ready', input)
    await worker.hold()
    assert.equal(gist(await ask(input)), 'failed notYet not-committing')
    await worker.kill()
    await admin.deleteTopics({ topics: [topic] })
    await askUntil('failed notYet missing-topic', input)
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 })
    const next = await server.startWorker({ topic, group: 'anew' })
    const answer = await askUntil('passed ready', input)
    assert.equal(answer.evidence['earlier'], undefined)
    await next.stop()
  })

  it('leaves no connection to the broker', async () => {
    const before = openSockets()
    for (let count = 1; count <= 3; count += 1) await ask({ topic: TOPIC, group: 'none' })
    const giveUpMs = performance.now() + 60_000
    while (openSockets() > before) {
      assert.ok(performance.now() < giveUpMs, `${openSockets() - before} connections are left`)
      await pause(10)
    }
  })

  it('expects the answer of the right version', async () => {
    const worker = await server.startWorker({ topic: TOPIC, group: 'versions', version: '1.4.2' })
    const asked = (by: string, more: JsonObject = {}): JsonObject => ({
      topic: TOPIC,
      group: 'versions',
      canary: { replyTopic: REPLIES, by, processedWithin: 3_000, ...more },
    })
    const right = await askUntil('passed ready', asked('1.4.2'))
    assert.deepEqual(right.evidence['workerVersions'], ['1.4.2'])
    assert.equal(right.evidence['answers'], 3)
    const wrong = await ask(asked('1.5.0'))
    assert.equal(gist(wrong), 'failed notYet wrong-version', wrong.sentence)
    assert.match(wrong.sentence, /3 of 3 canaries processed by version 1\.4\.2; 1\.5\.0 expected/)
    const nowhere = await ask(asked('1.4.2', { replyTopic: 'nowhere' }))
    assert.equal(gist(nowhere), 'failed notYet missing-reply-topic')
    await worker.stop()
    const mute = await server.startWorker({ topic: TOPIC, group: 'versions' })
    const silent = await askUntil(
      'failed notYet unanswered',
      asked('1.4.2', { processedWithin: 300 }),
    )
    assert.match(silent.sentence, /without an answer in orders-answers/)
    await mute.stop()
  })

  it('looks only at the partitions that are named', async () => {
    const worker = await server.startWorker({ topic: TOPIC, group: 'named' })
    const input = { topic: TOPIC, group: 'named' }
    const canary = { partitions: [1], processedWithin: 5_000 }
    const answer = await askUntil('passed ready', { ...input, canary })
    assert.equal(answer.evidence['canaries'], 1)
    const absent = await ask({ ...input, canary: { partitions: [0, 7] } })
    assert.equal(gist(absent), 'failed notYet missing-partition')
    await worker.stop()
  })

  it('understands groups of the protocol of KIP-848', async () => {
    const worker = await server.startWorker({ topic: TOPIC, group: 'newer', protocol: 'consumer' })
    const input = { topic: TOPIC, group: 'newer', canary: { processedWithin: 5_000 } }
    const answer = await askUntil('passed ready', input)
    assert.deepEqual(
      [answer.evidence['groupProtocol'], answer.evidence['assigned']],
      ['consumer', 3],
    )
    await worker.stop()
    assert.equal(gist(await ask(input)), 'failed notYet empty-group')
  })

  it('says not yet for partitions that no member of the group has', async () => {
    const other = 'invoices'
    await admin.createTopics({ topics: [other], partitions: 1, replicas: 1 })
    const worker = await server.startWorker({ topic: TOPIC, group: 'elsewhere' })
    await askUntil('passed ready', { topic: TOPIC, group: 'elsewhere' })
    const answer = await ask({ topic: other, group: 'elsewhere' })
    assert.equal(gist(answer), 'failed notYet unassigned', answer.sentence)
    await worker.stop()
  })

  it('takes a backlog that is being worked off for what it is', async () => {
    const producer = new Producer({
      clientId: 'flood',
      bootstrapBrokers: [address()],
      serializers: stringSerializers,
    })
    const topic = 'backlog'
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 })
    const messages = Array.from({ length: 300 }, (_, index) => ({ topic, value: String(index) }))
    await producer.send({ messages, acks: 1 })
    await producer.close()
    const worker = await server.startWorker({ topic, group: 'late' })
    await askUntil('passed ready', { topic, group: 'late' })
    const input = { topic, group: 'late', canary: { processedWithin: 50 } }
    const reasons = new Set<string>()
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const answer = await ask(input)
      if (answer.verdict === 'passed') break
      reasons.add(answer.reason)
      assert.ok(performance.now() < giveUpMs, answer.sentence)
    }
    assert.ok(reasons.has('behind'), [...reasons].join())
    await worker.stop()
  })

  it('is terminal for a wrong password and a way to sign in that there is not', async () => {
    const brokers = [`127.0.0.1:${server.saslPort}`]
    const sasl = { user: 'app', password: 'swordfish' }
    const signedIn = await ask({ brokers, sasl, topic: TOPIC })
    assert.equal(gist(signedIn), 'passed ready', signedIn.sentence)
    assert.doesNotMatch(JSON.stringify(signedIn), /swordfish/)
    const wrong = await ask({ brokers, sasl: { ...sasl, password: 'hunter2' } })
    assert.equal(gist(wrong), 'failed terminal wrong-credentials', wrong.sentence)
    assert.doesNotMatch(JSON.stringify(wrong), /hunter2/)
    const scram = await ask({ brokers, sasl: { ...sasl, mechanism: 'scram-sha-256' } })
    assert.equal(gist(scram), 'failed terminal wrong-mechanism', scram.sentence)
    const half = await ask({ brokers: [...brokers, `127.0.0.1:${await freePort()}`], sasl })
    assert.equal(gist(half), 'passed ready', half.sentence)
  })

  it('says not yet for who has not signed in, and who may not', async () => {
    const brokers = [`127.0.0.1:${server.saslPort}`]
    const stranger = await ask({ brokers })
    assert.equal(gist(stranger), 'failed notYet not-signed-in', stranger.sentence)
    const sasl = { user: 'guest', password: 'tiger' }
    const guest = await ask({ brokers, sasl, topic: TOPIC })
    assert.equal(gist(guest), 'failed notYet permission-denied', guest.sentence)
  })

  it('judges the certificate where TLS is spoken', openssl, async (test) => {
    const made = await makeCertificate(test)
    const { certificate } = made
    const brokers = [`localhost:${await startTlsFront(test, server.port, made)}`]
    const trusted = await ask({ brokers, tls: { ca: certificate } })
    assert.equal(gist(trusted), 'passed ready', trusted.sentence)
    const untrusted = await ask({ brokers, tls: {} })
    assert.equal(gist(untrusted), 'failed terminal untrusted-certificate', untrusted.sentence)
    // The broker itself advertises where it speaks no TLS, and so would fail every client.
    const advertised = await ask({ brokers, tls: { ca: certificate }, topic: TOPIC, group: 'any' })
    assert.match(gist(advertised), /^failed notYet (no-tls|reset)$/, advertised.sentence)
    assert.match(
      advertised.sentence,
      new RegExp(`asked at 127\\.0\\.0\\.1:${server.port} to connect`),
    )
    const plain = await ask({ brokers })
    assert.match(gist(plain), /^failed notYet (not-kafka|reset)$/)
  })

  it('settles at once when aborted, and leaves no connection', async (test) => {
    const silent = await listen(test, () => 'It says nothing.')
    const input = { brokers: [`127.0.0.1:${silent.port}`] }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 100)
    assert.equal(gist(answer), 'failed notYet timed-out', answer.sentence)
    assert.ok(settleMs < 400, `settled ${settleMs} ms after the abort`)
    await Promise.all(silent.sockets.map((socket) => socket.closed || once(socket, 'close')))
  })

  it('settles at once when aborted while a canary is under way, and goes on with it', async () => {
    const input = { topic: TOPIC, group: 'aborted', canary: { processedWithin: 4_000 } }
    const worker = await server.startWorker({ topic: TOPIC, group: 'aborted' })
    await askUntil('passed ready', { topic: TOPIC, group: 'aborted' })
    await worker.hold()
    const soon = await ask({ ...input, canary: { processedWithin: 50 } })
    assert.equal(gist(soon), 'failed notYet not-committing', soon.sentence)
    const before = await endOf(TOPIC, 3)
    const whole = { brokers: [address()], ...input }
    const { settleMs, answer } = await settleMsAfterAbort(probe, whole, 1_000)
    assert.equal(gist(answer), 'failed notYet timed-out', answer.sentence)
    assert.ok(settleMs < 400, `settled ${settleMs} ms after the abort`)
    await worker.resume()
    const resumed = await askUntil('passed ready', input)
    assert.equal(resumed.evidence['earlier'], true)
    assert.equal(await endOf(TOPIC, 3), before)
    await worker.stop()
  })

  it('says not yet for what is not Kafka, what cuts off, and what talks without end', async (test) => {
    const http = await listen(test, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const cut = await listen(test, (socket) => socket.resetAndDestroy())
    const endless = await listen(test, (socket) => {
      const size = Buffer.alloc(4)
      size.writeInt32BE(90_000_000)
      socket.write(size)
      const flood = (error?: Error | null): void => {
        if (!error) socket.write(Buffer.alloc(1_048_576), flood)
      }
      flood()
    })
    for (const [{ port }, expected] of [
      [http, 'failed notYet not-kafka'],
      [cut, 'failed notYet reset'],
      [endless, 'failed notYet too-much'],
    ] as const) {
      const answer = await ask({ brokers: [`127.0.0.1:${port}`] })
      assert.equal(gist(answer), expected, answer.sentence)
    }
  })

  it('errs when a template became no broker or no topic, without showing a password', async () => {
    for (const more of [
      { brokers: ['app:hunter2@host:x'] },
      { brokers: [] },
      { topic: 'no topic' },
      { topic: TOPIC, group: 'g', canary: { by: '1' } },
      { sasl: { user: 'app', password: 'hunter2', mechanism: 'md5' } },
    ]) {
      const answer = await ask(more)
      assert.equal(gist(answer), 'errored terminal malformed-input')
      assert.doesNotMatch(answer.sentence, /hunter2/)
    }
  })
})

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
}
