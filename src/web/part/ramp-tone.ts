/** The tone and the word of a ramp, from its line in a list or from its state. */
import type { RampState } from '../../core/ramp/state.ts'
import { goalWords } from '../../core/telling/goal-words.ts'
import { rampStatus } from '../../core/telling/ramp-status.ts'
import type { RampSummary } from '../../server/wire.ts'
import type { Tone } from './tone.tsx'

/** A tone with its word. */
export interface Told {
  readonly tone: Tone
  readonly word: string
}

/** How a ramp in a list is doing. */
export function toldOfSummary(ramp: RampSummary): Told {
  switch (ramp.phase) {
    case 'moving':
      return { tone: 'moving', word: 'under way' }
    case 'watching':
      return { tone: 'watching', word: 'watching' }
    case 'held':
      return { tone: 'held', word: 'held' }
    case 'undoing':
      return { tone: 'undoing', word: 'being undone' }
    default:
      if (ramp.outcome === 'reached') return { tone: 'good', word: goalWords(ramp.goal).reached }
      return { tone: hasBroken(ramp) ? 'bad' : 'gone', word: ramp.outcome ?? 'ended' }
  }
}

/** How a ramp is doing, by its state. */
export function toldOfState(state: RampState): Told {
  const { label: word, mood } = rampStatus(state)
  if (state.ended !== undefined) return { tone: mood, word }
  if (state.held !== undefined) return { tone: 'held', word }
  if (state.direction === 'undoing') return { tone: 'undoing', word }
  return state.plan.endless === true ? { tone: 'watching', word: 'watching' } : { tone: mood, word }
}

/** Whether a ramp ended otherwise than it was meant to; a watch ends whenever nobody needs it. */
export function hasBroken(ramp: RampSummary): boolean {
  return ramp.phase === 'ended' && ramp.outcome !== 'reached' && ramp.goal !== 'watch'
}
