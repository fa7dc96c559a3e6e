/** What an entry says, in words, for whoever follows a ramp: the same in a terminal and on a page. */
import type { Entry } from '../entry/entry.ts'
import type { RampState } from '../ramp/state.ts'
import { stageNamed } from '../ramp/state.ts'
import { describeDuration } from '../units/duration.ts'
import { endOf } from './end-of.ts'
import { goalWords, stageWords } from './goal-words.ts'
import { placedSentence } from './placed-sentence.ts'
import type { Mood } from './stage-rows.ts'

/** One entry in words. */
export interface Saying {
  /** The stage it is about, or the contract's name. */
  readonly stage: string
  readonly mood: Mood
  /** One or two words. */
  readonly label: string
  /** A sentence; may be empty. */
  readonly detail: string
}

/** What an entry just folded into a state says; undefined when it is not worth a line. */
export function sayingOf(entry: Entry, state: RampState): Saying | undefined {
  switch (entry.type) {
    case 'ramp.opened':
    case 'ramp.held':
    case 'ramp.resumed':
    case 'ramp.undoing':
    case 'ramp.ended':
    case 'word.refused':
      return sayingOfRamp(entry, state)
    case 'stage.entered': {
      const { stage } = stageNamed(state, entry.stage) ?? {}
      const label = stageWords(state.plan.goal, stage).entered
      return { stage: entry.stage, mood: 'moving', label, detail: '' }
    }
    case 'stage.gated':
      return { stage: entry.stage, mood: 'moving', label: 'gated', detail: '' }
    case 'stage.ready':
      return readySaying(entry.stage, state)
    case 'stage.excused':
      return {
        stage: entry.stage,
        mood: 'gone',
        label: 'excused',
        detail: 'its failure is let pass',
      }
    case 'stage.failed':
      return { stage: entry.stage, mood: 'bad', label: 'failed', detail: entry.cause.sentence }
    case 'stage.breached':
      return { stage: entry.stage, mood: 'bad', label: 'breached', detail: entry.cause.sentence }
    case 'stage.undone':
      return { stage: entry.stage, mood: 'gone', label: 'undone', detail: '' }
    case 'stage.reset':
      return {
        stage: entry.stage,
        mood: 'waiting',
        label: 'again',
        detail: 'it will be tried again',
      }
    default:
      return undefined
  }
}

function readySaying(stage: string, state: RampState): Saying {
  const view = stageNamed(state, stage)
  const tookMs = (view?.now.readyAtMs ?? 0) - (view?.now.enteredAtMs ?? 0)
  // The deepest proof is the one declared last.
  const proof = view?.now.conditions.findLast((condition) => condition.lastAnswer !== undefined)
  const known = proof?.lastAnswer?.sentence ?? (view === undefined ? '' : endOf(view.now))
  const detail = [`in ${describeDuration(tookMs)}`, known].join('  ')
  const words = stageWords(state.plan.goal, view?.stage)
  const label = view?.stage.finishes === true ? words.completed : 'ready'
  return { stage, mood: 'good', label, detail: detail.trimEnd() }
}

function sayingOfRamp(entry: Entry, state: RampState): Saying | undefined {
  const { name: stage, target } = state.plan.contract
  const aim = target === undefined ? '' : ` for ${target}`
  switch (entry.type) {
    case 'ramp.opened':
      return {
        stage,
        mood: 'moving',
        label: state.plan.goal,
        detail: `${state.ramp}${aim} by ${state.by}`,
      }
    case 'ramp.held':
      return { stage, mood: 'bad', label: 'held', detail: entry.cause.sentence }
    case 'ramp.resumed':
      return {
        stage,
        mood: 'moving',
        label: 'resumed',
        detail: `by ${entry.by}${entry.stage === undefined ? '' : `, only ${entry.stage}`}`,
      }
    case 'ramp.undoing':
      return { stage, mood: 'bad', label: 'undoing', detail: placedSentence(entry.cause) }
    case 'word.refused':
      return { stage, mood: 'bad', label: 'refused', detail: entry.sentence }
    case 'ramp.ended': {
      const isGood = entry.outcome === 'reached'
      const label = isGood ? goalWords(state.plan.goal).reached : entry.outcome
      const tookMs = entry.atMs - state.openedAtMs
      return {
        stage,
        mood: isGood ? 'good' : 'bad',
        label,
        detail: `after ${describeDuration(tookMs)}`,
      }
    }
    default:
      return undefined
  }
}
