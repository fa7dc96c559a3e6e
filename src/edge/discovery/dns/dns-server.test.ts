import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { requireRealPart } from '../../../../test/support/require-part.ts'
import { SystemClock } from '../../../clock/system-clock.ts'
import { EndpointTable } from '../endpoint-table.ts'
import { API } from '../fixtures/api-endpoint.ts'
import { DnsServer, type DnsServerOptions } from './dns-server.ts'

const run = promisify(execFile)

async function open(t: TestContext, more: Partial<DnsServerOptions> = {}) {
  const endpoints = new EndpointTable()
  const troubles: unknown[] = []
  const onTrouble = (error: unknown): void => void troubles.push(error)
  const server = await DnsServer.open({ endpoints, clock: new SystemClock(), onTrouble, ...more })
  t.after(async () => {
    await server.close()
    assert.deepEqual(troubles, [])
  })
  const dig = async (...words: readonly string[]): Promise<string> => {
    const base = ['@127.0.0.1', '-p', String(server.port), '+tries=1', '+time=5', '+noedns']
    const { stdout } = await run('dig', [...base, ...words])
    return stdout
  }
  return { endpoints, server, dig }
}

/** Code, flags, and the records by section, without what differs from run to run. */
function read(text: string) {
  const section = (title: string): readonly string[] => {
    const [, after = ''] = text.split(`;; ${title} SECTION:\n`)
    const [lines = ''] = after.split('\n\n')
    return lines
      .split('\n')
      .map((line) => line.replaceAll(/\s+/g, ' '))
      .filter((line) => line !== '')
  }
  return {
    code: /status: (\w+)/.exec(text)?.[1],
    flags: /flags: ([a-z ]*);/.exec(text)?.[1],
    answers: section('ANSWER'),
    authorities: section('AUTHORITY'),
    additionals: section('ADDITIONAL'),
  }
}

