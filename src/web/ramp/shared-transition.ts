/**
 * A component whose starts accept on one socket: the new one beside the old one, until that is asked to
 * end. Nothing stands before them, so that who is reached follows from who runs alone.
 */
import { type RampState, type StageView, stageNamed } from '../../core/ramp/state.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { SHARED_STEPS, sharedSentence } from './shared-words.ts'
import { freshSide, isTakenBack, namedSides } from './start-side.ts'
import { OVER, restOf, STARTED, stepOf } from './step-standing.ts'
import type { AtSocket, SharedEnd, SharedTransition, StartSide, Step } from './transition.ts'

type Ports = Readonly<Record<string, number>>

/** What the runtime answers when it ends nobody, since the one that is to go on does not run any more. */
const NOBODY_IN_ITS_PLACE = 'nobody-in-its-place'

/** Whether a command starts something beside whoever accepts on the same socket. */
export function isSharingStart(command: StageView['stage']['command']): boolean {
  if (command?.actuator !== 'process' || command.operation !== 'start') return false
  return sharedPorts(command.input).length > 0
}

/** The component that a stage starts so. */
export function sharedTransition(state: RampState, start: StageView): SharedTransition {
  const component = start.stage.name
  const input = start.stage.command?.input ?? {}
  const retire = stageNamed(state, `${component}/retire`)
  const side = freshSide(start)
  const shared = sharedPorts(input)
  const [ports, own] = split(side.ports, shared)
  const { sharesWith, host, adopted } = side.instance === undefined ? {} : start.now.outputs
  const old = namedSides(sharesWith)
  const isOldKnown = Array.isArray(sharesWith)
  const end = retire && endOf(retire)
  const isKept = adopted === true && isOldKnown && old.length === 0
  const steps = stepsOf(start, retire, end)
  const at = steps.find(({ standing }) => standing === 'doing' || standing === 'failed')
  const told: Omit<SharedTransition, 'sentence'> = {
    by: 'socket',
    component,
    service: typeof input['subject'] === 'string' ? input['subject'] : component,
    ...(typeof host === 'string' ? { host } : {}),
    ...{ ports, shared, old, isOldKnown, isKept },
    fresh: [{ ...side, ports: own }],
    oldAt: oldAt(retire, end, isOldKnown ? old : undefined),
    freshAt: isKept ? 'accepts' : freshAt(start, end?.isAsked === true),
    ...(end === undefined ? {} : { end }),
    steps,
    ...(at === undefined ? {} : { at }),
    isUnclean: retire?.now.outputs['forced'] === true,
    isUndone: isTakenBack(state, [start]),
  }
  return { ...told, sentence: sharedSentence(told) }
}

function sharedPorts(input: JsonObject): readonly string[] {
  const ports = Object.entries((input['ports'] ?? {}) as Readonly<Record<string, JsonObject>>)
  return ports.flatMap(([name, { share }]) => (share === true ? [name] : []))
}

/** Those that its starts share, and those that each has for itself. */
function split(ports: Ports, shared: readonly string[]): readonly [Ports, Ports] {
  const part = (isShared: boolean): Ports =>
    Object.fromEntries(Object.entries(ports).filter(([name]) => shared.includes(name) === isShared))
  return [part(true), part(false)]
}

function endOf({ stage, now }: StageView): SharedEnd {
  const { stop, graceAsRuled } = stage.command?.input ?? {}
  const { graceMs } = (stop ?? {}) as JsonObject
  const { reason } = now.cause ?? now.commandFailure ?? {}
  return {
    isAsked: now.enteredAtMs !== undefined && reason !== NOBODY_IN_ITS_PLACE,
    graceMs: typeof graceMs === 'number' ? graceMs : 0,
    isRuled: graceAsRuled === true,
  }
}

function stepsOf(
  start: StageView,
  retire: StageView | undefined,
  end: SharedEnd | undefined,
): readonly Step[] {
  const rest = { component: start.stage.name, before: [start], after: retire }
  return [
    stepOf({ key: 'start', title: SHARED_STEPS.start, until: STARTED }, [start]),
    stepOf({ key: 'prove', title: SHARED_STEPS.prove }, [start]),
    ...restOf(SHARED_STEPS.rest, rest),
    ...(retire === undefined ? [] : [untilKilled(retire, end)]),
  ]
}

/** Its time is what the old one is given, where the plan says that; the stage's own is longer. */
function untilKilled(retire: StageView, end: SharedEnd | undefined): Step {
  const step = stepOf({ key: 'stop', title: SHARED_STEPS.stop }, [retire])
  if (step.sinceMs === undefined || end === undefined || end.isRuled) return step
  return { ...step, dueMs: step.sinceMs + end.graceMs }
}

/** @param old absent: nobody has told of them yet */
function oldAt(
  retire: StageView | undefined,
  end: SharedEnd | undefined,
  old: readonly StartSide[] | undefined,
): AtSocket {
  if (old?.length === 0 || retire?.now.completedAtMs !== undefined) return 'away'
  return end?.isAsked === true ? 'finishes' : 'accepts'
}

function freshAt({ now }: StageView, isOldAsked: boolean): AtSocket {
  const { phase, inEffect, startedAtMs, conditions } = now
  const isBroken = !isOldAsked && conditions.some(({ breached }) => breached)
  if (OVER.includes(phase)) return isBroken ? 'unproved' : 'accepts'
  if (STARTED.includes(phase)) return 'unproved'
  if (phase === 'undoing') return 'finishes'
  // One that was started and never proved itself is still there until it is taken back.
  return phase === 'failed' && inEffect && startedAtMs !== undefined ? 'unproved' : 'away'
}
