/**
 * A component that changes hands, as one picture: the old starts, the new ones, where the front points,
 * what is under way at the old ones, and the step it is at. Pure; derived from the plan and the state of
 * the ramp alone, so that any moment of it can be looked at.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import { type RampState, type StageView, stageNamed } from '../../core/ramp/state.ts'
import { answerKey } from '../../core/telling/stage-rows.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { sentenceOf } from './transition-words.ts'

/** One start of the component, as far as the ramp knows it. */
export interface StartSide {
  /** `shop/api#3`; absent: it is not started yet. */
  readonly instance?: string
  /** The stage that starts it; absent: it was there before. */
  readonly stage?: string
  readonly pid?: number
  readonly ports: Readonly<Record<string, number>>
}

/** Where a step stands. `undone`: it was taken back. */
export type StepStanding = 'todo' | 'doing' | 'done' | 'failed' | 'undone'

/** One step of the change, in the one order that there is. */
export interface Step {
  readonly key: 'front' | 'start' | 'prove' | 'route' | 'rest' | 'drain' | 'stop'
  /** The stages it consists of. */
  readonly stages: readonly string[]
  readonly standing: StepStanding
  /** Only while it is done: since when, and until when at most. @unit ms since 1970 */
  readonly sinceMs?: number
  readonly dueMs?: number
}

/** To whom the front sends what is new. */
export type Pointing = 'old' | 'new' | 'moving' | 'nobody'

/** What the front tells of the old starts. */
export interface UnderWay {
  /** Absent: it cannot be told. */
  readonly count?: number
  readonly sentence: string
  readonly reason: string
}

/** A component that changes hands. */
export interface Transition {
  /** The component's stage: `api`, `eu/api`. */
  readonly component: string
  /** The service: `shop/api`. */
  readonly front: string
  readonly host?: string
  readonly ports: Readonly<Record<string, number>>
  /** Who served when the front was found, before anything was started. */
  readonly before: readonly StartSide[]
  /** Those of them that are to go. */
  readonly old: readonly StartSide[]
  /** Those that serve in the end; some may have served before. */
  readonly fresh: readonly StartSide[]
  readonly pointing: Pointing
  readonly steps: readonly Step[]
  /** The step it is at; absent: not begun, or over. */
  readonly at?: Step
  /** Absent: nobody has asked yet. */
  readonly underWay?: UnderWay
  /** Whether the old one was cut off with something under way. */
  readonly isUnclean: boolean
  /** Whether it is taken back, or was. */
  readonly isUndone: boolean
  /** What it comes to, for a person at 2 a.m.: who serves now. */
  readonly sentence: string
}

/** Whether anything of a ramp changes hands. */
export function hasTransitions({ plan }: RampState): boolean {
  return plan.stages.some(({ command }) => isSwitch(command))
}

/** Every component that changes hands, in the order of the plan. */
export function transitionsOf(
  state: RampState,
  latest: ReadonlyMap<string, Answer> = new Map(),
): readonly Transition[] {
  return state.plan.stages.flatMap(({ name, command }) => {
    const route = isSwitch(command) ? stageNamed(state, name) : undefined
    return route === undefined ? [] : [transitionOf(state, route, latest)]
  })
}

function isSwitch(command: StageView['stage']['command']): boolean {
  return command?.actuator === 'front' && command.operation === 'switch'
}

function transitionOf(
  state: RampState,
  route: StageView,
  latest: ReadonlyMap<string, Answer>,
): Transition {
  const component = route.stage.name.replace(/\/route$/, '')
  const parts = partsOf(state, component, route)
  const { front, starts, drained } = parts
  const fresh = starts.map(freshSide)
  const begun = new Set(fresh.flatMap(({ instance }) => instance ?? []))
  const serving = textsOf(front?.now.outputs['serving'])
  const before = serving.map((instance) => ({ instance, ports: {} }))
  const steps = stepsOf(parts, component)
  const at = steps.find(({ standing }) => standing === 'doing' || standing === 'failed')
  const underWay = underWayOf(drained, latest)
  const host = front?.now.outputs['host']
  const told: Omit<Transition, 'sentence'> = {
    component,
    front: String(route.stage.command?.input['front'] ?? component),
    ...(typeof host === 'string' ? { host } : {}),
    ports: portsOf(front?.now.outputs),
    before,
    old: before.filter(({ instance }) => !begun.has(instance)),
    fresh,
    pointing: pointingOf(route, before.length > 0),
    steps,
    ...(at === undefined ? {} : { at }),
    ...(underWay === undefined ? {} : { underWay }),
    isUnclean: drained?.now.unclean === true,
    isUndone: isTakenBack(state, [...starts, route]),
  }
  return { ...told, sentence: sentenceOf(told) }
}

/** The stages of a change. */
interface Parts {
  readonly front: StageView | undefined
  readonly starts: readonly StageView[]
  readonly route: StageView
  readonly drained: StageView | undefined
  readonly retire: StageView | undefined
}

function partsOf(state: RampState, component: string, route: StageView): Parts {
  const own = (stage: string): StageView | undefined => stageNamed(state, `${component}/${stage}`)
  const starts = route.stage.needs.flatMap(({ stage }) => {
    const view = stageNamed(state, stage)
    const isOwn = stage === component || stage.startsWith(`${component}/`)
    return view !== undefined && isOwn ? [view] : []
  })
  const [front, drained, retire] = [own('front'), own('drained'), own('retire')]
  return { front, starts, route, drained, retire }
}

