import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { decode, encode, type Packet, type Answer as Reply } from 'dns-packet'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { DnsProbe } from './dns-probe.ts'

const probe = new DnsProbe()
const NXDOMAIN = 3
const SERVFAIL = 2

/** What a server knows: records by name and type, or a code, or nothing to be said at all. */
type Zone = Map<string, readonly Reply[] | number | 'silence'>

interface Server {
  readonly resolver: string
  readonly zone: Zone
  questions: number
}

/** A real DNS server over UDP. Names it does not know do not exist. */
async function serve(test: TestContext, zone: Record<string, Reply[] | number | 'silence'> = {}) {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  test.after(() => socket.close())
  const { port } = socket.address()
  const server: Server = {
    resolver: `127.0.0.1:${port}`,
    zone: new Map(Object.entries(zone)),
    questions: 0,
  }
  socket.on('message', (bytes, sender) => {
    const query: Packet = decode(bytes)
    const [question] = query.questions ?? []
    if (question === undefined) return
    server.questions += 1
    const known = server.zone.get(`${question.type} ${question.name.toLowerCase()}`) ?? NXDOMAIN
    if (known === 'silence') return
    const reply: Packet = {
      id: query.id ?? 0,
      type: 'response',
      flags: 0x0180 | (typeof known === 'number' ? known : 0),
      questions: [question],
      answers: typeof known === 'number' ? [] : [...known],
    }
    socket.send(encode(reply), sender.port, sender.address)
  })
  return server
}

const a = (data: string, ttl = 30): Reply => ({ type: 'A', name: 'api.shop.test', data, ttl })

