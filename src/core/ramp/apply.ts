/**
 * Applying an entry to a state: the whole meaning of every entry, and the only place where state
 * comes from. A change here that an old ledger would notice needs a numbered flag.
 */

import { isOfContract } from '../entry/contract-entry.ts'
import type { DecidedEntry, Entry, HeardEntry, RampEntry } from '../entry/entry.ts'
import { assert } from '../fault/assert.ts'
import { indexOfPlan } from '../plan/plan-index.ts'
import { isPortEntry } from '../port/port-entries.ts'
import { applyAnswer } from './apply-answer.ts'
import { applyStageEntry } from './apply-stage.ts'
import { type Draft, patchRamp, patchStage, viewOf } from './draft.ts'
import { type RampState, untouchedStage } from './state.ts'
import { undoPauseMs } from './undo-policy.ts'

/** The state that the first entry of a stream opens. */
export function openState(entry: Extract<Entry, { type: 'ramp.opened' }>): RampState {
  const index = indexOfPlan(entry.plan)
  return {
    ramp: entry.ramp,
    plan: entry.plan,
    planDigest: entry.planDigest,
    flags: entry.flags,
    by: entry.by,
    openedAtMs: entry.atMs,
    sequence: 1,
    latestMs: entry.atMs,
    direction: 'forward',
    stages: entry.plan.stages.map((stage, place) =>
      untouchedStage(stage.name, index.conditions[place]?.length ?? 0),
    ),
    approvals: [],
    news: {},
    commands: 0,
    retriesUsed: 0,
    entered: 0,
    pivoted: false,
  }
}

/** Folds one more entry into a draft. */
export function applyEntry(draft: Draft, entry: Entry): void {
  assert(entry.type !== 'ramp.opened', 'only the first entry opens a ramp')
  assert(isOfRamp(entry), 'a ramp consists of what was heard and decided')
  assert(entry.atMs >= draft.state.latestMs, 'time never goes back within a ramp')
  patchRamp(draft, { sequence: draft.state.sequence + 1, latestMs: entry.atMs })
  if (isHeard(entry)) applyHeard(draft, entry)
  else if (entry.type.startsWith('stage.')) applyStageEntry(draft, entry)
  else applyDecided(draft, entry)
}

/** Whether an entry belongs into the stream of a ramp. */
function isOfRamp(entry: Entry): entry is RampEntry {
  if (isPortEntry(entry)) return false
  return !isOfContract(entry) && entry.type !== 'access.changed'
}

/** Whether an entry was heard from outside rather than decided. */
export function isHeard(entry: Entry): entry is HeardEntry & { readonly atMs: number } {
  switch (entry.type) {
    case 'ramp.opened':
    case 'condition.answered':
    case 'command.answered':
    case 'word.spoken':
    case 'news.heard':
    case 'clock.ticked':
      return true
    default:
      return false
  }
}

function applyHeard(draft: Draft, entry: HeardEntry & { readonly atMs: number }): void {
  switch (entry.type) {
    case 'condition.answered':
      return applyAnswer(draft, entry)
    case 'command.answered':
      return applyCommandAnswer(draft, entry)
    case 'word.spoken':
      return patchRamp(draft, { unheeded: { by: entry.by, word: entry.word } })
    case 'news.heard': {
      const news = { is: entry.is, digest: entry.digest, atMs: entry.atMs }
      return patchRamp(draft, { news: { ...draft.state.news, [entry.subject]: news } })
    }
    default:
      return
  }
}

function applyCommandAnswer(
  draft: Draft,
  entry: Extract<Entry, { type: 'command.answered' }>,
): void {
  const stage = draft.state.stages.find((candidate) => candidate.inFlight?.id === entry.command)
  assert(stage?.inFlight !== undefined, `command ${entry.command} is in flight`)
  const { purpose } = stage.inFlight
  const { answer } = entry
  if (answer.verdict === 'done') {
    const outputs = purpose === 'do' ? { outputs: answer.outputs } : {}
    patchStage(draft, stage.name, { inFlight: undefined, commandFailure: undefined, ...outputs })
    return
  }
  const cause = {
    reason: answer.reason,
    sentence: answer.sentence,
    stage: stage.name,
  }
  patchStage(draft, stage.name, { inFlight: undefined, commandFailure: cause })
  if (purpose === 'do') return
  const undoFailures = stage.undoFailures + 1
  const notBeforeMs = entry.atMs + undoPauseMs(undoFailures)
  patchStage(draft, stage.name, { undoFailures, notBeforeMs })
}

function applyDecided(draft: Draft, entry: DecidedEntry & { readonly atMs: number }): void {
  switch (entry.type) {
    case 'command.issued': {
      const { command: id, purpose, fence } = entry
      patchRamp(draft, { commands: fence })
      return patchStage(draft, entry.stage, {
        inFlight: { id, purpose, fence, issuedAtMs: entry.atMs },
        commandFailure: undefined,
        undoIssued: purpose === 'undo',
      })
    }
    case 'condition.met':
      return applyMet(draft, entry)
    case 'approval.counted': {
      const { stage, condition, by, approves, atMs } = entry
      const approvals = [...draft.state.approvals, { stage, condition, by, approves, atMs }]
      return patchRamp(draft, { approvals, unheeded: undefined })
    }
    case 'word.refused':
      return patchRamp(draft, { unheeded: undefined })
    case 'ramp.held':
      return patchRamp(draft, { held: entry.cause, unheeded: undefined })
    case 'ramp.resumed':
      return applyResumed(draft)
    case 'ramp.undoing':
      return patchRamp(draft, {
        direction: 'undoing',
        undoCause: entry.cause,
        held: undefined,
        unheeded: undefined,
      })
    case 'ramp.ended': {
      const ended = { outcome: entry.outcome, cause: entry.cause, atMs: entry.atMs }
      return patchRamp(draft, { ended, unheeded: undefined })
    }
    default:
      return
  }
}

function applyMet(draft: Draft, entry: Extract<Entry, { type: 'condition.met' }>): void {
  const view = viewOf(draft, entry.stage)
  const conditions = view.now.conditions.map((condition, index) =>
    view.placed[index]?.condition.name === entry.condition
      ? { ...condition, metAtMs: entry.atMs, breached: false }
      : condition,
  )
  patchStage(draft, entry.stage, { conditions })
}

function applyResumed(draft: Draft): void {
  const stages = draft.state.stages.map((stage) => ({
    ...stage,
    undoFailures: 0,
    conditions: stage.conditions.map((condition) => ({ ...condition, breached: false })),
  }))
  patchRamp(draft, { held: undefined, unheeded: undefined, stages })
}
