/** What the queue probe says of all job systems alike: of what is no queue at all, and of its input. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { askOnce, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import { listen } from '../../../test/support/listen.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { InputReader } from '../input/input-reader.ts'
import { readQueueInput } from './queue-input.ts'
import { QueueProbe } from './queue-probe.ts'

const probe = new QueueProbe()

const SYSTEMS: Readonly<Record<string, (port: number) => JsonObject>> = {
  pgBoss: (port) => ({ pgBoss: { url: sqlUrl(port), queue: 'orders' } }),
  bullmq: (port) => ({ bullmq: { url: `redis://:hunter2@127.0.0.1:${port}`, queue: 'orders' } }),
  graphileWorker: (port) => ({ graphileWorker: { url: sqlUrl(port), task: 'order' } }),
}

function sqlUrl(port: number): string {
  return `postgres://app:hunter2@127.0.0.1:${port}/shop`
}

for (const [system, inputFor] of Object.entries(SYSTEMS)) {
  describe(`the queue probe, asked for ${system}`, () => {
    it('says not yet when nobody listens', async (test) => {
      const { port, close } = await listen(test, () => 'It says nothing.')
      await close()
      const answer = await askOnce(probe, inputFor(port))
      assert.equal(gist(answer), 'failed notYet refused', answer.sentence)
    })

    it('settles at once when aborted, and leaves no connection', async (test) => {
      const silent = await listen(test, () => 'It says nothing.')
      const { settleMs, answer } = await settleMsAfterAbort(probe, inputFor(silent.port), 300)
      assert.equal(gist(answer), 'failed notYet timed-out', answer.sentence)
      assert.ok(settleMs < 400, `settled ${settleMs} ms after the abort`)
      await Promise.all(silent.sockets.map((socket) => socket.closed || once(socket, 'close')))
    })

    it('says not yet for what cuts off, and for what speaks something else', async (test) => {
      const cut = await listen(test, (socket) => socket.resetAndDestroy())
      const http = await listen(test, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
      for (const [{ port }, expected] of [
        [cut, /^failed notYet reset$/],
        [http, /^failed notYet (?:not-spoken|reset)$/],
      ] as const) {
        const answer = await askOnce(probe, inputFor(port))
        assert.match(gist(answer), expected, answer.sentence)
        assert.doesNotMatch(JSON.stringify(answer), /hunter2/)
      }
    })

    it('gives up on what talks without end', async (test) => {
      const endless = await listen(test, (socket) => {
        socket.write(system === 'bullmq' ? '$900000000\r\n' : Buffer.from([0x52, 0x3f, 0, 0, 0]))
        const flood = (error?: Error | null): void => {
          if (!error) socket.write('x'.repeat(1_048_576), flood)
        }
        flood()
      })
      const answer = await askOnce(probe, inputFor(endless.port))
      assert.equal(gist(answer), 'failed notYet too-much', answer.sentence)
    })
  })
}

describe('the input of the queue probe', () => {
  const place = { url: 'redis://:hunter2@h', queue: 'orders' }

  it('errs when a template became nothing of use, without showing a password', async () => {
    for (const input of [
      {},
      { bullmq: place, pgBoss: { url: 'postgres://a:hunter2@h/d', queue: 'orders' } },
      { bullmq: { ...place, url: 'http://:hunter2@h' } },
      { bullmq: { ...place, url: 'redis://:hunter2%@h' } },
      { bullmq: { ...place, queue: '' } },
      { pgBoss: { url: 'postgres://a:hunter2@h/d', queue: 'orders', schema: 'a"; drop' } },
      { bullmq: place, waiting: 'few' },
      { bullmq: place, canary: { processedWithin: 'soon' } },
    ]) {
      const answer = await askOnce(probe, input)
      assert.equal(gist(answer), 'errored terminal malformed-input', answer.sentence)
      assert.doesNotMatch(JSON.stringify(answer), /hunter2/)
    }
  })

  it('gives the same question the same canary, and another question another', () => {
    const idOf = (more: JsonObject, canary: JsonObject = {}): string =>
      readQueueInput(new InputReader({ bullmq: { ...place, ...more }, canary })).canaryId
    assert.match(idOf({}), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal(idOf({}), idOf({ url: 'redis://:swordfish@h' }))
    const others = [{ queue: 'mails' }, { prefix: 'jobs' }, { canaryQueue: 'canaries' }].map(
      (more) => idOf(more),
    )
    assert.equal(new Set([idOf({}), ...others, idOf({}, { by: 'worker@2' })]).size, 5)
  })
})
