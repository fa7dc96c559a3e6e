/**
 * What `rampart plan` adds for an environment where a daemon runs: how its ports change hands by the
 * Ports contracts that are in force there now. Nothing is started for it, and a plan is printed whether
 * or not it can be told.
 */
import { type HandOver, handOversOf } from '../../contracts/environment/hand-over.ts'
import type { AnyContract } from '../../contracts/index.ts'
import { isFault } from '../../core/fault/fault.ts'
import { DEFAULT_REGION } from '../../core/plan/default-region.ts'
import type { ListedRange } from '../../core/port/range-list.ts'
import type { RampartClient } from '../../server/client/client.ts'
import type { CliParts } from '../cli-parts.ts'
import { workspaceOf } from '../workspace.ts'

/** What is planned. */
export interface PlannedGoal {
  readonly goal: string
  readonly target?: string
}

/** How ports change hands; undefined: there is nobody to ask, or nothing to ask about. */
export async function handOversFor(
  parts: CliParts,
  contract: AnyContract,
  { goal, target }: PlannedGoal,
): Promise<readonly HandOver[] | undefined> {
  if (contract.kind !== 'Environment' || goal !== 'up') return undefined
  try {
    const client = await parts.connectDaemon(workspaceOf(parts, {}))
    try {
      const names = contract.definition.regions.map(({ name }) => name)
      const found = new Map<string | undefined, readonly ListedRange[]>()
      for (const region of names.length === 0 ? [undefined] : names) {
        found.set(region, await rangesIn(client, region))
      }
      return handOversOf(contract, target, (region) => found.get(region))
    } finally {
      await client.close()
    }
  } catch (error) {
    if (isFault(error, 'daemon-absent')) return undefined
    if (!isFault(error)) throw error
    parts.stderr.write(`How its ports change hands cannot be told: ${error.message}\n`)
    return undefined
  }
}

/** The ranges where a region's stages are done: by its agent if it has one, else by the server. */
async function rangesIn(
  { ports }: RampartClient,
  region = DEFAULT_REGION,
): Promise<readonly ListedRange[]> {
  try {
    return (await ports.leases({ region })).ranges ?? []
  } catch (error) {
    if (!isFault(error, 'agent-unknown')) throw error
    return (await ports.leases()).ranges ?? []
  }
}

/** The same for people; none where nothing was asked, or nothing has ports. */
export function handOverLines(handOvers: readonly HandOver[] | undefined): readonly string[] {
  if (handOvers === undefined || handOvers.length === 0) return []
  const byPort = Map.groupBy(handOvers, ({ service, port }) => `${service} ${port}`)
  const lines = [...byPort].flatMap(([name, all]) => {
    const [first] = all
    if (first?.event === undefined) return all.map(({ sentence }) => `  ${sentence}`)
    const from = `range ${first.range} of ${first.contract}`
    return [`  ${name}, ${from}:`, ...all.map(({ sentence }) => `    ${sentence}`)]
  })
  return ['', 'When ports change hands:', ...lines]
}
