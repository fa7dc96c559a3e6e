/** A trend as `--json` prints it. Additive changes only; test/golden holds its shape. */
import type { TrendReport } from '../trend-report.ts'

/** The one value that is printed. */
export function trendJson({ name, goal, trend, partial }: TrendReport): object {
  return {
    environment: name,
    goal,
    total: trend.total,
    slope: trend.slope,
    check: trend.check ?? null,
    ramps: trend.ramps.map(({ foretold, slowest, ...ramp }) => ({
      ...ramp,
      slowest: slowest ?? null,
      foretold: foretold ?? null,
    })),
    foundRunning: partial,
  }
}
