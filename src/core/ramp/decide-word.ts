/** Deciding what a person's word does, or why it has no effect. */
import type { Word } from '../entry/entry.ts'
import type { Decider } from './decider.ts'
import { takeBack } from './failure.ts'
import { approvalsOf } from './open-approvals.ts'
import { type RampState, type StageState, stageNamed } from './state.ts'

/** Why a word has no effect; absent: it has one. */
export interface Refusal {
  /** One kebab-case word. */
  readonly reason: string
  readonly sentence: string
}

/** Decides upon a word that was heard. */
export function decideWord(
  decider: Decider,
  heard: { readonly by: string; readonly word: Word },
): void {
  const { draft } = decider
  const { by, word } = heard
  const refusal = assessWord(draft.state, by, word)
  if (refusal !== undefined) {
    decider.decide({ type: 'word.refused', by, ...refusal })
    return
  }
  switch (word.say) {
    case 'hold':
      decider.decide({ type: 'ramp.held', cause: wordCause(by, 'held', word.why) })
      return
    case 'resume':
      decideResume(decider, by, word.stage)
      return
    case 'abort':
      decideAbort(decider, by, word)
      return
    default: {
      const { stage, condition } = word
      const approves = word.say === 'approve'
      decider.decide({ type: 'approval.counted', stage, condition, by, approves })
    }
  }
}

/** Whether a word may have an effect on a ramp as it stands. Pure; also used to warn beforehand. */
export function assessWord(state: RampState, by: string, word: Word): Refusal | undefined {
  if (state.ended !== undefined) {
    return { reason: 'ramp-ended', sentence: `The ramp has ended: ${state.ended.outcome}.` }
  }
  switch (word.say) {
    case 'hold':
      return state.held === undefined
        ? undefined
        : { reason: 'already-held', sentence: `It holds already: ${state.held.sentence}` }
    case 'resume':
      return word.stage === undefined ? assessResume(state) : assessRetry(state, word.stage)
    case 'abort':
      return assessAbort(state, word)
    default:
      return assessApproval(state, by, word)
  }
}

function assessResume(state: RampState): Refusal | undefined {
  if (state.held !== undefined || failedIn(state).length > 0) return undefined
  return { reason: 'not-held', sentence: 'It does not hold, so there is nothing to resume.' }
}

function assessRetry(state: RampState, stage: string): Refusal | undefined {
  if (state.direction === 'undoing') {
    return { reason: 'undoing', sentence: 'It is being undone, so no stage is tried again.' }
  }
  const view = stageNamed(state, stage)
  if (view?.now.phase === 'failed') return undefined
  const failed = failedIn(state)
  const which =
    failed.length === 0 ? 'none has' : `what has: ${failed.map(({ name }) => name).join(', ')}`
  const is = view === undefined ? 'is no stage of it' : `is ${view.now.phase}`
  const sentence = `${stage} ${is}; only a stage that failed is tried again, and ${which}.`
  return { reason: view === undefined ? 'no-such-stage' : 'not-failed', sentence }
}

/** What failed and waits for somebody. */
function failedIn({ direction, stages }: RampState): readonly StageState[] {
  return direction === 'forward' ? stages.filter(({ phase }) => phase === 'failed') : []
}

function assessAbort(state: RampState, word: { readonly undo: boolean }): Refusal | undefined {
  if (!word.undo) return undefined
  if (state.pivoted) {
    const sentence =
      'It is past its point of no return; hold it, or abort it without undo and leave it as it is.'
    return { reason: 'past-pivot', sentence }
  }
  if (state.direction === 'forward') return undefined
  const sentence =
    state.held === undefined
      ? 'It is being undone already.'
      : 'It is being undone and holds; resume it to try again, or abort it without undo.'
  return { reason: 'already-undoing', sentence }
}

function assessApproval(
  state: RampState,
  by: string,
  word: Extract<Word, { say: 'approve' | 'reject' }>,
): Refusal | undefined {
  const view = stageNamed(state, word.stage)
  const placed = view?.placed.find((candidate) => candidate.condition.name === word.condition)
  const question = placed?.condition.question
  if (question?.ask !== 'approval') {
    const sentence = `${word.stage}/${word.condition} asks for no approval.`
    return { reason: 'no-such-approval', sentence }
  }
  if (word.digest !== state.planDigest) {
    const sentence = `The approval is for ${word.digest}, but the plan is ${state.planDigest}.`
    return { reason: 'other-digest', sentence }
  }
  if (!question.from.includes(word.as)) {
    const sentence = `${by} speaks as ${word.as}; one of ${question.from.join(', ')} is needed.`
    return { reason: 'not-entitled', sentence }
  }
  const hand = [by, ...(word.also ?? [])]
  if (word.say === 'approve' && hand.includes(state.by)) return ownProposal(state, by)
  const twice = approvalsOf(state, word, question, state.latestMs).find((said) =>
    hand.includes(said.by),
  )
  if (twice === undefined) return undefined
  const same = twice.by === by ? '' : ` as ${twice.by}`
  return { reason: 'said-already', sentence: `${by} has answered this already${same}.` }
}

function ownProposal(state: RampState, by: string): Refusal {
  const same = state.by === by ? '' : `, as ${state.by}`
  return {
    reason: 'own-proposal',
    sentence: `${by} proposed it${same}, so another must approve it.`,
  }
}

function decideResume(decider: Decider, by: string, stage: string | undefined): void {
  const failed = failedIn(decider.draft.state).filter(
    ({ name }) => stage === undefined || name === stage,
  )
  decider.decide({ type: 'ramp.resumed', by, ...(stage === undefined ? {} : { stage }) })
  // A stage that failed is taken back first, so that it begins anew.
  for (const { name } of failed) takeBack(decider, name, 'retry')
}

function decideAbort(
  decider: Decider,
  by: string,
  word: { readonly undo: boolean; readonly why: string },
): void {
  const cause = wordCause(by, 'aborted', word.why)
  if (word.undo) decider.decide({ type: 'ramp.undoing', cause })
  else decider.decide({ type: 'ramp.ended', outcome: 'abandoned', cause })
}

function wordCause(by: string, reason: string, why: string): { reason: string; sentence: string } {
  return { reason, sentence: why === '' ? `${by} ${reason} it.` : `${by} ${reason} it: ${why}` }
}
