/** What is running, environment by environment: for `status`. */

import { printPort, protocolOf } from '../../core/port/port-protocols.ts'
import { goalWords } from '../../core/telling/goal-words.ts'
import type { Mood } from '../../core/telling/stage-rows.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { ComponentView, EnvironmentView } from '../../server/wire.ts'
import { tableLines } from './columns.ts'
import { MARKS, type Paint } from './paint.ts'

/** A title for each environment, its components below. */
export function environmentLines(
  environments: readonly EnvironmentView[],
  nowMs: number,
  paint: Paint,
): readonly string[] {
  return environments.flatMap((environment) => {
    const shown = isDown(environment) ? [] : environment.components
    const title = paint.bold(titleOf(environment))
    return [
      title,
      ...componentLines(shown, nowMs, paint),
      ...brokenLines(environment, nowMs, paint),
      ...unwatchedLines(environment, nowMs, paint),
      ...nextLines(environment),
      '',
    ]
  })
}

function titleOf(environment: EnvironmentView): string {
  const { kind, contract: called, lastRamp, watch, unwatched, components } = environment
  const name = kind === 'Environment' ? called : `${kind}/${called}`
  if (lastRamp === undefined) return `${name}: its ramps are not in this ledger`
  const { target } = lastRamp.contract
  const contract = target === undefined ? name : `${name} for ${target}`
  const { phase, goal, outcome } = lastRamp
  if (phase === 'held') return `${contract}: ${goal} holds, and waits for a person`
  if (phase !== 'ended') return `${contract}: ${goal} is under way`
  if (outcome !== 'reached') return `${contract}: ${goal} was ${outcome}`
  const word = goalWords(goal).reached
  const names = namesIn(components)
  const broken = goal === 'up' ? components.filter(isBroken).map(names) : []
  const promises = watch?.broken.length ?? 0
  if (broken.length === 0 && promises > 0) {
    return `${contract} was ${word}, but ${promises === 1 ? 'a promise is' : `${promises} promises are`} broken`
  }
  if (broken.length > 0) return `${contract} was ${word}, but ${broken.join(' and ')} ended since`
  if (unwatched !== undefined) return `${contract} is ${word}, but nothing watches it`
  return `${contract} is ${word}${watch === undefined ? '' : ', and watched'}`
}

/** That nothing watches what is up, since when and why. */
function unwatchedLines(
  { unwatched }: EnvironmentView,
  nowMs: number,
  paint: Paint,
): readonly string[] {
  if (unwatched === undefined) return []
  const { sinceMs, cause } = unwatched
  const ago = `${describeDuration(Math.max(0, nowMs - sinceMs))} ago`
  const why = cause === undefined ? '' : `: ${cause}`
  const mark = paint.mood('bad', MARKS.bad)
  return [`  ${mark} nothing watches it; what did has ended ${ago}${why}`]
}

/** What is promised and not kept by what runs. */
function brokenLines({ watch }: EnvironmentView, nowMs: number, paint: Paint): readonly string[] {
  const rows = (watch?.broken ?? []).map(({ stage, condition, sinceMs, sentence, owner }) => [
    `${stage}: ${condition}`,
    sinceMs === undefined
      ? 'not proved yet'
      : `for ${describeDuration(Math.max(0, nowMs - sinceMs))}`,
    owner === undefined ? sentence : `${sentence} (owned by ${owner})`,
  ])
  return tableLines(rows).map((line) => `  ${paint.mood('bad', MARKS.bad)} ${line}`)
}

/** Whether there is nothing to tell of what has ended, since all of it was meant to. */
function isDown({ lastRamp, components }: EnvironmentView): boolean {
  const isReached = lastRamp?.goal === 'down' && lastRamp.outcome === 'reached'
  return isReached && components.every(({ status }) => status === 'exited')
}

function nextLines({ lastRamp, unwatched, components }: EnvironmentView): readonly string[] {
  const [first] = components.filter(isBroken)
  const isUp = lastRamp?.goal === 'up' && lastRamp.outcome === 'reached'
  if (!isUp || (first === undefined && unwatched === undefined)) return []
  const logs = first === undefined ? '' : `rampart logs ${nameOf(first)}, `
  return [`  Next: ${logs}rampart up`]
}

function componentLines(
  components: readonly ComponentView[],
  nowMs: number,
  paint: Paint,
): readonly string[] {
  const names = namesIn(components)
  const rows = components.map((component) => [
    names(component),
    statusText(component, nowMs),
    placeText(component, components),
  ])
  return tableLines(rows).map((line, index) => {
    const mood = moodOf(components[index])
    return `  ${paint.mood(mood, MARKS[mood])} ${line}`
  })
}

/** The component without its contract, which stands in the title. */
function nameOf({ subject }: ComponentView): string {
  return subject.slice(subject.indexOf('/') + 1)
}

/** What each is called among these: one of several copies says which. */
function namesIn(components: readonly ComponentView[]): (one: ComponentView) => string {
  const copied = new Set(
    components.flatMap(({ subject, copy }) => (copy === undefined ? [] : [subject])),
  )
  return (one) => {
    const { copy = 1 } = one
    return copied.has(one.subject) ? `${nameOf(one)} copy ${copy}` : nameOf(one)
  }
}

function isBroken(component: ComponentView): boolean {
  return moodOf(component) === 'bad'
}

function moodOf(component: ComponentView | undefined): Mood {
  if (component?.status === 'running') return 'good'
  return component?.code === 0 ? 'gone' : 'bad'
}

function statusText(component: ComponentView, nowMs: number): string {
  const { status, sinceMs, endedAtMs, signal, code } = component
  const lastedMs = Math.max(0, (endedAtMs ?? nowMs) - sinceMs)
  const lasted = describeDuration(lastedMs)
  if (status === 'running') return `running for ${lasted}`
  if (status === 'lost') return 'gone, and nobody saw how'
  const ago = `${describeDuration(Math.max(0, nowMs - (endedAtMs ?? nowMs)))} ago`
  const how = signal === undefined ? `exited ${code ?? '?'}` : `ended by ${signal}`
  return `${how} ${ago}, after ${lasted}`
}

function placeText(component: ComponentView, all: readonly ComponentView[]): string {
  const { status, pid, ports, protocols, fronts = {} } = component
  if (status !== 'running') return ''
  const listening = Object.entries(ports).map(([name, number]) => {
    const front = fronts[name]
    const port = printPort(number, protocolOf(protocols, name))
    if (front !== undefined) return `${name} ${front} in front of ${port}`
    return `${name} ${port}${isShared(component, name, all) ? ' shared' : ''}`
  })
  return [`pid ${pid}`, ...listening].join(', ')
}

/** Whether another start of it accepts there as well: without this, two would seem to have one port. */
function isShared(
  { subject, copy, pid, ports }: ComponentView,
  name: string,
  all: readonly ComponentView[],
): boolean {
  return all.some(
    (other) =>
      other.subject === subject &&
      other.copy === copy &&
      other.status === 'running' &&
      other.pid !== pid &&
      other.ports[name] === ports[name],
  )
}
