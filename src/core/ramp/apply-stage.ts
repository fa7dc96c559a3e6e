/** Applying what was decided about a stage. */
import type { DecidedEntry } from '../entry/entry.ts'
import { type Draft, patchRamp, patchStage, viewOf } from './draft.ts'
import { type ConditionState, type StageView, UNASKED } from './state.ts'

/** Folds one decision about a stage. */
export function applyStageEntry(
  draft: Draft,
  entry: DecidedEntry & { readonly atMs: number },
): void {
  const { atMs } = entry
  switch (entry.type) {
    case 'stage.gated':
      return patchStage(draft, entry.stage, {
        phase: 'gated',
        incarnation: entry.incarnation,
        gatedAtMs: atMs,
        enteredAtMs: undefined,
        conditions: askFrom(viewOf(draft, entry.stage), atMs, ['gate']),
      })
    case 'stage.entered':
      return applyEntered(draft, entry.stage, entry.incarnation, atMs)
    case 'stage.started':
      return patchStage(draft, entry.stage, {
        phase: 'started',
        startedAtMs: atMs,
        conditions: askFrom(viewOf(draft, entry.stage), atMs, ['exit', 'guard']),
      })
    case 'stage.provisional':
      return patchStage(draft, entry.stage, { phase: 'provisional', provisionalAtMs: atMs })
    case 'stage.ready':
      return patchStage(draft, entry.stage, { phase: 'ready', readyAtMs: atMs })
    case 'stage.completed':
      return patchStage(draft, entry.stage, { phase: 'completed', completedAtMs: atMs })
    case 'stage.failed':
      return patchStage(draft, entry.stage, {
        phase: 'failed',
        cause: entry.cause,
        failedAtMs: atMs,
      })
    case 'stage.excused':
      return patchStage(draft, entry.stage, { phase: 'ready', unclean: true, readyAtMs: atMs })
    case 'stage.breached':
      return applyBreached(draft, entry)
    case 'stage.undoing':
      return patchStage(draft, entry.stage, {
        phase: 'undoing',
        next: entry.next,
        undoIssued: false,
        undoFailures: 0,
        commandFailure: undefined,
      })
    case 'stage.undone':
      return applyUndone(draft, entry.stage, atMs)
    case 'stage.reset':
      return applyReset(draft, entry.stage, entry.notBeforeMs)
    default:
      return
  }
}

function applyEntered(draft: Draft, name: string, incarnation: number, atMs: number): void {
  const view = viewOf(draft, name)
  const entered = draft.state.entered + 1
  patchRamp(draft, { entered, pivoted: draft.state.pivoted || view.stage.pivot })
  patchStage(draft, name, {
    phase: 'entered',
    incarnation,
    order: entered,
    inEffect: true,
    outputs: {},
    cause: undefined,
    unclean: false,
    enteredAtMs: atMs,
    startedAtMs: undefined,
    provisionalAtMs: undefined,
    readyAtMs: undefined,
    completedAtMs: undefined,
    failedAtMs: undefined,
    undoneAtMs: undefined,
  })
}

/** The conditions of a stage, those of the given roles asked anew from now on. */
function askFrom(
  view: StageView,
  atMs: number,
  roles: readonly string[],
): readonly ConditionState[] {
  return view.now.conditions.map((condition, index) =>
    roles.includes(view.placed[index]?.role ?? '') ? { ...UNASKED, askedSinceMs: atMs } : condition,
  )
}

function applyBreached(
  draft: Draft,
  entry: Extract<DecidedEntry, { type: 'stage.breached' }>,
): void {
  const view = viewOf(draft, entry.stage)
  const conditions = view.now.conditions.map((condition, index) =>
    view.placed[index]?.condition.name === entry.condition
      ? { ...condition, breached: true }
      : condition,
  )
  patchStage(draft, entry.stage, { conditions, cause: entry.cause })
}

function applyUndone(draft: Draft, name: string, atMs: number): void {
  const { now } = viewOf(draft, name)
  patchStage(draft, name, {
    phase: now.next === 'leave' ? 'left' : 'undone',
    inEffect: false,
    undoneAtMs: atMs,
  })
}

function applyReset(draft: Draft, name: string, notBeforeMs: number): void {
  const { now } = viewOf(draft, name)
  const counted = now.cause === undefined ? 0 : 1
  // What people said was about the attempt that is over; the next one is theirs to judge anew.
  const approvals = draft.state.approvals.filter((word) => word.stage !== name)
  patchRamp(draft, { retriesUsed: draft.state.retriesUsed + counted, approvals })
  patchStage(draft, name, {
    phase: 'waiting',
    retries: now.retries + counted,
    notBeforeMs,
    next: undefined,
    failedAtMs: undefined,
    conditions: now.conditions.map(() => UNASKED),
  })
}
