/** How a ramp is doing, in a word or two. */
import type { RampState } from '../ramp/state.ts'
import { goalWords } from './goal-words.ts'
import type { Mood } from './stage-rows.ts'

/** How a ramp is doing, in a word or two. */
export function rampStatus(state: RampState): {
  readonly mood: Mood
  readonly label: string
} {
  const { ended } = state
  if (ended !== undefined) {
    if (ended.outcome !== 'reached') return { mood: 'bad', label: ended.outcome }
    return { mood: 'good', label: goalWords(state.plan.goal).reached }
  }
  if (state.held !== undefined) return { mood: 'bad', label: 'held' }
  if (state.direction === 'undoing') return { mood: 'bad', label: 'being undone' }
  return { mood: 'moving', label: 'under way' }
}
