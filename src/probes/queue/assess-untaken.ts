/** Tells why nobody has taken a canary: who is there, and whether anything is done at all. */
import { printLatency } from '../answer/answer.ts'
import type { CanaryFacts, QueueFacts } from './facts.ts'

/** Why a canary still waits; `says` completes a sentence that begins with the queue. */
export function assessUntaken(
  { counts, workers }: QueueFacts,
  { aheadAtFirst, ahead, waitedMs }: CanaryFacts,
): { readonly reason: string; readonly says: string } {
  const active = counts?.active ?? 0
  const waited = printLatency(waitedMs)
  const untaken = `nobody took the canary within ${waited}`
  if (counts?.isPaused === true) {
    return { reason: 'paused', says: `is paused: ${untaken}, ${ahead} jobs before it` }
  }
  if (workers === 0) {
    return { reason: 'no-worker', says: `has no worker: ${untaken}, ${ahead} jobs before it` }
  }
  const oldest = counts?.oldestWaitingMs
  const first = oldest === undefined ? '' : `, the first waits for ${printLatency(oldest)}`
  const taken = aheadAtFirst - ahead
  if (ahead > 0 && taken > 0) {
    const says = `is backed up: after ${waited} there are ${ahead} jobs before the canary${first}`
    return { reason: 'backlog', says: `${says}; ${taken} were taken meanwhile` }
  }
  if (active > 0) {
    const says = `has ${active} jobs being done, or hung, and nobody takes more: ${untaken}`
    return { reason: 'busy', says: `${says}, ${ahead} jobs before it${first}` }
  }
  const before = `${ahead} jobs before it`
  if (workers !== undefined) {
    const says = `has ${workers} sessions of workers that take nothing, paused or hung: ${untaken}, ${before}`
    return { reason: 'not-working', says }
  }
  const says = `has no worker, or one that takes nothing: ${untaken}, ${before}`
  return { reason: 'not-taken', says }
}
