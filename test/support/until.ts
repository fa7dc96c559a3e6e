/** Waiting for what somebody else brings about. */
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'

/** A machine that runs other tests beside this one is slow, not broken. @unit ms */
const PATIENCE_MS = 60_000

/** How often to look. @unit ms */
const LOOK_MS = 5

/** Waits until it holds. @throws AssertionError when it does not, for a minute */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs: number = PATIENCE_MS,
): Promise<void> {
  const untilMs = performance.now() + withinMs
  while (!(await holds())) {
    assert.ok(performance.now() < untilMs, `${what}: not within ${withinMs} ms`)
    await delay(LOOK_MS)
  }
}
