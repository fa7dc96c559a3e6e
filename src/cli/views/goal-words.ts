/** The words that a ramp's goal asks for: on its way down a component is not starting. */

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
  down: { entered: 'stopping', completed: 'stopped', reached: 'down' },
}

/** The words for a goal. */
export function goalWords(goal: string): GoalWords {
  return WORDS[goal] ?? { entered: 'entered', completed: 'completed', reached: 'reached' }
}