describe('the dns probe', { timeout: 120_000 }, () => {
  it('waits until the name is there, and gives its records', async (test) => {
    const { resolver, zone } = await serve(test)
    const input = { name: 'api.shop.test', resolvers: [resolver] }
    const unknown = await askOnce(probe, input)
    assert.equal(gist(unknown), 'failed notYet unknown-name')
    assert.match(unknown.sentence, /^A api\.shop\.test: resolver 127\.0\.0\.1:\d+ says that there/)
    zone.set('A api.shop.test', [a('10.0.0.8'), a('10.0.0.7')])
    const answer = await askOnce(probe, input)
    assert.equal(gist(answer), 'passed resolved')
    assert.deepEqual(answer.evidence['records'], ['10.0.0.7', '10.0.0.8'])
    assert.match(answer.sentence, /was answered with 2 records after/)
  })

  it('is terminal for an unknown name only when told so', async (test) => {
    const { resolver } = await serve(test, { 'AAAA api.shop.test': [] })
    const input = { name: 'api.shop.test', resolvers: [resolver], whenUnknown: 'terminal' }
    assert.equal(gist(await askOnce(probe, input)), 'failed terminal unknown-name')
    const aaaa = await askOnce(probe, { ...input, type: 'AAAA' })
    assert.equal(gist(aaaa), 'failed terminal no-record')
  })

  it('waits until every resolver has forgotten what it knew', async (test) => {
    const fresh = await serve(test, { 'A api.shop.test': [a('10.0.0.2')] })
    const stale = await serve(test, { 'A api.shop.test': [a('10.0.0.1')] })
    const resolvers = [fresh.resolver, stale.resolver]
    const input = { name: 'api.shop.test', resolvers, expect: ['10.0.0.2'] }
    const waiting = await askOnce(probe, input)
    assert.equal(gist(waiting), 'failed notYet wrong-records')
    assert.match(waiting.sentence, new RegExp(`${stale.resolver} answers 10.0.0.1; 10.0.0.2 exp`))
    assert.equal(waiting.evidence['agree'], false)
    stale.zone.set('A api.shop.test', NXDOMAIN)
    assert.equal(gist(await askOnce(probe, input)), 'failed notYet unknown-name')
    stale.zone.set('A api.shop.test', [a('10.0.0.2')])
    const [answer] = await askUntilPassed(probe, () => askingOf(input), 5_000)
    assert.match(answer?.sentence ?? '', /by all of 2 resolvers/)
  })

  it('compares whole sets, and names without regard to case or the last dot', async (test) => {
    const name = 'shop.test'
    const { resolver } = await serve(test, {
      'MX shop.test': [
        { type: 'MX', name, data: { preference: 10, exchange: 'Mail.Shop.test' } },
        { type: 'MX', name, data: { preference: 20, exchange: 'backup.shop.test' } },
      ],
      'SRV shop.test': [
        { type: 'SRV', name, data: { priority: 0, weight: 5, port: 443, target: 'api.shop.test' } },
      ],
      'TXT shop.test': [{ type: 'TXT', name, data: ['v=spf1 ', '-all'] }],
      'CNAME shop.test': [{ type: 'CNAME', name, data: 'Edge.example' }],
      'NS shop.test': [{ type: 'NS', name, data: 'ns1.shop.test' }],
      'AAAA shop.test': [{ type: 'AAAA', name, data: '2001:db8::1' }],
    })
    const asked = (type: string, expect: string[]) =>
      askOnce(probe, { name, type, expect, resolvers: [resolver] }).then(gist)
    const mail = '10 mail.shop.test.'
    assert.equal(await asked('MX', ['20 backup.shop.test', mail]), 'passed resolved')
    assert.equal(await asked('MX', [mail]), 'failed notYet wrong-records')
    assert.equal(await asked('SRV', ['0 5 443 API.shop.test']), 'passed resolved')
    assert.equal(await asked('TXT', ['v=spf1 -all']), 'passed resolved')
    assert.equal(await asked('CNAME', ['edge.example.']), 'passed resolved')
    assert.equal(await asked('NS', ['ns1.shop.test']), 'passed resolved')
    assert.equal(await asked('AAAA', ['2001:DB8:0:0:0:0:0:1']), 'passed resolved')
  })

  it('waits until resolvers keep the records no longer than they may', async (test) => {
    const { resolver, zone } = await serve(test, { 'A api.shop.test': [a('10.0.0.1', 3_600)] })
    const input = { name: 'api.shop.test', resolvers: [resolver], maxTtl: 60_000 }
    const long = await askOnce(probe, input)
    assert.equal(gist(long), 'failed notYet ttl-too-long')
    assert.match(long.sentence, /kept for 3600 s; at most 60 s expected/)
    zone.set('A api.shop.test', [a('10.0.0.1', 60)])
    assert.equal(gist(await askOnce(probe, input)), 'passed resolved')
  })

  it('waits until a name is gone', async (test) => {
    const { resolver, zone } = await serve(test, { 'A api.shop.test': [a('10.0.0.1')] })
    const input = { name: 'api.shop.test', resolvers: [resolver], absent: true }
    assert.equal(gist(await askOnce(probe, input)), 'failed notYet still-there')
    for (const gone of [[], NXDOMAIN]) {
      zone.set('A api.shop.test', gone)
      assert.equal(gist(await askOnce(probe, input)), 'passed absent')
    }
  })

  it('says not yet of a resolver that fails, and of one that is not there', async (test) => {
    const { resolver } = await serve(test, { 'A api.shop.test': SERVFAIL })
    const input = { name: 'api.shop.test', resolvers: [resolver] }
    assert.equal(gist(await askOnce(probe, input)), 'failed notYet dns-unavailable')
    const gone = createSocket('udp4').bind(0, '127.0.0.1')
    await once(gone, 'listening')
    const { port } = gone.address()
    gone.close()
    const nobody = await askOnce(probe, { ...input, resolvers: [`127.0.0.1:${port}`] })
    assert.match(gist(nobody), /^failed notYet (refused|timed-out)$/)
  })

  it('asks again when a packet is lost, and settles at once when aborted', async (test) => {
    const server = await serve(test, { 'A api.shop.test': 'silence' })
    const input = { name: 'api.shop.test', resolvers: [server.resolver] }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 3_000)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 200, `settled ${settleMs} ms after the abort`)
    assert.ok(server.questions >= 2, `asked ${server.questions} times`)
    const asked = server.questions
    const never = await askOnce(probe, input, { signal: AbortSignal.abort() })
    assert.equal(gist(never), 'failed notYet timed-out')
    assert.equal(server.questions, asked)
  })

  it('errs when a template became no name, no address or no record', async () => {
    for (const wrong of [
      { name: 'a', resolvers: ['dns.example'] },
      { name: 'a', resolvers: ['10.0.0.1:99999'] },
      { name: 'a', expect: ['::1'] },
      { name: 'a', type: 'PTR' },
    ]) {
      assert.equal(gist(await askOnce(probe, wrong)), 'errored terminal malformed-input')
    }
    const name = await askOnce(probe, { name: 'a..b', resolvers: ['127.0.0.1:1'] })
    assert.equal(gist(name), 'errored terminal malformed-name')
  })
})
