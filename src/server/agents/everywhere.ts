/**
 * Components and their lines wherever they run: on this machine and at the agents. What an agent does
 * not answer in time is left out, so that one that is cut off keeps nobody waiting.
 */
import type { Clock } from '../../seams/clock.ts'
import { pause } from '../../seams/pause.ts'
import type { LogsWanted, ServerParts } from '../parts.ts'
import type { ComponentView, LogLine } from '../wire.ts'
import { withFronts } from './with-fronts.ts'

/** How long agents may take. @unit ms */
const PATIENCE_MS = 2_000

/** How often agents are asked for new lines while somebody follows. @unit ms */
const LOOK_MS = 1_000

/** How many of its last lines an agent is asked for at a time, while somebody follows. */
const LOOK_LINES = 2_000

/** How many lines wait for a slow reader, at most, before no more are read. */
const WAITING_MAX = 5_000

type Parts = Pick<ServerParts, 'agents' | 'clock' | 'components' | 'ports'>

/** Every start of a component that is remembered anywhere. */
export async function componentsEverywhere(parts: Parts): Promise<readonly ComponentView[]> {
  const { agents, clock, components, ports } = parts
  const here = withFronts(components.list(), ports?.leases() ?? [])
  if (agents === undefined || agents.desk.views().length === 0) return here
  const there = await inTime(clock, (signal) => agents.desk.components(signal))
  return [...here, ...there]
}

/** Lines from everywhere: the last ones in the order of their times, then what comes. */
export function logsEverywhere(parts: Parts, wanted: LogsWanted): AsyncIterable<LogLine> {
  const isAlone = parts.agents === undefined || parts.agents.desk.views().length === 0
  if (isAlone) return parts.components.logs(wanted)
  return wanted.follow ? followed(parts, wanted) : tail(parts, wanted)
}

async function* tail(parts: Parts, wanted: LogsWanted): AsyncGenerator<LogLine> {
  const lines = [...(await linesOfAgents(parts, wanted))]
  for await (const line of parts.components.logs(wanted)) lines.push(line)
  lines.sort((one, other) => one.atMs - other.atMs)
  yield* lines.slice(-wanted.tailLines)
}

/** Lines of this machine as they are written, and of agents as often as they are asked. */
async function* followed(parts: Parts, wanted: LogsWanted): AsyncGenerator<LogLine> {
  const waiting: LogLine[] = []
  let wake = Promise.withResolvers<void>()
  let taken = Promise.withResolvers<void>()
  let isOver = false
  let isLeft = false
  const isFull = (): boolean => waiting.length >= WAITING_MAX && !isLeft
  const put = (lines: readonly LogLine[]): void => {
    waiting.push(...lines)
    wake.resolve()
  }
  const local = (async () => {
    for await (const line of parts.components.logs(wanted)) {
      put([line])
      // What a slow reader has not taken stays in the files, and not in memory.
      while (isFull() && !wanted.signal.aborted) await taken.promise
    }
  })().finally(() => {
    isOver = true
    wake.resolve()
  })
  const remote = pollAgents(parts, wanted, { put, isFull })
  // Thrown below; whoever reads slowly must not make it look as if nobody cared meanwhile.
  for (const one of [local, remote]) one.catch(() => undefined)
  try {
    while (!isOver || waiting.length > 0) {
      await wake.promise
      wake = Promise.withResolvers()
      const lines = waiting.splice(0)
      taken.resolve()
      taken = Promise.withResolvers()
      yield* lines
    }
  } finally {
    isLeft = true
    taken.resolve()
  }
  await Promise.all([local, remote])
}

/** Whom lines are for. */
interface Reader {
  put(lines: readonly LogLine[]): void
  /** Whether they have yet to take as many as are kept for them. */
  isFull(): boolean
}

async function pollAgents(
  parts: Parts,
  wanted: LogsWanted,
  { put, isFull }: Reader,
): Promise<void> {
  const seen = new SeenLines()
  put(seen.fresh(await linesOfAgents(parts, wanted)))
  while (!wanted.signal.aborted) {
    await pause(parts.clock, LOOK_MS, wanted.signal)
    if (isFull()) continue
    const lines = await linesOfAgents(parts, { ...wanted, tailLines: LOOK_LINES })
    put(seen.fresh(lines))
  }
}

function linesOfAgents(parts: Parts, wanted: LogsWanted): Promise<readonly LogLine[]> {
  const { agents, clock } = parts
  const { subject, tailLines } = wanted
  if (agents === undefined) return Promise.resolve([])
  const which = subject === undefined ? { tailLines } : { subject, tailLines }
  return inTime(clock, (signal) => agents.desk.tail(which, signal))
}

/** Tells lines that were not there before from those that were: by time, then by how many of it. */
class SeenLines {
  readonly #last = new Map<string, { readonly atMs: number; readonly count: number }>()

  fresh(lines: readonly LogLine[]): readonly LogLine[] {
    const counts = new Map<string, { atMs: number; count: number }>()
    return lines.filter(({ subject, atMs }) => {
      const before = counts.get(subject)
      const count = before?.atMs === atMs ? before.count + 1 : 1
      counts.set(subject, { atMs, count })
      const last = this.#last.get(subject)
      const isFresh =
        last === undefined || atMs > last.atMs || (atMs === last.atMs && count > last.count)
      if (isFresh) this.#last.set(subject, { atMs, count })
      return isFresh
    })
  }
}

/** What agents answer before nobody waits for it any more. */
export async function inTime<Value>(
  clock: Clock,
  ask: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const late = new AbortController()
  const timer = clock.wakeAt(clock.nowMs() + PATIENCE_MS, () => late.abort())
  try {
    return await ask(late.signal)
  } finally {
    timer.cancel()
  }
}
