/**
 * Components whose starts share one listening socket (`roll.by: descriptor`): no front stands before
 * them. The socket is what stays the same; the new start accepts on it beside the old one, which is
 * asked to end once everything is proved, finishes what it has, and goes.
 */
import type { Command } from '../../core/plan/plan.ts'
import { DRAIN_MS, PARTING_MOST_MS } from '../../core/port/parting.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { listWords } from '../document/describe-value.ts'
import type { Path } from '../document/issue.ts'
import type { Component, Roll } from './definition.ts'
import { portNamedIn } from './own-ports.ts'
import { STOP_TIMEOUT_MARGIN_MS, stopCommand } from './plan-commands.ts'
import type { Run } from './run.ts'
import type { WrittenComponent } from './written.ts'
import { probesOf } from './written-condition.ts'
import type { WrittenRoll } from './written-roll.ts'
import type { WrittenRun } from './written-run.ts'

type Say = (at: Path, message: string) => void

/** What nobody does where there is no front. */
const OF_FRONTS: Readonly<Record<'as' | 'linger' | 'tls', string>> = {
  as: 'its starts accept by themselves, so that nothing is forwarded; leave as out',
  linger: 'who is asked to end has nothing more to stay for than what it answers; leave linger out',
  tls: 'its starts accept by themselves, so that they end TLS; leave tls out',
}

/** Those of its ports that its starts share, as part of how it is run; of another roll none. */
export function sharedOf(
  { ports = {} }: WrittenRun,
  roll: WrittenRoll | undefined,
): Pick<Run, 'sharedPorts'> {
  if (roll?.by !== 'descriptor') return {}
  return { sharedPorts: [...(roll.ports ?? Object.keys(ports))].sort() }
}

/** How it has a front; absent: it has none, or is not replaced without a gap. */
export function frontedRoll({ roll }: Pick<Component, 'roll'>): Roll | undefined {
  return roll?.isShared === true ? undefined : roll
}

/** How long a start that is asked to end is given, unless a Ports contract says otherwise. @unit ms */
export function finishMs({ roll, stop }: Pick<Component, 'roll' | 'stop'>): number {
  return roll?.drainMs ?? Math.max(DRAIN_MS, stop.graceMs)
}

/** Ends starts while another one has their socket: they are given the time to finish what they have. */
export function finishCommand(
  subject: string,
  component: Component,
  roll: Roll,
  which: JsonObject,
): Command {
  const graceMs = finishMs(component)
  const stop = { ...component.stop, graceMs }
  const mostMs = roll.drainMs ?? Math.max(PARTING_MOST_MS, graceMs)
  const more = roll.drainMs === undefined ? { ...which, graceAsRuled: true } : which
  const asked = stopCommand(subject, { ...component, stop }, more)
  return { ...asked, timeoutMs: mostMs + STOP_TIMEOUT_MARGIN_MS }
}

/** Says what contradicts itself where starts are to share sockets. */
export function checkShared(component: WrittenComponent, say: Say): void {
  const { roll, run, ready = [], stop } = component
  if (roll?.by !== 'descriptor') return
  for (const key of ['as', 'linger', 'tls'] as const) {
    if (roll[key] !== undefined) say(['roll', key], OF_FRONTS[key])
  }
  const shared = roll.ports ?? Object.keys(run?.ports ?? {})
  for (const port of shared) {
    if (run?.ports?.[port]?.inherit !== false) continue
    const message = 'its starts share the socket, so that each inherits it; leave inherit out'
    say(['run', 'ports', port, 'inherit'], message)
  }
  const told = portNamedIn([...(stop?.command ?? [])], shared)
  if (told !== undefined) {
    const message = `${told} is shared, so that the start which goes on may hear it; ${HOW_TO_STOP}`
    say(['stop', 'command'], message)
  }
  ready.forEach((condition, index) => {
    const [probe] = probesOf(condition)
    const port = probe && portNamedIn(condition[probe] ?? {}, shared)
    if (probe === undefined || port === undefined) return
    const message = `${port} is shared, so that the start which it replaces may answer; ${HOW_TO_PROVE}`
    say(['ready', index, probe], message)
  })
  if (ready.some((condition) => condition.exit === undefined)) return
  const message = `nothing says when a new start may be asked alone; ${HOW_TO_PROVE}`
  say(ready.length === 0 ? ['roll', 'by'] : ['ready'], message)
}

const HOW_TO_PROVE =
  'prove a start by notify, by its log, or at a port of its own that roll.ports leaves out'

const HOW_TO_STOP =
  'leave it to stop.signal, or stop a start at a port of its own that roll.ports leaves out'

/** How it is replaced, for people. */
export function explainShared(component: Component, roll: Roll): readonly string[] {
  const words = roll.ports.length === 1 ? 'the same socket' : 'the same sockets'
  const most = describeDuration(finishMs(component))
  const unless = roll.drainMs === undefined ? ', unless a Ports contract says otherwise' : ''
  return [
    `   When it has changed, its new start accepts on ${words} (${listWords(roll.ports, 'and')}) beside the old one,`,
    '   which serves until the new one and all else is proved; then it is asked to end, finishes what it has,',
    `   and is killed after ${most}${unless}. No front asks who connects: whoever reaches it may.`,
  ]
}
