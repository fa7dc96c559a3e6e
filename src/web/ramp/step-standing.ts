/** Where each step of a change of hands stands, by what is known of the stages that it consists of. */
import type { StageView } from '../../core/ramp/state.ts'
import type { Step, StepStanding } from './transition.ts'

/** Phases of a stage that is proved. */
export const OVER: readonly string[] = ['ready', 'completed']

/** Phases of a stage that is started, proved or not. */
export const STARTED: readonly string[] = ['started', 'provisional', ...OVER]

/** Phases of a stage that is taken back, or was. */
export const TAKEN_BACK: readonly string[] = ['undoing', 'undone', 'left']

/** One step. @param until the phases in which it is done; by default those of what is proved */
export function stepOf(
  {
    key,
    title,
    until = OVER,
  }: Pick<Step, 'key' | 'title'> & { readonly until?: readonly string[] },
  views: readonly StageView[],
): Step {
  const standing = standingOf(key, views, until)
  const step = { key, title, stages: views.map(({ stage }) => stage.name), standing }
  if (standing !== 'doing') return step
  const timed = views.filter(({ now }) => !until.includes(now.phase))
  const sinceMs = Math.min(...timed.map(({ now }) => now.enteredAtMs ?? Number.POSITIVE_INFINITY))
  if (!Number.isFinite(sinceMs)) return step
  const dues = timed.flatMap(({ now, stage }) =>
    now.enteredAtMs === undefined ? [] : [now.enteredAtMs + stage.deadlineMs],
  )
  return { ...step, sinceMs, dueMs: Math.max(...dues) }
}

/** Between which stages everything else of the ramp is proved. */
export interface RestParts {
  /** The component whose own stages are no part of it. */
  readonly component: string
  /** What comes before it, and what waits for all of it. */
  readonly before: readonly StageView[]
  readonly after: StageView | undefined
}

/** What else of the ramp must be proved before the old one is let go of; nothing where it is alone. */
export function restOf(title: string, { component, before, after }: RestParts): readonly Step[] {
  if (after === undefined) return []
  const isOwn = (name: string): boolean => name === component || name.startsWith(`${component}/`)
  const stages = after.stage.needs.map(({ stage }) => stage).filter((name) => !isOwn(name))
  if (stages.length === 0) return []
  const rest = { key: 'rest', title, stages } as const
  if (after.now.phase !== 'waiting') return [{ ...rest, standing: 'done' }]
  const isReached = before.every(({ now }) => OVER.includes(now.phase))
  return [{ ...rest, standing: isReached ? 'doing' : 'todo' }]
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