function freshSide({ stage, now }: StageView): StartSide {
  const { instance, pid } = now.outputs
  return {
    ...(typeof instance === 'string' ? { instance } : {}),
    stage: stage.name,
    ...(typeof pid === 'number' && pid > 0 ? { pid } : {}),
    ports: portsOf(now.outputs),
  }
}

function stepsOf(parts: Parts, component: string): readonly Step[] {
  const { starts, route, drained, retire } = parts
  const started = ['started', 'provisional', 'ready', 'completed']
  return [
    ...(parts.front === undefined ? [] : [stepOf('front', [parts.front])]),
    stepOf('start', starts, started),
    stepOf('prove', starts),
    stepOf('route', [route]),
    ...restOf(parts, component),
    ...(drained === undefined ? [] : [stepOf('drain', [drained])]),
    ...(retire === undefined ? [] : [stepOf('stop', [retire])]),
  ]
}

const OVER = ['ready', 'completed']
const TAKEN_BACK = ['undoing', 'undone', 'left']

function stepOf(
  key: Step['key'],
  views: readonly StageView[],
  until: readonly string[] = OVER,
): Step {
  const standing = standingOf(key, views, until)
  const stages = views.map(({ stage }) => stage.name)
  if (standing !== 'doing') return { key, stages, standing }
  const timed = views.filter(({ now }) => !until.includes(now.phase))
  const sinceMs = Math.min(...timed.map(({ now }) => now.enteredAtMs ?? Number.POSITIVE_INFINITY))
  if (!Number.isFinite(sinceMs)) return { key, stages, standing }
  const dues = timed.flatMap(({ now, stage }) =>
    now.enteredAtMs === undefined ? [] : [now.enteredAtMs + stage.deadlineMs],
  )
  return { key, stages, standing, sinceMs, dueMs: Math.max(...dues) }
}

function standingOf(
  key: Step['key'],
  views: readonly StageView[],
  until: readonly string[],
): StepStanding {
  const phases = views.map(({ now }) => now.phase)
  const failed = views.filter(({ now }) => now.phase === 'failed')
  if (failed.some(({ now }) => isFailedAt(key, now))) return 'failed'
  const back = views.filter(({ now }) => TAKEN_BACK.includes(now.phase))
  if (back.some(({ now }) => isFailedAt(key, now))) return 'failed'
  if (back.length > 0) return 'undone'
  if (phases.length > 0 && phases.every((phase) => until.includes(phase))) return 'done'
  // What is to be proved is proved only once it has been started.
  const before = key === 'prove' ? ['waiting', 'gated', 'entered'] : ['waiting']
  return phases.every((phase) => before.includes(phase)) ? 'todo' : 'doing'
}

/** What failed is what was being done then: starting it, until it was started. */
function isFailedAt(key: Step['key'], { cause, startedAtMs, phase }: StageView['now']): boolean {
  if (cause === undefined && phase !== 'failed') return false
  if (key === 'start') return startedAtMs === undefined
  return key !== 'prove' || startedAtMs !== undefined
}

/** What else of the ramp must be proved before the old one is let go of; nothing where it is alone. */
function restOf({ drained, route }: Parts, component: string): readonly Step[] {
  if (drained === undefined) return []
  const isOwn = (name: string): boolean => name === component || name.startsWith(`${component}/`)
  const stages = drained.stage.needs.map(({ stage }) => stage).filter((name) => !isOwn(name))
  if (stages.length === 0) return []
  if (drained.now.phase !== 'waiting') return [{ key: 'rest', stages, standing: 'done' }]
  return [{ key: 'rest', stages, standing: OVER.includes(route.now.phase) ? 'doing' : 'todo' }]
}

function pointingOf({ now }: StageView, isServed: boolean): Pointing {
  const before = isServed ? 'old' : 'nobody'
  switch (now.phase) {
    case 'entered':
    case 'undoing':
      return 'moving'
    case 'started':
    case 'provisional':
    case 'ready':
    case 'completed':
      return 'new'
    case 'failed':
      return now.inEffect ? 'moving' : before
    default:
      return before
  }
}

function underWayOf(
  drained: StageView | undefined,
  latest: ReadonlyMap<string, Answer>,
): UnderWay | undefined {
  const place = drained?.placed.findIndex(({ condition }) => condition.name === 'in-flight') ?? -1
  if (drained === undefined || place < 0) return undefined
  const key = answerKey(drained.stage.name, 'in-flight')
  const answer = latest.get(key) ?? drained.now.conditions[place]?.lastAnswer
  if (answer === undefined) return undefined
  const count = answer.evidence['inFlight']
  const { sentence, reason } = answer
  return { ...(typeof count === 'number' ? { count } : {}), sentence, reason }
}

function isTakenBack(state: RampState, views: readonly StageView[]): boolean {
  if (state.direction === 'undoing') return true
  return views.some(({ now }) => TAKEN_BACK.includes(now.phase))
}

function portsOf(outputs: JsonObject | undefined): Readonly<Record<string, number>> {
  const ports = Object.entries((outputs?.['ports'] ?? {}) as JsonObject)
  return Object.fromEntries(
    ports.flatMap(([name, port]) => (typeof port === 'number' ? [[name, port]] : [])),
  )
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
