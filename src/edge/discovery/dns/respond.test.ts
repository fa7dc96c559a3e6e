import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decode, encode, type Packet, type RecordType } from 'dns-packet'
import fc from 'fast-check'
import type { Clock } from '../../../seams/clock.ts'
import type { Endpoint } from '../../../seams/endpoints.ts'
import { API } from '../fixtures/api-endpoint.ts'
import type { ZoneView } from './answer-question.ts'
import { printAddress } from './ip-bytes.ts'
import { respond, UDP_BYTES_MAX } from './respond.ts'
import { SourceLimit } from './source-limit.ts'
import { makeZone } from './zone.ts'

function zoneOf(endpoints: readonly Endpoint[]): readonly ZoneView[] {
  const table = makeZone(endpoints, 'plain', {})
  const view = { serial: 7, ttlS: 1, negativeTtlS: 1, serverAddresses: ['127.0.0.1'] }
  return [{ origin: 'ports.test', table, ...view }]
}

function ask(type: RecordType, name: string, more: Partial<Packet> = {}): Buffer {
  return encode({ type: 'query', id: 9, flags: 0x0100, questions: [{ type, name }], ...more })
}

describe('answers of DNS', () => {
  it('are read by another implementation, whatever the zone and the question', () => {
    const labels = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
    const services = fc.array(labels, { minLength: 1, maxLength: 3 }).map((all) => all.join('/'))
    const endpoints = fc.array(
      fc.record({
        service: services,
        port: labels,
        protocol: fc.constantFrom('tcp' as const, 'udp' as const),
        address: fc.oneof(fc.ipV4(), fc.ipV6()),
        number: fc.integer({ min: 1, max: 65_535 }),
      }),
      { maxLength: 60 },
    )
    const types = fc.constantFrom<RecordType>('A', 'AAAA', 'SRV', 'TXT', 'NS', 'SOA')
    fc.assert(
      fc.property(endpoints, types, fc.nat(), fc.boolean(), (list, type, pick, isTcp) => {
        const zones = zoneOf(list)
        const names = [...(zones[0]?.table.keys() ?? [])]
        const relative = names[pick % names.length] ?? ''
        const name = relative === '' ? 'ports.test' : `${relative}.ports.test`
        if (name.length > 250) return
        const transport = isTcp ? 'tcp' : 'udp'
        const answer = respond(ask(type, name), zones, { transport })
        assert.ok(answer !== undefined && (isTcp || answer.length <= 512))
        const read = decode(answer)
        assert.equal(decode.bytes, answer.length)
        for (const record of read.answers ?? []) assert.equal(record.type, type)
        const isCut = ((read.flags ?? 0) & 0x0200) !== 0
        if (isTcp) assert.ok(!isCut)
        assert.ok(isCut || (read.answers?.length ?? 0) + (read.authorities?.length ?? 0) > 0)
      }),
      { numRuns: 300 },
    )
  })

  it('are given or not, but nothing throws, whatever comes', () => {
    const zones = zoneOf([API])
    const valid = ask('SRV', '_http._tcp.api.shop.ports.test')
    const broken = fc
      .tuple(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length))
      .map(([at, value, length]) => {
        const bytes = Buffer.from(valid)
        bytes[at] = value
        return bytes.subarray(0, length)
      })
    const random = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.oneof(broken, random), (bytes) => {
        const answer = respond(bytes, zones, { transport: 'udp' })
        assert.ok(answer === undefined || answer.length <= UDP_BYTES_MAX)
      }),
      { numRuns: 2_000 },
    )
  })

  it('say FORMERR to what cannot be read, and NOTIMP to what is no question', () => {
    const zones = zoneOf([API])
    const codeOf = (bytes: Buffer): number | undefined => {
      const answer = respond(bytes, zones, { transport: 'udp' })
      return answer === undefined ? undefined : answer.readUInt16BE(2) & 15
    }
    const good = ask('A', 'api.shop.ports.test')
    const change = (at: number, value: number): Buffer => {
      const bytes = Buffer.from(good)
      bytes[at] = value
      return bytes
    }
    assert.equal(codeOf(good), 0)
    assert.equal(codeOf(good.subarray(0, 11)), undefined)
    assert.equal(codeOf(good.subarray(0, -1)), 1)
    assert.equal(codeOf(change(5, 0)), 1, 'no question')
    assert.equal(codeOf(change(5, 2)), 1, 'two questions')
    assert.equal(codeOf(change(12, 0xc0)), 1, 'a pointer to nowhere')
    assert.equal(codeOf(change(11, 1)), 1, 'a record that is not there')
    assert.equal(codeOf(change(2, 0x21)), 4, 'a notification')
    assert.equal(codeOf(change(2, 0x81)), undefined, 'an answer')
    const twice = [0, 1].map(() => ({
      type: 'OPT' as const,
      name: '.',
      udpPayloadSize: 1_232,
      flags: 0,
      options: [],
      extendedRcode: 0,
      ednsVersion: 0,
      flag_do: false,
    }))
    assert.equal(codeOf(ask('A', 'api.shop.ports.test', { additionals: twice })), 1)
  })

  it('are larger than the question only for who may be limited, and no larger when they are', () => {
    const many = Array.from({ length: 50 }, (_, place) => ({ ...API, number: 20_000 + place }))
    const question = ask('SRV', '_http._tcp.api.shop.ports.test')
    const answer = respond(question, zoneOf(many), { transport: 'udp', isLimited: true })
    assert.ok(answer !== undefined && answer.length <= question.length)
    assert.equal(answer.readUInt16BE(2) & 0x0200, 0x0200)
  })
})

describe('the limit of a network', () => {
  it('counts by network and second, and leaves this machine alone', () => {
    let nowMs = 5_000
    const clock: Clock = { nowMs: () => nowMs, wakeAt: () => ({ cancel: () => undefined }) }
    const limit = new SourceLimit(clock, 2)
    const asked = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.1.1', '127.0.0.1', '::1']
    assert.deepEqual(
      asked.map((one) => limit.isOver(one)),
      [false, false, true, false, false, false],
    )
    nowMs += 1_000
    assert.equal(limit.isOver('10.0.0.3'), false)
    // One network however its addresses are shortened, or come to a socket of both families.
    const six = ['fd00::1', 'fd00::2', 'fd00::1:2', 'fd00:0:0:100::1', 'fe80::1%eth0']
    assert.deepEqual(
      six.map((one) => limit.isOver(one)),
      [false, false, true, false, false],
    )
    assert.equal(limit.isOver('::ffff:10.0.0.4'), false)
    assert.equal(limit.isOver('::ffff:10.0.0.5'), true)
  })
})

describe('addresses', () => {
  it('become bytes', () => {
    const cases = [
      ['10.0.0.255', '0a0000ff'],
      ['::1', '00000000000000000000000000000001'],
      ['::', '00000000000000000000000000000000'],
      ['fd00::7:8', 'fd000000000000000000000000070008'],
      ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
      ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
      ['fe80::1%eth0', undefined],
      ['localhost', undefined],
    ] as const
    for (const [text, hex] of cases) assert.equal(printAddress(text)?.toString('hex'), hex, text)
  })
})
