/** The earlier ramps of a contract that reached their goal, read through its daemon, newest kept. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type PastRamp, pastRampOf } from '../core/forecast/past-ramp.ts'
import type { RampartClient } from '../server/client/client.ts'
import type { RampSummary } from '../server/wire.ts'
import type { CliParts } from './cli-parts.ts'
import { withDaemon, workspaceOf } from './workspace.ts'

/** Which ramps are meant. */
export interface HistoryQuery {
  /** The contract's name; absent: that of the latest ramp. */
  readonly contract?: string
  readonly goal: string
  /** Which of its targets; absent where none is meant. */
  readonly target?: string
  /** How many at most. */
  readonly last: number
  readonly workspace: string
}

/** What was found. */
export interface History {
  /** The contract's name, when there is any. */
  readonly contract?: string
  /** Oldest first. */
  readonly ramps: readonly PastRamp[]
  /** Names of all contracts that were ever ramped in the workspace. */
  readonly contracts: readonly string[]
}

/** How many ramps are read of a page. */
const PAGE = 200

/** Reads the history; empty where nothing was ever ramped. Starts nothing but the daemon to read it. */
export async function readHistory(parts: CliParts, query: HistoryQuery): Promise<History> {
  const workspace = workspaceOf(parts, { workspace: query.workspace })
  if (!existsSync(join(workspace, '.rampart', 'ledger.sqlite'))) return { ramps: [], contracts: [] }
  return withDaemon(parts, { workspace }, async (client) => {
    const summaries = await allRamps(client)
    const contracts = [...new Set(summaries.map(({ contract }) => contract.name))]
    const contract = query.contract ?? contracts[0]
    const reached = summaries.filter(
      (ramp) =>
        ramp.contract.name === contract &&
        ramp.contract.target === query.target &&
        ramp.goal === query.goal &&
        ramp.outcome === 'reached',
    )
    const ramps: PastRamp[] = []
    for (const { ramp } of reached.slice(0, query.last)) {
      const past = pastRampOf((await client.ramp(ramp)).state)
      if (past !== undefined) ramps.unshift(past)
    }
    return { ...(contract === undefined ? {} : { contract }), ramps, contracts }
  })
}

async function allRamps(client: RampartClient): Promise<readonly RampSummary[]> {
  const all: RampSummary[] = []
  let cursor: string | undefined
  do {
    const page = await client.ramps({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    all.push(...page.ramps)
    cursor = page.next
  } while (cursor !== undefined)
  return all
}
