/** How what a stage has ended came to its end. */
import type { StageState } from '../ramp/state.ts'

/** That it had to be killed, for people: what was under way there is lost; empty: it did not. */
export function endOf({ phase, outputs }: Pick<StageState, 'phase' | 'outputs'>): string {
  const isOver = phase === 'ready' || phase === 'completed'
  return isOver && outputs['forced'] === true ? 'it had to be killed' : ''
}
