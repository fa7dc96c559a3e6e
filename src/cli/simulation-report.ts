/** What `rampart simulate` shows, whichever way it is shown. */
import type { Simulation } from '../core/forecast/simulation.ts'
import type { Trend } from '../core/forecast/trend.ts'
import type { ForecastSubject } from './forecast-subject.ts'

/** A simulation with what it was made of. */
export interface SimulationReport {
  readonly subject: ForecastSubject
  readonly simulation: Simulation
  /** How forecasts would have done for the ramps that have been; absent: too few of them. */
  readonly check?: NonNullable<Trend['check']>
}