describe('the DNS server, asked by dig', requireRealPart('dig'), () => {
  it('answers SRV with the addresses of its targets beside it', async (t) => {
    const { endpoints, dig } = await open(t)
    endpoints.set([API, { ...API, address: '::1' }])
    const told = read(await dig('SRV', '_http._tcp.api.shop.ports.test'))
    assert.deepEqual([told.code, told.flags], ['NOERROR', 'qr aa rd'])
    const v6 = '00000000000000000000000000000001.addr.ports.test.'
    assert.deepEqual([...told.answers].sort(), [
      `_http._tcp.api.shop.ports.test. 1 IN SRV 0 1 20001 ${v6}`,
      '_http._tcp.api.shop.ports.test. 1 IN SRV 0 1 20001 7f000001.addr.ports.test.',
    ])
    assert.deepEqual([...told.additionals].sort(), [
      `${v6} 1 IN AAAA ::1`,
      '7f000001.addr.ports.test. 1 IN A 127.0.0.1',
    ])
    assert.deepEqual(read(await dig('A', '7f000001.addr.ports.test')).answers, [
      '7f000001.addr.ports.test. 1 IN A 127.0.0.1',
    ])
  })

  it('answers A and AAAA, and keeps the case of the question', async (t) => {
    const { endpoints, dig } = await open(t)
    endpoints.set([API, { ...API, address: 'fd00::10.0.0.7' }])
    assert.deepEqual(read(await dig('A', 'ApI.sHOp.pORTs.TeSt')).answers, [
      'ApI.sHOp.pORTs.TeSt. 1 IN A 127.0.0.1',
    ])
    assert.deepEqual(read(await dig('AAAA', 'api.shop.ports.test')).answers, [
      'api.shop.ports.test. 1 IN AAAA fd00::a00:7',
    ])
  })

  it('tells what is not there from what has nothing of the kind, with a SOA for both', async (t) => {
    const { endpoints, dig } = await open(t, { negativeTtlS: 3, ttlS: 5 })
    endpoints.add(API)
    const soa = `ports.test. 3 IN SOA ns.ports.test. hostmaster.ports.test. 2 3600 600 86400 3`
    const none = read(await dig('A', 'nobody.ports.test'))
    assert.deepEqual([none.code, none.flags, none.authorities], ['NXDOMAIN', 'qr aa rd', [soa]])
    const nothing = [
      ['AAAA', 'api.shop.ports.test'],
      ['TXT', 'api.shop.ports.test'],
      ['TYPE65', 'api.shop.ports.test'],
      ['TYPE65280', 'api.shop.ports.test'],
      ['A', 'shop.ports.test'],
      ['A', '_tcp.api.shop.ports.test'],
      ['SRV', 'api.shop.ports.test'],
      ['A', 'ports.test'],
    ]
    for (const question of nothing) {
      const told = read(await dig(...question))
      const seen = [told.code, told.answers, told.authorities]
      assert.deepEqual(seen, ['NOERROR', [], [soa]], question.join(' '))
    }
    assert.equal(read(await dig('SRV', '_https._tcp.api.shop.ports.test')).code, 'NXDOMAIN')
    assert.equal(read(await dig('A', '0a000001.addr.ports.test')).code, 'NXDOMAIN')
  })

  it('has a beginning: SOA, NS, and where it is itself', async (t) => {
    const { dig } = await open(t)
    const [soa] = read(await dig('SOA', 'ports.test')).answers
    assert.match(soa ?? '', /^ports\.test\. 1 IN SOA ns\.ports\.test\. hostmaster/)
    const told = read(await dig('NS', 'ports.test'))
    assert.deepEqual(told.answers, ['ports.test. 1 IN NS ns.ports.test.'])
    assert.ok(told.additionals.includes('ns.ports.test. 1 IN A 127.0.0.1'))
  })

  it('answers names as Consul has them', async (t) => {
    const { endpoints, dig } = await open(t, { home: { prefix: 'shop' } })
    const staged = { ...API, environment: 'staging', number: 20_009, address: '10.0.0.9' }
    endpoints.set([API, staged, { ...API, scope: 'wt1', address: '10.0.0.1' }])
    for (const name of ['api.service.consul', 'shop-api.service.consul', 'http.api.service.consul'])
      assert.deepEqual(read(await dig('A', name)).answers, [`${name}. 1 IN A 127.0.0.1`])
    for (const name of [
      'api.service.consul',
      '_api._http.service.consul',
      '_api._tcp.service.consul',
    ])
      assert.deepEqual(read(await dig('SRV', name)).answers, [
        `${name}. 1 IN SRV 0 1 20001 7f000001.addr.consul.`,
      ])
    assert.deepEqual(read(await dig('A', 'api.service.staging.consul')).answers, [
      'api.service.staging.consul. 1 IN A 10.0.0.9',
    ])
    assert.equal(read(await dig('A', 'api.service.production.consul')).code, 'NXDOMAIN')
  })

  it('refuses what is not its own: other names, other classes, copies of the zone', async (t) => {
    const { endpoints, dig } = await open(t)
    endpoints.add(API)
    const cases = [
      ['A', 'example.org'],
      ['A', 'xports.test'],
      ['A', 'api.shop\\.ports.test'],
      ['NS', '.'],
      ['TXT', 'CH', 'version.bind'],
      ['A', 'CH', 'api.shop.ports.test'],
    ]
    for (const question of cases) {
      const told = read(await dig(...question))
      const seen = [told.code, told.flags, told.answers]
      assert.deepEqual(seen, ['REFUSED', 'qr rd', []], question.join(' '))
    }
    assert.match(await dig('AXFR', 'ports.test'), /Transfer failed/)
  })

  it('gives ANY one kind of what there is', async (t) => {
    const { endpoints, dig } = await open(t)
    endpoints.set([API, { ...API, address: '::1' }])
    const told = read(await dig('ANY', '+notcp', 'api.shop.ports.test'))
    assert.equal(told.answers.length, 1)
  })

  it('speaks EDNS: says its size, keeps to the other one, and knows no later version', async (t) => {
    const { endpoints, dig } = await open(t)
    endpoints.add(API)
    const plain = await dig('+edns=0', '+bufsize=4096', 'A', 'api.shop.ports.test')
    assert.match(plain, /EDNS: version: 0, flags:; udp: 1232/)
    assert.doesNotMatch(await dig('A', 'api.shop.ports.test'), /EDNS/)
    const later = await dig('+edns=1', '+noednsnegotiation', 'A', 'api.shop.ports.test')
    assert.equal(read(later).code, 'BADVERS')
    const cookie = await dig('+edns=0', '+cookie', '+subnet=10.0.0.0/8', 'A', 'api.shop.ports.test')
    assert.equal(read(cookie).answers.length, 1)
  })

  it('cuts what does not fit and says so, and gives all of it by TCP', async (t) => {
    const { endpoints, dig } = await open(t)
    const many = Array.from({ length: 200 }, (_, place) => ({ ...API, number: 20_000 + place }))
    endpoints.set(many)
    const name = '_http._tcp.api.shop.ports.test'
    const small = await dig('+ignore', 'SRV', name)
    assert.match(read(small).flags ?? '', /\btc\b/)
    assert.ok(sizeOf(small) <= 512, String(sizeOf(small)))
    const larger = await dig('+ignore', '+edns=0', '+bufsize=65000', 'SRV', name)
    assert.match(read(larger).flags ?? '', /\btc\b/)
    assert.ok(sizeOf(larger) > 512 && sizeOf(larger) <= 1_232, String(sizeOf(larger)))
    assert.equal(read(await dig('SRV', name)).answers.length, 200)
    const whole = await dig('+tcp', 'SRV', name)
    assert.equal(read(whole).answers.length, 200)
    assert.deepEqual(read(whole).additionals.length, 1)
  })

  it('begins with one or the other, and knows at once who came and went', async (t) => {
    const { endpoints, dig } = await open(t)
    endpoints.set([API, { ...API, address: '127.0.0.2' }])
    const firsts = new Set<string | undefined>()
    for (let tries = 0; firsts.size < 2; tries += 1) {
      assert.ok(tries < 60)
      firsts.add((await dig('+short', 'A', 'api.shop.ports.test')).split('\n')[0])
    }
    endpoints.set([])
    assert.equal(read(await dig('A', 'api.shop.ports.test')).code, 'NXDOMAIN')
  })

  it('is there by IPv6 too', async (t) => {
    const { endpoints, server } = await open(t)
    endpoints.add(API)
    const words = ['@::1', '-p', String(server.port), '+short', 'A', 'api.shop.ports.test']
    assert.equal((await run('dig', words)).stdout, '127.0.0.1\n')
  })
})

