/** The words that a ramp's goal asks for: on its way down a component is not starting. */

import type { Stage } from '../plan/plan.ts'

/** What to call the same phases on the way to a goal. */
export interface GoalWords {
  /** Its command is under way. */
  readonly entered: string
  readonly completed: string
  /** The goal is reached. */
  readonly reached: string
}

const WORDS: Readonly<Record<string, GoalWords>> = {
  up: { entered: 'starting', completed: 'completed', reached: 'ready' },
  watch: { entered: 'looking', completed: 'seen', reached: 'watched' },
  down: { entered: 'stopping', completed: 'stopped', reached: 'down' },
}

const LOOKING: Partial<GoalWords> = { entered: 'looking', completed: 'seen' }
const ENDING: Partial<GoalWords> = { entered: 'stopping', completed: 'stopped' }
const EMPTYING: Partial<GoalWords> = { entered: 'emptying', completed: 'empty' }

/**
 * The words for one stage on the way to a goal: one that only looks neither starts nor stops, and on the
 * way up one may end what others serve in the place of.
 */
export function stageWords(goal: string, stage: Stage | undefined): GoalWords {
  const words = goalWords(goal)
  if (stage?.command?.operation === 'stop') return { ...words, ...ENDING }
  if (stage?.command?.operation !== 'look') return words
  return { ...words, ...(stage.conditions.length > 0 ? EMPTYING : LOOKING) }
}

/** The words for a goal. */
export function goalWords(goal: string): GoalWords {
  return WORDS[goal] ?? { entered: 'entered', completed: 'completed', reached: 'reached' }
}
