/** Brings a run to its end once faults have stopped: to rest, then every ramp to an end, then closed. */
import { settle } from './settle.ts'
import type { RunOptions, Simulation } from './simulation.ts'

/** The longest that ramps may go on, without holding, once faults have stopped. @unit ms */
const REST_WITHIN_MS = 7_200_000
/** How long it may take until what follows a ramp is opened. @unit ms */
const FOLLOWED_WITHIN_MS = 60_000

/** The longest that undoing may take once faults have stopped. @unit ms */
const END_WITHIN_MS = 600_000
/** How long something may be left set on the clock by engines that have closed. @unit ms */
const CLOSED_WITHIN_MS = 1_000
/** Once faults have stopped, every ramp must end, or hold with a reason. */
export async function comeToRest(
  run: Simulation,
  options: Pick<RunOptions, 'mayWait'>,
): Promise<void> {
  // Of two engines on one ledger, one may not know what the other has done, and that it is gone: it
  // does no harm, but only an engine that has read the ledger can be held to finishing.
  const isBlind = run.faults.switchedOn.has('two-engines') && run.replicas === undefined
  if (isBlind) for (const { life } of run.alive()) life.kill()
  if (run.alive().length === 0) void run.startEngine()
  const { mayWait = false } = options
  const byMs = run.clock.goneMs + (mayWait ? END_WITHIN_MS : REST_WITHIN_MS)
  // Who is still trying to open a ramp may succeed long after all others are at rest.
  const isAtRest = (): boolean => run.opening === 0 && run.standings.areAtRest()
  await run.until(() => isAtRest() || run.clock.goneMs > byMs)
  await settle()
  if (mayWait) return
  for (const standing of run.standings.all()) {
    if (standing.is !== 'moving' || standing.isEndless) continue
    run.violations.push(`${standing.ramp} neither ends nor holds once faults have stopped`)
  }
}

/** A ramp that holds can always be brought to an end: undone, or else abandoned. */
export async function comeToAnEnd(run: Simulation): Promise<void> {
  for (let round = 0; round < 4; round++) {
    // What follows a ramp may still be on its way, and then has no end of its own.
    const followedMs = run.clock.goneMs + FOLLOWED_WITHIN_MS
    await run.until(() => run.isFollowed() || run.clock.goneMs > followedMs)
    const held = run.standings.all().filter((standing) => standing.is !== 'ended')
    if (held.length === 0) return
    for (const { ramp } of held) end(run, ramp, round)
    const byMs = run.clock.goneMs + END_WITHIN_MS
    const isOver = (): boolean => run.standings.all().every(({ is }) => is === 'ended')
    await run.until(() => isOver() || run.clock.goneMs > byMs)
  }
  for (const { ramp, is } of run.standings.all()) {
    if (is !== 'ended') run.violations.push(`${ramp} cannot be brought to an end`)
  }
}

function end(run: Simulation, ramp: string, round: number): void {
  const why = 'the run is over'
  for (const { engine } of run.alive()) {
    if (!engine.underWay().some((state) => state.ramp === ramp)) continue
    const undo = { say: 'abort', undo: true, why } as const
    const refusal = engine.say(ramp, 'operator', round < 3 ? undo : { ...undo, undo: false })
    if (refusal?.reason === 'already-undoing') engine.say(ramp, 'operator', { say: 'resume', why })
    if (refusal?.reason === 'past-pivot') engine.say(ramp, 'operator', { ...undo, undo: false })
    return
  }
}

/** Nothing is left set on the clock by an engine whose ramps have ended, and closing it comes to an end. */
export async function closeAll(run: Simulation): Promise<void> {
  const byMs = run.clock.goneMs + REST_WITHIN_MS
  const timers = (): number => run.alive().reduce((sum, { life }) => sum + life.timers, 0)
  // Replicas look for ever whether one of the others has died, and let themselves be seen.
  const idleTimers = (): number => (run.replicas === undefined ? 0 : 2 * run.alive().length)
  const isIdle = (): boolean =>
    run.running().length === run.alive().length &&
    timers() <= idleTimers() &&
    run.alive().every(({ engine }) => engine.underWay().length === 0)
  await run.until(() => isIdle() || run.clock.goneMs > byMs)
  if (timers() > idleTimers()) run.violations.push(`${timers()} timers are left after the end`)
  // Engines that were started meanwhile are among them.
  for (const { life, engine } of run.lives) {
    if (!life.isAlive) continue
    const left = engine.underWay().map((state) => state.ramp)
    if (left.length > 0) run.violations.push(`${left.join(', ')} under way after the end`)
    let isClosed = false
    void engine.close().then(() => {
      isClosed = true
    })
    await run.until(() => isClosed)
    if (!isClosed) run.violations.push('an engine does not close')
  }
  const closedMs = run.clock.goneMs
  await run.until(() => timers() === 0 || run.clock.goneMs > closedMs + CLOSED_WITHIN_MS)
  if (timers() > 0) run.violations.push(`${timers()} timers are left after closing`)
}
