/** A component that changes hands behind a front: where that points, and what is left at the old one. */
import type { Answer } from '../../core/plan/verdict.ts'
import { type RampState, type StageView, stageNamed } from '../../core/ramp/state.ts'
import { answerKey } from '../../core/telling/stage-rows.ts'
import { FRONTED_STEPS, frontedSentence } from './fronted-words.ts'
import { freshSide, isTakenBack, namedSides, portsOf } from './start-side.ts'
import { restOf, STARTED, stepOf } from './step-standing.ts'
import type { FrontedTransition, Pointing, Step, UnderWay } from './transition.ts'

/** Whether a command moves traffic from one start to another. */
export function isSwitch(command: StageView['stage']['command']): boolean {
  return command?.actuator === 'front' && command.operation === 'switch'
}

/** The component whose traffic a stage moves. */
export function frontedTransition(
  state: RampState,
  route: StageView,
  latest: ReadonlyMap<string, Answer>,
): FrontedTransition {
  const component = route.stage.name.replace(/\/route$/, '')
  const parts = partsOf(state, component, route)
  const { front, starts, drained } = parts
  const fresh = starts.map(freshSide)
  const begun = new Set(fresh.flatMap(({ instance }) => instance ?? []))
  const before = namedSides(front?.now.outputs['serving'])
  const steps = stepsOf(parts, component)
  const at = steps.find(({ standing }) => standing === 'doing' || standing === 'failed')
  const underWay = underWayOf(drained, latest)
  const host = front?.now.outputs['host']
  const told: Omit<FrontedTransition, 'sentence'> = {
    by: 'front',
    component,
    service: String(route.stage.command?.input['front'] ?? component),
    ...(typeof host === 'string' ? { host } : {}),
    ports: portsOf(front?.now.outputs),
    before,
    old: before.filter(({ instance }) => instance === undefined || !begun.has(instance)),
    fresh,
    pointing: pointingOf(route, before.length > 0),
    steps,
    ...(at === undefined ? {} : { at }),
    ...(underWay === undefined ? {} : { underWay }),
    isUnclean: drained?.now.unclean === true,
    isUndone: isTakenBack(state, [...starts, route]),
  }
  return { ...told, sentence: frontedSentence(told) }
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

function stepsOf(
  { front, starts, route, drained, retire }: Parts,
  component: string,
): readonly Step[] {
  const step = (key: Step['key'], views: readonly (StageView | undefined)[]): readonly Step[] => {
    const known = views.filter((view) => view !== undefined)
    const until = key === 'start' ? { until: STARTED } : {}
    return known.length === 0 ? [] : [stepOf({ key, title: FRONTED_STEPS[key], ...until }, known)]
  }
  return [
    ...step('front', [front]),
    ...step('start', starts),
    ...step('prove', starts),
    ...step('route', [route]),
    ...restOf(FRONTED_STEPS.rest, { component, before: [route], after: drained }),
    ...step('drain', [drained]),
    ...step('stop', [retire]),
  ]
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
