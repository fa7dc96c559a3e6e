import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { FrameReader, printFrame, readEnd } from './grpc-frame.ts'

describe('the frames of gRPC', () => {
  it('are put together again however they were cut', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 })
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 20 }), (sent, step) => {
        const bytes = Buffer.concat(sent.map((message) => printFrame(Buffer.from(message))))
        const read: Buffer[] = []
        const reader = new FrameReader((message) => read.push(message))
        for (let at = 0; at < bytes.length; at += step) {
          assert.equal(reader.push(bytes.subarray(at, at + step)), undefined)
        }
        assert.deepEqual(
          read.map((message) => [...message]),
          sent.map((message) => [...message]),
        )
      }),
    )
  })

  it('are refused when compressed or too large', () => {
    const reader = (): FrameReader => new FrameReader(() => assert.fail())
    assert.equal(reader().push(Buffer.from([1, 0, 0, 0, 0])), 'COMPRESSED')
    assert.equal(reader().push(Buffer.from([0, 0x7f, 0, 0, 0])), 'TOO_LARGE')
  })

  it('end with a status and a message, percent-encoded or not', () => {
    assert.equal(readEnd({ 'content-type': 'text/html' }), undefined)
    const missing = { 'grpc-status': '5', 'grpc-message': 'no%20such%20service' }
    assert.deepEqual(readEnd(missing), { code: 'NOT_FOUND', details: 'no such service' })
    const odd = { 'grpc-status': '99', 'grpc-message': '100%' }
    assert.deepEqual(readEnd(odd), { code: 'UNKNOWN', details: '100%' })
  })
})
