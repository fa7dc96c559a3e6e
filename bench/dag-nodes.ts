/** The ramp that everybody brings up: 14 nodes of a web shop, 7 deep, with seeded service times. */
import { Chance } from './measure/chance.ts'

/** What each node needs, in an order in which they could come up one after another. */
export const NEEDS: Readonly<Record<string, readonly string[]>> = {
  db: [],
  cache: [],
  schema: ['db'],
  queue: ['cache'],
  auth: ['schema'],
  catalog: ['schema'],
  worker: ['queue', 'schema'],
  orders: ['auth', 'catalog'],
  search: ['catalog'],
  payments: ['orders'],
  mail: ['worker', 'orders'],
  gateway: ['payments', 'search', 'auth'],
  web: ['gateway'],
  smoke: ['gateway', 'mail'],
}

/** Service times, and the oracle: no ramp can take less than its longest path. */
export interface Services {
  readonly serviceMs: Readonly<Record<string, number>>
  readonly criticalPathMs: number
}

/** Service times drawn by a seed, so that the longest path takes about as long as it should. */
export function drawServices(seed: number, aboutMs: number): Services {
  const chance = new Chance(seed)
  const drawn = Object.keys(NEEDS).map((name): [string, number] => [name, chance.between(40, 160)])
  const scale = aboutMs / longestPathMs(Object.fromEntries(drawn))
  const serviceMs = Object.fromEntries(
    drawn.map(([name, weight]) => [name, Math.round(weight * scale)]),
  )
  return { serviceMs, criticalPathMs: longestPathMs(serviceMs) }
}

/** The longest path of service times. @unit ms */
function longestPathMs(serviceMs: Readonly<Record<string, number>>): number {
  const readyMs: Record<string, number> = {}
  for (const [name, needs] of Object.entries(NEEDS)) {
    const fromMs = Math.max(0, ...needs.map((need) => readyMs[need] ?? 0))
    readyMs[name] = fromMs + (serviceMs[name] ?? 0)
  }
  return Math.max(...Object.values(readyMs))
}
