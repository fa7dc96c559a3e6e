import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseResponse, printRequest } from './health-messages.ts'

describe('the messages of grpc.health.v1', () => {
  it('print the name of a service', () => {
    assert.deepEqual([...printRequest('')], [])
    assert.deepEqual([...printRequest('ab')], [0x0a, 2, 0x61, 0x62])
    assert.deepEqual([...printRequest('x'.repeat(300)).subarray(0, 4)], [0x0a, 0xac, 0x02, 0x78])
  })

  it('read a status, and skip what they do not know', () => {
    const cases = [
      [[], 'UNKNOWN'],
      [[0x08, 1], 'SERVING'],
      [[0x08, 2], 'NOT_SERVING'],
      [[0x08, 3], 'SERVICE_UNKNOWN'],
      [[0x08, 77], 'UNKNOWN'],
      [[0x12, 2, 9, 9, 0x08, 1], 'SERVING'],
      [[0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1d, 1, 2, 3, 4, 0x08, 1], 'SERVING'],
      [[0x08, 2, 0x08, 1], 'SERVING'],
      [[0x08], undefined],
      [[0x12, 9, 1], undefined],
      [[0x0b], undefined],
    ] as const
    for (const [bytes, status] of cases) {
      assert.equal(parseResponse(Uint8Array.from(bytes)), status, String(bytes))
    }
  })

  it('never hang or throw, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        parseResponse(bytes)
      }),
    )
  })
})
