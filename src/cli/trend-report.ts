/** What `rampart trend` shows, whichever way it is shown. */
import type { Trend } from '../core/forecast/trend.ts'

/** A trend with whose it is. */
export interface TrendReport {
  readonly name: string
  readonly goal: string
  readonly trend: Trend
  /** How many more ramps reached the goal but found parts running already. */
  readonly partial: number
}
