/**
 * Watching a ramp as a person does: a live view on a terminal, plain lines elsewhere, nothing but the
 * result with --json. Ctrl-C once aborts with undo, twice leaves the ramp to the daemon.
 */
import { ownedName } from '../core/plan/owner.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { RampartClient } from '../server/client/client.ts'
import type { CliParts } from './cli-parts.ts'
import { EXIT } from './exit-code.ts'
import { followRamp } from './follow.ts'
import { exitCodeOf, type RampResult, summaryOf } from './summary.ts'
import { componentOf } from './views/component-of.ts'
import { entryLine } from './views/entry-line.ts'
import type { LiveView } from './views/live-view.ts'
import { type Paint, paintFor } from './views/paint.ts'
import { timelineLines } from './views/timeline-lines.ts'

/** What to watch, and how. */
export interface WatchOptions {
  readonly parts: CliParts
  readonly client: RampartClient
  readonly ramp: string
  readonly json: boolean
  /** What the first Ctrl-C does; the second one always leaves. @default 'abort' */
  readonly interrupt?: 'abort' | 'leave'
}

/** How watching ended. */
export interface Watched {
  readonly state: RampState
  readonly exitCode: number
}

/** Watches a ramp until it ends, holds, or the person leaves. */
export async function watchRamp(options: WatchOptions): Promise<Watched> {
  const { parts, client, ramp, json } = options
  const paint = paintFor(parts.stderr, parts.settings)
  const isLive = !json && parts.stderr.isTTY === true
  const view = isLive ? await openView(parts, paint) : undefined
  const say = (text: string): void => {
    if (view === undefined) parts.stderr.write(json ? '' : `${text}\n`)
    else view.note(text)
  }
  const leaving = new AbortController()
  view?.note(options.interrupt === 'leave' ? 'Ctrl-C leaves' : 'Ctrl-C aborts and undoes')
  const stopListening = listenForInterrupts(options, say, leaving)
  try {
    const state = await followRamp({
      client,
      ramp,
      signal: leaving.signal,
      observer: {
        entry(entry, now) {
          const line = isLive || json ? undefined : entryLine(entry, now, paint)
          if (line !== undefined) parts.stderr.write(`${line}\n`)
        },
        changed: (now, latest) => view?.show(now, latest),
      },
    })
    view?.close()
    if (leaving.signal.aborted && state.ended === undefined) return sayLeft(parts, state, json)
    if (!json) sayEnd(parts, state, paint)
    return { state, exitCode: exitCodeOf(state) }
  } finally {
    stopListening()
    view?.close()
  }
}

async function openView(parts: CliParts, paint: Paint): Promise<LiveView> {
  // Loaded only when there is a terminal to draw on, so that everything else starts faster.
  const { openLiveView } = await import('./views/live-view.ts')
  return openLiveView({ stream: parts.stderr, paint, nowMs: () => parts.nowMs() })
}

function listenForInterrupts(
  options: WatchOptions,
  say: (text: string) => void,
  leaving: AbortController,
): () => void {
  const { parts, client, ramp, interrupt = 'abort' } = options
  let isAborting = interrupt === 'leave'
  return parts.onInterrupt(() => {
    if (isAborting) {
      leaving.abort()
      return
    }
    isAborting = true
    say('Aborting, and undoing what was done. Ctrl-C again leaves that to the daemon.')
    client.say(ramp, parts.user, { say: 'abort', undo: true, why: 'Ctrl-C' }).then(
      ({ refusal }) => {
        if (refusal !== undefined) say(`${refusal.sentence} Ctrl-C again leaves it to the daemon.`)
      },
      (error: unknown) => say(`It could not be aborted: ${String(error)}`),
    )
  })
}

function sayLeft(parts: CliParts, state: RampState, json: boolean): Watched {
  if (!json) {
    parts.stderr.write(`The daemon goes on with ${state.ramp}.\n`)
    parts.stderr.write('  Next: rampart status --watch, rampart abort\n')
  }
  return { state, exitCode: EXIT.interrupted }
}

/** The stage that caused it with its owner, else the contract. */
function placeOf({ plan }: RampState, cause: NonNullable<RampResult['cause']>): string {
  const { stage, condition } = cause
  if (stage === null) return plan.contract.name
  return ownedName(plan, { stage, condition })
}

function sayEnd(parts: CliParts, state: RampState, paint: Paint): void {
  const write = (line: string): unknown => parts.stderr.write(`${line}\n`)
  if (state.ended?.outcome === 'reached') {
    const width = parts.stderr.columns ?? 100
    write('')
    for (const line of timelineLines(state, paint, width)) write(line)
    return
  }
  const { cause } = summaryOf(state)
  if (cause !== null) {
    write('')
    write(paint.mood('bad', `${placeOf(state, cause)}: ${cause.sentence}`))
  }
  if (state.held !== undefined && state.ended === undefined) {
    write(`  It holds. Next: rampart resume, rampart abort, rampart explain ${state.ramp}`)
  } else if (state.ended?.outcome === 'undone') {
    write('  Everything that this ramp started has been taken back.')
    if (cause?.stage != null) {
      const logs = `rampart logs ${componentOf(state.plan, cause.stage)}`
      write(`  Next: rampart why, ${logs}, rampart explain ${state.ramp}`)
    }
  } else {
    write('  What was started is left as it stands. Next: rampart status, rampart down')
  }
}
