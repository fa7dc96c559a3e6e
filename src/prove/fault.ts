/** A fault that is put into a copy of an environment, and taken out of it again. */
import type { PromisedCondition } from './promises.ts'
import type { Trial } from './trial.ts'

/** One promise made false. */
export interface InjectedFault {
  /** What is done, as a sentence would go on: `eu/db hangs`. */
  readonly name: string
  /** The component that is touched as a whole; absent: none. */
  readonly hit?: string
  /** The conditions that must tell of it. */
  readonly mustNotice: readonly Pick<PromisedCondition, 'stage' | 'condition'>[]
  /** Makes it false. Returns how to make it true again; that is called exactly once. */
  inject(trial: Trial): Promise<() => Promise<void>>
}
