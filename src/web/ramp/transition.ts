/**
 * A component that changes hands, as one picture: the old starts, the new ones, who is reached by what is
 * new, and the step it is at. It changes hands behind a front, or by a socket that its starts share. Pure;
 * derived from the plan and the state of the ramp alone, so that any moment of it can be looked at.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import { type RampState, stageNamed } from '../../core/ramp/state.ts'
import { frontedTransition, isSwitch } from './fronted-transition.ts'
import { isSharingStart, sharedTransition } from './shared-transition.ts'

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
  /** What is done then. */
  readonly title: string
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

/** What is told of a component however it changes hands. */
export interface Changing {
  /** The component's stage: `api`, `eu/api`. */
  readonly component: string
  /** `shop/api` */
  readonly service: string
  readonly host?: string
  /** Those that stay the same. */
  readonly ports: Readonly<Record<string, number>>
  /** Those that are to go. */
  readonly old: readonly StartSide[]
  /** Those that serve in the end; some may have served before. */
  readonly fresh: readonly StartSide[]
  readonly steps: readonly Step[]
  /** The step it is at; absent: not begun, or over. */
  readonly at?: Step
  /** Whether the old one was cut off, perhaps with something under way. */
  readonly isUnclean: boolean
  /** Whether it is taken back, or was. */
  readonly isUndone: boolean
  /** What it comes to, for a person at 2 a.m.: who serves now. */
  readonly sentence: string
}

/** A component whose front sends what is new to one side or the other. */
export interface FrontedTransition extends Changing {
  readonly by: 'front'
  /** Who served when the front was found, before anything was started. */
  readonly before: readonly StartSide[]
  readonly pointing: Pointing
  /** Absent: nobody has asked yet. */
  readonly underWay?: UnderWay
}

/**
 * How a side stands to the socket. `unproved`: it has it, and may accept although nobody has proved it.
 * `finishes`: it is asked to end. `away`: it does not run.
 */
export type AtSocket = 'away' | 'unproved' | 'accepts' | 'finishes'

/** A component whose starts accept on one socket: nothing points to either of them. */
export interface SharedTransition extends Changing {
  readonly by: 'socket'
  /** The names of the ports that its starts share. */
  readonly shared: readonly string[]
  /** Whether it is told which other starts there are; only a start tells of them. */
  readonly isOldKnown: boolean
  readonly oldAt: AtSocket
  readonly freshAt: AtSocket
  /** Whether what should run ran already, and nothing else. */
  readonly isKept: boolean
  /** How the old one is asked to end; absent: the plan does not say it. */
  readonly end?: SharedEnd
}

/** How an old one is asked to end. */
export interface SharedEnd {
  /** Whether that was done. */
  readonly isAsked: boolean
  /** After this it is killed. @unit ms */
  readonly graceMs: number
  /** Whether a Ports contract in force may say otherwise. */
  readonly isRuled: boolean
}

/** A component that changes hands. */
export type Transition = FrontedTransition | SharedTransition

/** Whether anything of a ramp changes hands. */
export function hasTransitions({ plan }: RampState): boolean {
  return plan.stages.some(({ command }) => isSwitch(command) || isSharingStart(command))
}

/** Every component that changes hands, in the order of the plan. */
export function transitionsOf(
  state: RampState,
  latest: ReadonlyMap<string, Answer> = new Map(),
): readonly Transition[] {
  return state.plan.stages.flatMap(({ name }): readonly Transition[] => {
    const view = stageNamed(state, name)
    if (view === undefined) return []
    if (isSwitch(view.stage.command)) return [frontedTransition(state, view, latest)]
    return isSharingStart(view.stage.command) ? [sharedTransition(state, view)] : []
  })
}
