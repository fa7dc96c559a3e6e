/** The real parts of a daemon, put together. Opening them starts nothing but takes over what runs. */
import { SystemClock } from '../clock/system-clock.ts'
import type { Discovery } from '../edge/discovery/server/open-discovery.ts'
import { Engine } from '../engine/engine.ts'
import type { EngineParts } from '../engine/parts.ts'
import { WebhookNotifier } from '../notifier/webhook-notifier.ts'
import { AgreeProbe } from '../probes/agree/agree-probe.ts'
import { SystemRandom } from '../random/system-random.ts'
import { openKernel } from '../runtimes/process/kernel/open-kernel.ts'
import type { ProcessRuntime } from '../runtimes/process/process-runtime.ts'
import type { Clock } from '../seams/clock.ts'
import type { Random } from '../seams/random.ts'
import { AgentDesk } from '../server/agents/agent-desk.ts'
import { AgentRegister } from '../server/agents/agent-register.ts'
import { placedActuator, placedProbe } from '../server/agents/placed.ts'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import type { AgentParts, Components } from '../server/parts.ts'
import type { Log } from '../telemetry/log-about.ts'
import { type DaemonCircumstances, openCircumstances } from './daemon-circumstances.ts'
import { openDaemonDiscovery } from './daemon-discovery.ts'
import { CelExpressions } from './daemon-expressions.ts'
import { type Leasing, openLeasing } from './daemon-leasing.ts'
import { type DaemonStore, openFileStore } from './daemon-store.ts'
import { closeWorldParts, openWorldParts, type WorldParts } from './world-parts.ts'

/** What the parts are opened with. */
export interface DaemonPartsOptions {
  readonly place: DaemonPlace
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string>>
  readonly clock?: Clock
  /** Whether agents may work for it. @default false */
  readonly takesAgents?: boolean
  /** Where everything is kept; closed together with the parts. @default files of the workspace */
  readonly store?: DaemonStore
  /** One line for the daemon's log. @default nothing is logged */
  readonly log?: Log
  onTrouble(error: unknown): void
}

/** Everything a daemon holds. */
export interface DaemonParts extends DaemonCircumstances, Omit<DaemonStore, 'close'> {
  readonly clock: Clock
  readonly random: Random
  readonly store: DaemonStore
  readonly world: WorldParts
  readonly runtime: ProcessRuntime
  readonly engine: Engine
  readonly components: Components
  readonly agents?: AgentParts
  /** Absent with a damaged ledger. */
  readonly leasing?: Leasing
  /** Absent where none is asked for. */
  readonly discovery?: Discovery
}

/**
 * Opens them. Only the holder of the workspace's lock may.
 *
 * @throws ledger-unavailable, ledger-newer, ledger-corrupt when it cannot even be read
 */
export async function openDaemonParts(options: DaemonPartsOptions): Promise<DaemonParts> {
  const { place, onTrouble } = options
  const { clock = new SystemClock(), log = () => undefined } = options
  const { store = openFileStore({ ...options, clock }) } = options
  const random = new SystemRandom()
  const kernel = openKernel()
  const { ledger, replica } = store
  const leasing = await openLeasing({
    ...{ place, ledger, clock, kernel, log, onTrouble },
    ...(replica === undefined ? {} : { replica }),
  })
  const { settings } = options
  const { workspace } = place
  const telling = { clock, random, settings, workspace, log, onTrouble }
  const world = openWorldParts({ ...options, clock, kernel, ...(leasing && { leasing }) })
  await leasing?.takeUp(world.runtime)
  const discovery = leasing && (await openDaemonDiscovery({ ...telling, leasing }))
  const agents = options.takesAgents === true ? openAgents(store, { clock, random }) : undefined
  const expressions = new CelExpressions()
  const { probes, actuators } = placedParts(world, agents)
  const engine = new Engine({
    clock,
    random,
    ...keptIn(store),
    probes: [...probes, new AgreeProbe(probes, expressions)],
    actuators,
    expressions,
    notifier: new WebhookNotifier({ onTrouble }),
  })
  const { runtime, components } = world
  const watching = openCircumstances(place, clock, onTrouble)
  const { close: _, ...kept } = store
  const some = {
    ...(agents && { agents }),
    ...(leasing && { leasing }),
    ...(discovery && { discovery }),
  }
  return { ...kept, store, clock, random, world, runtime, engine, components, ...some, ...watching }
}

/** Lets go of everything, ending no ramp and no component. */
export async function closeDaemonParts(parts: DaemonParts): Promise<void> {
  await parts.engine.close()
  parts.agents?.desk.close()
  await parts.recorder.close()
  closeWorldParts(parts.world)
  await parts.discovery?.close()
  await parts.leasing?.close()
  await parts.store.close()
}

function openAgents(
  { records }: DaemonStore,
  { clock, random }: Pick<DaemonParts, 'clock' | 'random'>,
): AgentParts {
  const register = new AgentRegister({ records, clock })
  return { register, desk: new AgentDesk({ register, clock, random }) }
}

/** The probes and actuators of this machine, or of the agent where one works. */
function placedParts(
  { probes, actuators }: WorldParts,
  agents: AgentParts | undefined,
): Pick<WorldParts, 'probes' | 'actuators'> {
  if (agents === undefined) return { probes, actuators }
  const { desk } = agents
  return {
    probes: probes.map((probe) => placedProbe(probe, desk)),
    actuators: actuators.map((actuator) => placedActuator(actuator, desk)),
  }
}

/** What the engine needs of the store. */
function keptIn({
  ledger,
  settings,
  leases,
  mailbox,
}: DaemonStore): Pick<EngineParts, 'ledger' | 'settings' | 'leases' | 'mailbox'> {
  return {
    ledger,
    settings,
    ...(leases === undefined ? {} : { leases }),
    ...(mailbox === undefined ? {} : { mailbox }),
  }
}