describe('the DNS server, on its sockets', () => {
  it('answers several questions on one connection, in pieces', async (t) => {
    const { endpoints, server } = await open(t)
    endpoints.add(API)
    const question = Buffer.from(
      '000101000001000000000000036170690473686f7005706f72747304746573740000010001',
      'hex',
    )
    const framed = Buffer.concat([Buffer.from([0, question.length]), question])
    const socket = connect(server.port, '127.0.0.1')
    t.after(() => socket.destroy())
    socket.write(Buffer.concat([framed, framed.subarray(0, 7)]))
    const first = (await once(socket, 'data'))[0] as Buffer
    assert.equal(first.readUInt16BE(0), first.length - 2)
    socket.write(framed.subarray(7))
    assert.deepEqual((await once(socket, 'data'))[0], first)
  })

  it('closes a connection that says no sense, and says nothing to answers', async (t) => {
    const { server } = await open(t)
    const socket = connect(server.port, '127.0.0.1')
    socket.end(Buffer.from([0, 3, 1, 2, 3]))
    await once(socket, 'close')
    const asking = createSocket('udp4')
    t.after(() => asking.close())
    const answer = Buffer.alloc(12)
    answer[2] = 0x80
    asking.send(answer, server.port, '127.0.0.1')
    asking.send(Buffer.from([0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), server.port, '127.0.0.1')
    const [reply] = (await once(asking, 'message')) as [Buffer]
    assert.equal(reply.toString('hex'), '000780010000000000000000')
  })
})

function sizeOf(text: string): number {
  return Number(/MSG SIZE\s+rcvd: (\d+)/.exec(text)?.[1])
}
