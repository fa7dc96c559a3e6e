import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { askOnce, gist } from '../../../test/support/asking.ts'
import { ErrorWatch, Nonsense } from './guard-stream.ts'
import { PostgresProbe } from './postgres-probe.ts'

const probe = new PostgresProbe({ nowMs: () => Date.now() })

/** A message as PostgreSQL frames it. */
function message(type: string, body: Uint8Array): Buffer {
  const header = Buffer.alloc(5)
  header.write(type)
  header.writeUInt32BE(4 + body.length, 1)
  return Buffer.concat([header, body])
}

const text = (...texts: readonly string[]) => Buffer.from(texts.map((one) => `${one}\0`).join(''))
const READY = message('Z', Buffer.from('I'))
const SIGNED_IN = Buffer.concat([message('R', Buffer.alloc(4)), READY])

/** Answers the first thing it hears with `first`, everything else with `then`. */
async function serve(test: TestContext, first: Buffer, then: Buffer): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => 'The probe has hung up.')
    socket.once('data', () => {
      socket.write(first)
      socket.on('data', () => socket.write(then))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `postgres://a:b@127.0.0.1:${(server.address() as AddressInfo).port}/d`
}

describe('the guard between a server and the driver', () => {
  for (const [title, first, then] of [
    ['an error that has no end', message('E', Buffer.from('SFATAL')), READY],
    ['an error that ends one byte early', message('E', text('SFATAL', 'Moops')), READY],
    ['the greeting of a MySQL', Buffer.from([0x4a, 0, 0, 0, 10, ...text('8.4.0')]), READY],
    ['a message shorter than its own length', Buffer.from([0x53, 0, 0, 0, 1]), READY],
    ['a way to sign in that is none', message('R', Buffer.from([9, 9, 9, 9])), READY],
    ['a copy that was not asked for', SIGNED_IN, message('H', Buffer.from([0, 0xff, 0xff]))],
    ['no version', SIGNED_IN, Buffer.concat([message('C', text('SELECT 0')), READY])],
  ] as const) {
    it(`takes ${title} for no answer, and survives it`, async (test) => {
      const url = await serve(test, first, then)
      const answer = await askOnce(probe, { url }, { timeoutMs: 2_000 })
      assert.equal(gist(answer), 'failed notYet not-postgres', answer.sentence)
    })
  }

  it('finds the ends of errors however the chunks are cut', () => {
    const error = message('E', Buffer.concat([text('SFATAL', 'Moops'), Buffer.alloc(1)]))
    const all = Buffer.concat([READY, error, READY, error, SIGNED_IN])
    for (let size = 1; size <= all.length; size += 1) {
      const watch = new ErrorWatch()
      for (let at = 0; at < all.length; at += size) watch.see(all.subarray(at, at + size))
    }
    const endless = Buffer.concat([READY, message('N', Buffer.from('M'))])
    for (let size = 1; size <= endless.length; size += 1) {
      const watch = new ErrorWatch()
      assert.throws(() => {
        for (let at = 0; at < endless.length; at += size) watch.see(endless.subarray(at, at + size))
      }, Nonsense)
    }
  })
})
