/**
 * What `rampart plan` adds for a Ports contract where a daemon runs: the live leases that putting it in
 * force would touch. Nothing is started for it, and a plan is printed whether or not it can be told.
 */
import type { AnyContract } from '../../contracts/index.ts'
import { type TouchedLease, touchedLeases } from '../../contracts/ports/touched-leases.ts'
import { isFault } from '../../core/fault/fault.ts'
import { DEFAULT_REGION } from '../../core/plan/default-region.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import type { RampartClient } from '../../server/client/client.ts'
import type { CliParts } from '../cli-parts.ts'
import type { WorkspaceOption } from '../options.ts'
import { countOf } from '../views/columns.ts'
import { workspaceOf } from '../workspace.ts'

/** The leases that are touched; undefined: there is nobody to ask, or nothing to ask about. */
export async function touchesOf(
  parts: CliParts,
  contract: AnyContract,
  goal: string,
): Promise<readonly TouchedLease[] | undefined> {
  if (contract.kind !== 'Ports' || goal !== 'up') return undefined
  try {
    const client = await parts.connectDaemon(workspaceOf(parts, NO_OPTIONS))
    try {
      return touchedLeases(contract, await leasesIn(client, contract.definition.regions))
    } finally {
      await client.close()
    }
  } catch (error) {
    if (isFault(error, 'daemon-absent')) return undefined
    if (!isFault(error)) throw error
    parts.stderr.write(`Which leases it touches cannot be told: ${error.message}\n`)
    return undefined
  }
}

const NO_OPTIONS: WorkspaceOption = {}

/** Where a contract is in force that names no regions, if an agent works there. */
const NONE = [DEFAULT_REGION]

/** What is leased where the contract is to be in force: in regions without an agent, by the server. */
async function leasesIn(
  { ports }: RampartClient,
  regions: readonly string[],
): Promise<readonly PortLease[]> {
  const found: PortLease[] = []
  let isServer = false
  for (const region of regions.length === 0 ? NONE : regions) {
    try {
      found.push(...(await ports.leases({ region })).leases)
    } catch (error) {
      if (!isFault(error, 'agent-unknown')) throw error
      isServer = true
    }
  }
  return isServer ? [...found, ...(await ports.leases()).leases] : found
}

/** The same for people; none where nothing was asked. */
export function touchLines(touches: readonly TouchedLease[] | undefined): readonly string[] {
  if (touches === undefined) return []
  if (touches.length === 0) return ['', 'No lease that is live now would be touched.']
  const refused = touches.filter(({ verdict }) => verdict === 'refused')
  const ramp = touches.filter(({ verdict }) => verdict === 'ramp')
  return [
    ...section(refused, (count) => `Refused while ${are(refused)} there, ${count} live now:`),
    ...section(ramp, (count) => `${count} live now, waited for until ${are(ramp)} gone:`),
  ]
}

function are(leases: readonly TouchedLease[]): string {
  return leases.length === 1 ? 'it is' : 'they are'
}

function section(
  leases: readonly TouchedLease[],
  title: (count: string) => string,
): readonly string[] {
  if (leases.length === 0) return []
  const lines = leases.map(({ sentence }) => `  ${sentence}`)
  return ['', title(countOf(leases.length, 'lease')), ...lines]
}
