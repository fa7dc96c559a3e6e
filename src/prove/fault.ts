/** A fault that is put into a copy of an environment, and taken out of it again. */
import type { PromisedCondition } from './promises.ts'
import type { Trial } from './trial.ts'

/** What came of making a promise false: how to make it true again, or why it was not made false. */
export type Injected = { readonly heal: () => Promise<void> } | { readonly untried: string }

/** One promise made false. */
export interface InjectedFault {
  /** What is done, as a sentence would go on: `eu/db hangs`. */
  readonly name: string
  /** The component that is touched as a whole; absent: none. */
  readonly hit?: string
  /** The conditions that must tell of it. */
  readonly mustNotice: readonly Pick<PromisedCondition, 'stage' | 'condition'>[]
  /**
   * The reasons by which those conditions tell of this very fault; another one tells of something else.
   * Absent: any.
   */
  readonly reasons?: readonly string[]
  /**
   * Makes it false; `heal` is called exactly once. Touches nothing that is not of the copy, and leaves
   * nothing half done when it throws.
   */
  inject(trial: Trial): Promise<Injected>
}

/** What stands for the faults of a condition whose question could not be read. */
export function unreadFault(promised: PromisedCondition, untried: string): InjectedFault {
  const name = `what ${promised.stage}: ${promised.condition} asks about is false`
  return { name, mustNotice: [promised], inject: async () => ({ untried }) }
}
