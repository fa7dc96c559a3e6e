/** Strangers wait for their turn; who was known lately does not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault, isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import { unauthenticated } from './authenticate.ts'
import { FAILURES_MAX, FailureLimit } from './failure-limit.ts'
import { STRANGERS_MAX, Turnstile, WAITING_MAX } from './turnstile.ts'

interface Trial {
  readonly turnstile: Turnstile
  readonly failures: FailureLimit
  readonly clock: { atMs: number }
  /** Comes, and stays inside until `release` is called. */
  come(secret: string, address?: string): Promise<string>
  release(): void
  readonly inside: () => number
}

function openTrial(): Trial {
  const clock = { atMs: 1_000_000 }
  const seam: Clock = { nowMs: () => clock.atMs, wakeAt: () => ({ cancel: () => undefined }) }
  const failures = new FailureLimit(seam)
  const turnstile = new Turnstile({ clock: seam, failures })
  const held: (() => void)[] = []
  const come: Trial['come'] = (secret, address = '192.0.2.1') =>
    turnstile.pass({ secret, address }, async () => {
      await new Promise<void>((resolve) => held.push(resolve))
      if (secret.startsWith('bad')) throw unauthenticated('Nobody.')
      return secret
    })
  const release = (): void => {
    for (const go of held.splice(0)) go()
  }
  return { turnstile, failures, clock, come, release, inside: () => held.length }
}

/** Lets everybody who may come in do so. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const thrown = await promise.catch((error: unknown) => error)
  assert.ok(thrown instanceof Fault, String(thrown))
  return thrown.code
}

test('looks strangers up in turn, and sends away whom nobody could wait for', async () => {
  const { come, release, inside } = openTrial()
  const coming = Array.from({ length: STRANGERS_MAX + WAITING_MAX }, (_, at) => come(`one-${at}`))
  await settled()
  assert.equal(inside(), STRANGERS_MAX)
  assert.equal(await codeOf(come('one-more')), 'too-many-requests')
  let isOver = false
  const over = Promise.all(coming).then(() => {
    isOver = true
  })
  while (!isOver) {
    assert.ok(inside() <= STRANGERS_MAX)
    release()
    await settled()
  }
  await over
})

test('lets those in at once who were known lately, while strangers wait', async () => {
  const { come, release, inside, clock } = openTrial()
  const first = come('good')
  await settled()
  release()
  await first
  const bad = Array.from({ length: 20 }, (_, at) => codeOf(come(`bad-${at}`)))
  await settled()
  assert.equal(inside(), STRANGERS_MAX)
  const both = [come('good'), come('good')]
  await settled()
  assert.equal(inside(), STRANGERS_MAX + 2, 'also two requests of one bearer')
  clock.atMs += 16 * 60_000
  const late = come('good')
  await settled()
  assert.equal(inside(), STRANGERS_MAX + 2, 'who was known long ago waits like all others')
  const all = Promise.all([...bad, ...both, late])
  for (let turn = 0; turn < 20; turn++) {
    release()
    await settled()
  }
  assert.deepEqual(new Set((await all).slice(0, 20)), new Set(['unauthenticated']))
})

test('makes a stranger of whoever is not known any more, but not while the store is away', async () => {
  const { turnstile } = openTrial()
  const coming = { secret: 'good', address: '192.0.2.1' }
  const away = new Fault({
    code: 'store-unavailable',
    operation: 'read a record',
    subject: 'tokens',
    hint: 'It is away.',
  })
  const blocked = Promise.withResolvers<void>()
  await turnstile.pass(coming, async () => undefined)
  for (let at = 0; at < STRANGERS_MAX; at++) {
    void turnstile.pass({ ...coming, secret: `other-${at}` }, () => blocked.promise)
  }
  assert.equal(
    await codeOf(turnstile.pass(coming, () => Promise.reject(away))),
    'store-unavailable',
  )
  await turnstile.pass(coming, async () => undefined)
  const gone = turnstile.pass(coming, () => Promise.reject(unauthenticated('Revoked.')))
  assert.equal(await codeOf(gone), 'unauthenticated')
  let isIn = false
  const again = turnstile.pass(coming, async () => {
    isIn = true
  })
  await settled()
  assert.equal(isIn, false)
  blocked.resolve()
  await again
})

test('looks up one at a time from an address that failed too often', async () => {
  const { come, release, failures, inside } = openTrial()
  for (let count = 0; count <= FAILURES_MAX; count++) failures.count('192.0.2.1')
  const first = come('good')
  const second = await come('other').catch((error: unknown) => error)
  assert.ok(isFault(second, 'too-many-requests'))
  const elsewhere = come('third', '192.0.2.2')
  await settled()
  assert.equal(inside(), 2)
  release()
  await Promise.all([first, elsewhere])
})
