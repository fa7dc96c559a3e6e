/**
 * The parts with which a machine is asked and changed: every probe, every runtime, and what the
 * runtimes have started. A daemon has them for itself; an agent has them for its servers.
 */
import { join } from 'node:path'
import type { ProcessIdentity } from '../core/port/port-lease.ts'
import { FrontActuator } from '../edge/fronts/front-actuator.ts'
import { readMachineFacts } from '../ports/kernel/machine-facts.ts'
import { PortsActuator } from '../ports/ports-actuator.ts'
import { ExecProbe } from '../probes/exec/exec-probe.ts'
import { ExitProbe } from '../probes/exit/exit-probe.ts'
import { FileProbe } from '../probes/file/file-probe.ts'
import { HttpProbe } from '../probes/http/http-probe.ts'
import { InFlightProbe } from '../probes/in-flight/in-flight-probe.ts'
import { LogProbe } from '../probes/log/log-probe.ts'
import { NotifyProbe } from '../probes/notify/notify-probe.ts'
import { PortsProbe } from '../probes/ports/ports-probe.ts'
import { TcpProbe } from '../probes/tcp/tcp-probe.ts'
import { ContainerRuntime } from '../runtimes/container/container-runtime.ts'
import { ExternalRuntime } from '../runtimes/external/external-runtime.ts'
import { identityOf, type Kernel } from '../runtimes/process/kernel/kernel.ts'
import { openKernel } from '../runtimes/process/kernel/open-kernel.ts'
import { ProcessRuntime } from '../runtimes/process/process-runtime.ts'
import type { Actuator } from '../seams/actuator.ts'
import type { Clock } from '../seams/clock.ts'
import type { Probe } from '../seams/probe.ts'
import type { Processes } from '../seams/processes.ts'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import type { Components } from '../server/parts.ts'
import { ProcessComponents } from './daemon-components.ts'
import { EveryComponent, EveryRuntime } from './daemon-containers.ts'
import type { Leasing } from './daemon-leasing.ts'
import { SoleRuntime } from './daemon-runtimes.ts'
import { lateProbes } from './late-probe.ts'
import { latelyLoaded } from './lately-loaded.ts'

/** What commands of probes are found by when the process itself was given nothing. */
const SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin'

/** What the parts are opened with. */
export interface WorldPartsOptions {
  readonly place: DaemonPlace
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string>>
  readonly clock: Clock
  /** @default what this machine tells */
  readonly kernel?: Kernel
  /**
   * Leases ports to components, carries traffic to those that are replaced without a gap, and puts Ports
   * contracts in force. @default components get free ports, of which nothing is recorded, and no more
   */
  readonly leasing?: Leasing
  onTrouble(error: unknown): void
}

/** This machine's probes and runtimes. */
export interface WorldParts {
  readonly runtime: ProcessRuntime
  readonly containers: ContainerRuntime
  readonly actuators: readonly Actuator[]
  /** All but `agree`, which asks the others. */
  readonly probes: readonly Probe[]
  readonly components: Components
}

/** Opens them, and takes over what runs. Only the holder of the workspace's lock may. */
export function openWorldParts(options: WorldPartsOptions): WorldParts {
  const { place, settings, clock, kernel = openKernel(), leasing, onTrouble } = options
  const { workspace, processesFolder: folder } = place
  const leased = leasing && { ports: leasing.ports }
  const common = { workspace, settings, clock, onTrouble, ...leased }
  const runtime = new ProcessRuntime({ folder, kernel, ...common })
  const containers = new ContainerRuntime({
    folder: join(place.folder, 'containers'),
    identify: (pid, instance) => markedProcess(kernel, pid, instance),
    ...common,
  })
  const runtimes = [runtime, containers, new ExternalRuntime()]
  const processes = new ProcessComponents({ runtime, workspace, folder })
  return {
    runtime,
    containers,
    actuators: [
      ...runtimes.map((one) => new SoleRuntime(one, [runtime, containers])),
      ...(leasing ? [new FrontActuator(leasing.fronts), new PortsActuator(leasing.broker)] : []),
    ],
    probes: probesFor(options, { runtime, containers }),
    components: new EveryComponent(processes, containers),
  }
}

/** The process of a pid that an engine tells, which may count the processes of another machine. */
function markedProcess(kernel: Kernel, pid: number, instance: string): ProcessIdentity | undefined {
  if (kernel.variables(pid)?.get('RAMPART_INSTANCE') !== instance) return undefined
  return identityOf(kernel, pid)
}

/** Lets go of what runs, ending nothing. */
export function closeWorldParts({ runtime, containers }: WorldParts): void {
  runtime.close()
  containers.close()
}

function probesFor(
  { place, settings, clock, leasing }: WorldPartsOptions,
  { runtime, containers }: Pick<WorldParts, 'runtime' | 'containers'>,
): readonly Probe[] {
  const started: Processes = new EveryRuntime([runtime, containers])
  const folder = place.workspace
  const path = settings['PATH'] ?? SEARCH_PATH
  const home = settings['HOME'] ?? folder
  return [
    new ExecProbe({ folder, path, home }),
    new ExitProbe(started, clock),
    new FileProbe({ folder }),
    new HttpProbe(runtime),
    new LogProbe(),
    new NotifyProbe(clock),
    new TcpProbe(runtime),
    ...lateProbes(latelyLoaded({ folder, settings, clock })),
    ...(leasing === undefined ? [] : leasingProbes(leasing)),
  ]
}

function leasingProbes({ broker, fronts }: Leasing): readonly Probe[] {
  const inFlight = fronts.inFlight.bind(fronts)
  return [new InFlightProbe(inFlight), new PortsProbe(broker, readMachineFacts)]
}
