/**
 * Follows one canary through a queue: sends it, looks until a worker is done with it or time is up, and
 * takes it back unless a worker has taken it. What a worker is at work on is left alone, and the next
 * asking goes on with it, so that a worker that hangs is never given more than one.
 */
import type { Json, JsonObject } from '../../core/units/json.ts'
import type { CanaryAnswer, CanaryFacts, CanaryLook } from './facts.ts'

const FIRST_PACE_MS = 3
const SLOWEST_PACE_MS = 50
/** How often a canary that somebody else has removed is sent again: many may ask the same at once. */
const RESENDS_MAX = 8

/** How one job system deals with one canary. */
export interface CanaryHandling {
  /** Sends it unless it is there, and says which; what an earlier one has left is cleared away. */
  send(): Promise<'sent' | 'continued'>
  look(): Promise<CanaryLook>
  /** How many jobs are to be taken before it. */
  countAhead(): Promise<number>
  /** Removes it, whether it is done or waiting, but never what a worker is at work on. */
  takeBack(): Promise<void>
}

/** How long a canary is followed. */
export interface FollowOptions {
  readonly withinMs: number
  readonly signal: AbortSignal
}

/** Follows a canary; nothing of it is left in the queue unless a worker is at work on it. */
export async function followCanary(
  handling: CanaryHandling,
  options: FollowOptions,
): Promise<CanaryFacts> {
  const sent = await handling.send()
  try {
    return await follow(handling, sent, options)
  } finally {
    await handling.takeBack()
  }
}

async function follow(
  handling: CanaryHandling,
  sent: 'sent' | 'continued',
  { withinMs, signal }: FollowOptions,
): Promise<CanaryFacts> {
  const startedMs = performance.now()
  const aheadAtFirst = await handling.countAhead()
  let paceMs = FIRST_PACE_MS
  let resends = 0
  for (;;) {
    const look = await handling.look()
    const waitedMs = performance.now() - startedMs
    const isOver = waitedMs >= withinMs || signal.aborted
    if (look.state === 'removed' && resends < RESENDS_MAX && !isOver) {
      resends += 1
      await handling.send()
    } else if (isOver || (look.state !== 'waiting' && look.state !== 'taken')) {
      const ahead = look.state === 'waiting' ? await handling.countAhead() : 0
      const isCutShort = signal.aborted && waitedMs < withinMs
      const isContinued = sent === 'continued'
      return { ...timed(look, waitedMs, isContinued), isContinued, isCutShort, aheadAtFirst, ahead }
    }
    await pause(Math.min(paceMs, withinMs - waitedMs), signal)
    paceMs = Math.min(paceMs * 1.5, SLOWEST_PACE_MS)
  }
}

/** A canary that was there before is counted from when it was found, not from when it was sent. */
function timed(
  look: CanaryLook,
  waitedMs: number,
  isContinued: boolean,
): CanaryLook & { readonly waitedMs: number } {
  if (look.state !== 'done') return { ...look, waitedMs }
  const processedMs = isContinued ? waitedMs : (look.processedMs ?? waitedMs)
  return { ...look, waitedMs, processedMs: Math.round(processedMs * 100) / 100 }
}

/** Reads what a worker answered: `{ token, version }`. */
export function readAnswer(output: Json | undefined, token: string): CanaryAnswer | undefined {
  if (!isObject(output)) return undefined
  const { token: given, version } = output
  if (given === undefined && version === undefined) return undefined
  return {
    hasToken: given === token,
    ...(typeof version === 'string' ? { version: version.slice(0, 200) } : {}),
  }
}

/** Whether a value is an object with members. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Settles after `ms`, or as soon as the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  const wake = (): void => resolve()
  signal.addEventListener('abort', wake, { once: true })
  await promise
  clearTimeout(timer)
  signal.removeEventListener('abort', wake)
}
