/** A daemon's own parts without the daemon: the real engine, ledger, probes and process runtime. */
import { parseContracts, planContract } from '../../src/contracts/index.ts'
import { assert, present } from '../../src/core/fault/assert.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import {
  closeDaemonParts,
  type DaemonParts,
  openDaemonParts,
} from '../../src/daemon/daemon-parts.ts'
import type { DaemonStore } from '../../src/daemon/daemon-store.ts'
import { placeOf } from '../../src/server/client/daemon-place.ts'
import { withFolder } from './temporary-folder.ts'

/** Opens the parts in a new folder, with a ledger that syncs every commit, and closes them again. */
export function withWorkbench<Value>(use: (bench: Workbench) => Promise<Value>): Promise<Value> {
  return withFolder((folder) => withWorkbenchIn(folder, use))
}

/** The same in a folder that is there, and stays; or with what another store keeps, which it closes. */
export async function withWorkbenchIn<Value>(
  folder: string,
  use: (bench: Workbench) => Promise<Value>,
  store?: DaemonStore,
): Promise<Value> {
  const settings = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' }
  const kept = store === undefined ? {} : { store }
  const parts = await openDaemonParts({ place: placeOf(folder), settings, onTrouble, ...kept })
  try {
    await parts.engine.start()
    return await use(new Workbench(folder, parts))
  } finally {
    await closeDaemonParts(parts)
  }
}

function onTrouble(error: unknown): void {
  console.error(error)
}

/** The parts, and short words for opening ramps of contracts. */
export class Workbench {
  readonly folder: string
  readonly parts: DaemonParts

  constructor(folder: string, parts: DaemonParts) {
    this.folder = folder
    this.parts = parts
  }

  /** Opens a ramp of a contract; resolves with its id. */
  open(plan: Plan): Promise<string> {
    const run = { directory: this.folder, workspace: this.folder }
    const settings = { values: {}, secrets: [], run }
    return this.parts.engine.open({ plan, settings, by: 'bench' })
  }

  /** Resolves at the end of a ramp that is under way or about to be. */
  ended(name: string): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.parts.engine.events.on('ramp.advanced', ({ state }) => {
        if (state.plan.contract.name !== name || state.ended === undefined) return
        stop()
        resolve()
      })
    })
  }
}

/** The plan of an environment with these components, compiled as anybody's contract is. */
export function planOf(name: string, components: object, goal = 'up'): Plan {
  const value = {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name },
    spec: { components },
  }
  const { contracts, issues } = parseContracts([{ path: 'bench', value }])
  assert(issues.length === 0, issues.map(({ message }) => message).join('; '))
  return planContract(present(contracts[0], 'the contract was understood'), { goal })
}
