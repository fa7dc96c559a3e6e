/** What daemons and the processes that outlive them speak over: paths, and messages in pieces. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeFrame, FRAME_MAX, Frames, FrameTooLong } from './frames.ts'
import { listenAlone } from './listen-alone.ts'
import { socketPathOf } from './socket-path.ts'

test('messages are the same, however their bytes were cut', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), cuts, (messages, lengths) => {
      const sent = messages.map((message) => JSON.parse(JSON.stringify(message)))
      let rest = Buffer.concat(messages.map(encodeFrame))
      const frames = new Frames()
      const heard: unknown[] = []
      for (let turn = 0; rest.length > 0; turn += 1) {
        const length = lengths[turn % lengths.length] ?? 1
        heard.push(...frames.take(rest.subarray(0, length)))
        rest = rest.subarray(length)
      }
      assert.deepEqual(heard, sent)
    }),
  )
})

test('what is too long is neither sent nor kept, and what is not JSON is not heard', () => {
  assert.throws(() => encodeFrame('x'.repeat(FRAME_MAX)), FrameTooLong)
  const head = Buffer.alloc(4)
  head.writeUInt32BE(FRAME_MAX + 1)
  assert.throws(() => new Frames().take(head), FrameTooLong)
  assert.throws(() => new Frames().take(Buffer.from('\0\0\0\x02{]')), SyntaxError)
})

test('a long folder gets a short path for its socket, and always the same', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'rampart-channel-')), 'x'.repeat(120))
  const path = socketPathOf(folder, 'keeper')
  assert.ok(path.length < 104 && path === socketPathOf(folder, 'keeper'))
  assert.notEqual(path, socketPathOf(folder, 'other'))
  assert.equal(statSync(join(path, '..')).mode & 0o077, 0)
  rmSync(join(folder, '..'), { recursive: true })
})

test('what a dead one left is replaced, a living one is left alone', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-channel-'))
  const path = socketPathOf(folder, 'one')
  const serve = (socket: Socket): void => {
    socket.on('error', () => socket.destroy())
    socket.end('first')
  }
  const first = listenAlone({ path, serve, onOther: assert.fail })
  context.after(() => {
    first.close()
    rmSync(folder, { recursive: true })
  })
  await once(first, 'listening')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  await new Promise<void>((resolve) => listenAlone({ path, serve, onOther: resolve }))
  const [text] = await once(connect(path), 'data')
  assert.equal(String(text), 'first')
})
