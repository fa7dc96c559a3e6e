/** What a word would do to a ramp as it stands, in sentences, before it is said. Pure. */
import type { Word } from '../../core/entry/entry.ts'
import { assessWord } from '../../core/ramp/decide-word.ts'
import type { RampState } from '../../core/ramp/state.ts'

/** A word with what is to be typed left out. */
export type Intent =
  | { readonly say: 'hold' }
  | { readonly say: 'resume'; readonly stage?: string }
  | { readonly say: 'abort'; readonly undo: boolean }

/** Whether a word may be said now; the sentence says why not. */
export function whyNot(state: RampState, by: string, intent: Intent): string | undefined {
  return assessWord(state, by, { ...intent, why: '' } as Word)?.sentence
}

/** What follows, sentence by sentence. */
export function whatFollows(state: RampState, intent: Intent): readonly string[] {
  switch (intent.say) {
    case 'hold':
      return followsHold(state)
    case 'resume':
      return intent.stage === undefined ? followsResume(state) : followsRetry(state, intent.stage)
    default:
      return intent.undo ? followsUndo(state) : followsLeaving(state)
  }
}

/** Stages that are in effect, the last to come first: the order of taking back. */
export function inEffect(state: RampState): readonly string[] {
  return state.stages
    .filter((stage) => stage.inEffect && stage.phase !== 'undone' && stage.phase !== 'left')
    .toSorted((one, other) => other.order - one.order)
    .map(({ name }) => name)
}

function followsHold(state: RampState): readonly string[] {
  const busy = state.stages.filter(({ phase }) => phase === 'entered' || phase === 'started')
  return [
    'No further stage is entered, and nothing is taken back.',
    busy.length === 0
      ? 'No command is under way.'
      : `${names(busy.map(({ name }) => name))} ${busy.length === 1 ? 'goes' : 'go'} on: what was begun is finished and proved.`,
    'What runs keeps running and goes on being watched. It stays so until somebody resumes or aborts it.',
  ]
}

function followsResume(state: RampState): readonly string[] {
  const failed = state.stages.filter(({ phase }) => phase === 'failed')
  const waiting = state.stages.filter(({ phase }) => phase === 'waiting')
  return [
    state.direction === 'undoing'
      ? 'Taking back goes on where it stopped.'
      : 'It goes on where it stopped.',
    ...(failed.length === 0 || state.direction === 'undoing'
      ? []
      : [`${names(failed.map(({ name }) => name))} is taken back first, and then tried again.`]),
    ...(waiting.length === 0 || state.direction === 'undoing'
      ? []
      : [
          `${waiting.length === 1 ? 'One stage has' : `${waiting.length} stages have`} not been entered yet.`,
        ]),
    'If the reason for holding is still there, it will hold again.',
  ]
}

function followsRetry(state: RampState, stage: string): readonly string[] {
  const others = state.stages.filter(({ name, phase }) => phase === 'failed' && name !== stage)
  const left = names(others.map(({ name }) => name))
  return [
    `${stage} is taken back first, with everything that stands on it, and then tried again.`,
    'Whatever else waits for nothing that failed goes on as well.',
    ...(others.length === 0
      ? []
      : [`${left} stays as it is; the ramp holds again once nothing else is left to do.`]),
  ]
}

function followsUndo(state: RampState): readonly string[] {
  const back = inEffect(state)
  return [
    back.length === 0
      ? 'Nothing is in effect, so there is nothing to take back.'
      : `${back.length === 1 ? 'One stage is' : `${back.length} stages are`} taken back, in this order as far as one stands on another: ${back.join(', ')}.`,
    'Taking back is proved as well: processes gone, ports closed.',
    'The ramp then ends as undone. This cannot be resumed.',
  ]
}

function followsLeaving(state: RampState): readonly string[] {
  const left = inEffect(state)
  return [
    left.length === 0
      ? 'Nothing is in effect.'
      : `${names(left)} ${left.length === 1 ? 'stays' : 'stay'} as ${left.length === 1 ? 'it is' : 'they are'}; nobody watches ${left.length === 1 ? 'it' : 'them'} any more.`,
    'The ramp ends as abandoned. This cannot be resumed.',
  ]
}

function names(list: readonly string[]): string {
  if (list.length <= 4) return list.join(', ')
  return `${list.slice(0, 3).join(', ')} and ${list.length - 3} more`
}
