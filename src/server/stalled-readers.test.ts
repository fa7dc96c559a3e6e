/** The door and readers who do not read: real connections, with a patience that suits a test. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { Fault } from '../core/fault/fault.ts'
import { type NetDoor, openNetDoor } from './net-door.ts'
import { SlowWriter } from './slow-writer.ts'

const PATIENCE_MS = 300

interface Trial {
  readonly door: NetDoor
  readonly port: number
  readonly let: Promise<Fault>
  /** Resolves once the reader of `/all` is gone. */
  readonly gone: Promise<void>
  /** Answers `/wait`. */
  answer(): void
}

/** `/all` writes without end, `/wait` answers when it is told to. */
async function openTrial(t: TestContext): Promise<Trial> {
  const stalled = Promise.withResolvers<Fault>()
  const gone = Promise.withResolvers<void>()
  const waiting = Promise.withResolvers<void>()
  const options = { host: '127.0.0.1', port: 0, stallMs: PATIENCE_MS, onStalled: stalled.resolve }
  const door = await openNetDoor(options, async ({ url }, response) => {
    if (url === '/wait') {
      await waiting.promise
      response.end('at last')
      return
    }
    const writer = new SlowWriter(response)
    while (!writer.gone.aborted) await writer.write('x'.repeat(65_536))
    gone.resolve()
  })
  t.after(() => door.close())
  const port = Number(new URL(door.url).port)
  return { door, port, let: stalled.promise, gone: gone.promise, answer: waiting.resolve }
}

async function ask(t: TestContext, port: number, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`)
  return socket
}

test('lets go of a reader who takes nothing, and says whom and why', async (t) => {
  const trial = await openTrial(t)
  const socket = await ask(t, trial.port, '/all?secret=1')
  socket.pause()
  const fault = await trial.let
  assert.equal(fault.code, 'reader-stalled')
  assert.equal(fault.operation, 'GET /all')
  assert.match(fault.subject, /127\.0\.0\.1/)
  assert.match(fault.hint, /Nothing of the answer was taken for 1 s/)
  await trial.gone
})

test('leaves those alone who read slowly, and those who wait for an answer', async (t) => {
  const trial = await openTrial(t)
  let isStalled = false
  void trial.let.then(() => {
    isStalled = true
  })
  const answered = new Promise<string>((resolve) => {
    get(`${trial.door.url}/wait`, (response) => {
      response.setEncoding('utf8').on('data', resolve)
    })
  })
  const socket = await ask(t, trial.port, '/all')
  let taken = 0
  // A megabyte every so often, for several times the patience.
  const sinceMs = performance.now()
  while (performance.now() - sinceMs < PATIENCE_MS * 4) {
    const until = taken + 1_000_000
    while (taken < until) {
      const piece = socket.read() as Buffer | null
      if (piece === null) await once(socket, 'readable')
      else taken += piece.length
    }
    await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS / 5))
  }
  assert.equal(isStalled, false)
  trial.answer()
  assert.equal(await answered, 'at last')
})

test('still ends connections that are idle between two requests', async (t) => {
  const trial = await openTrial(t)
  trial.door.server.keepAliveTimeout = 50
  trial.answer()
  const socket = await ask(t, trial.port, '/wait')
  const closed = once(socket, 'close')
  socket.resume()
  await closed
})
