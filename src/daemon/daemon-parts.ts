/** The real parts of a daemon, put together. Opening them starts nothing but takes over what runs. */
import { hostname } from 'node:os'
import { join } from 'node:path'
import { SystemClock } from '../clock/system-clock.ts'
import { Engine } from '../engine/engine.ts'
import type { EngineParts } from '../engine/parts.ts'
import { WebhookNotifier } from '../notifier/webhook-notifier.ts'
import { AgreeProbe } from '../probes/agree/agree-probe.ts'
import { DnsProbe } from '../probes/dns/dns-probe.ts'
import { ExecProbe } from '../probes/exec/exec-probe.ts'
import { ExitProbe } from '../probes/exit/exit-probe.ts'
import { FileProbe } from '../probes/file/file-probe.ts'
import { GrpcProbe } from '../probes/grpc/grpc-probe.ts'
import { HttpProbe } from '../probes/http/http-probe.ts'
import { KafkaProbe } from '../probes/kafka/kafka-probe.ts'
import { KubernetesProbe } from '../probes/kubernetes/kubernetes-probe.ts'
import { LogProbe } from '../probes/log/log-probe.ts'
import { MysqlProbe } from '../probes/mysql/mysql-probe.ts'
import { NatsProbe } from '../probes/nats/nats-probe.ts'
import { NotifyProbe } from '../probes/notify/notify-probe.ts'
import { PostgresProbe } from '../probes/postgres/postgres-probe.ts'
import { PrometheusProbe } from '../probes/prometheus/prometheus-probe.ts'
import { QueueProbe } from '../probes/queue/queue-probe.ts'
import { RabbitmqProbe } from '../probes/rabbitmq/rabbitmq-probe.ts'
import { RedisProbe } from '../probes/redis/redis-probe.ts'
import { S3Probe } from '../probes/s3/s3-probe.ts'
import { SmokeProbe } from '../probes/smoke/smoke-probe.ts'
import { TcpProbe } from '../probes/tcp/tcp-probe.ts'
import { TlsProbe } from '../probes/tls/tls-probe.ts'
import { WarmProbe } from '../probes/warm/warm-probe.ts'
import { SystemRandom } from '../random/system-random.ts'
import { ContainerRuntime } from '../runtimes/container/container-runtime.ts'
import { ExternalRuntime } from '../runtimes/external/external-runtime.ts'
import { ProcessRuntime } from '../runtimes/process/process-runtime.ts'
import type { Clock } from '../seams/clock.ts'
import type { Probe } from '../seams/probe.ts'
import type { Processes } from '../seams/processes.ts'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import type { Components } from '../server/parts.ts'
import { type DaemonCircumstances, openCircumstances } from './daemon-circumstances.ts'
import { ProcessComponents } from './daemon-components.ts'
import { EveryComponent, EveryRuntime } from './daemon-containers.ts'
import { CelExpressions } from './daemon-expressions.ts'
import { SoleRuntime } from './daemon-runtimes.ts'
import { type DaemonStore, openFileStore } from './daemon-store.ts'

/** What commands of probes are found by when the daemon itself was given nothing. */
const SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin'

/** What the parts are opened with. */
export interface DaemonPartsOptions {
  readonly place: DaemonPlace
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string>>
  readonly clock?: Clock
  /** Where everything is kept; closed together with the parts. @default files of the workspace */
  readonly store?: DaemonStore
  onTrouble(error: unknown): void
}

/** Everything a daemon holds. */
export interface DaemonParts extends DaemonCircumstances, Omit<DaemonStore, 'close'> {
  readonly clock: Clock
  readonly store: DaemonStore
  readonly runtime: ProcessRuntime
  readonly containers: ContainerRuntime
  readonly engine: Engine
  readonly components: Components
}

/**
 * Opens them. Only the holder of the workspace's lock may.
 *
 * @throws ledger-unavailable, ledger-newer, ledger-corrupt when it cannot even be read
 */
export function openDaemonParts(options: DaemonPartsOptions): DaemonParts {
  const { place, onTrouble } = options
  const { workspace, processesFolder: folder } = place
  const { clock = new SystemClock() } = options
  const { store = openFileStore({ ...options, clock }) } = options
  const runtime = new ProcessRuntime({
    folder,
    workspace,
    settings: options.settings,
    clock,
    onTrouble,
  })
  const containers = new ContainerRuntime({
    folder: join(place.folder, 'containers'),
    workspace,
    settings: options.settings,
    clock,
    onTrouble,
  })
  const actuators = [runtime, containers, new ExternalRuntime()]
  const engine = new Engine({
    clock,
    random: new SystemRandom(),
    ...keptIn(store),
    probes: probesFor(options, { runtime, containers, clock }),
    actuators: actuators.map((one) => new SoleRuntime(one, [runtime, containers])),
    expressions: new CelExpressions(),
    notifier: new WebhookNotifier({ onTrouble }),
  })
  const processes = new ProcessComponents({ runtime, workspace, folder })
  const components = new EveryComponent(processes, containers)
  const watching = openCircumstances(place, clock, onTrouble)
  const { close: _, ...kept } = store
  return { ...kept, store, clock, runtime, containers, engine, components, ...watching }
}

/** Lets go of everything, ending no ramp and no component. */
export async function closeDaemonParts(parts: DaemonParts): Promise<void> {
  await parts.engine.close()
  await parts.recorder.close()
  parts.runtime.close()
  parts.containers.close()
  await parts.store.close()
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

function probesFor(
  { place, settings }: DaemonPartsOptions,
  { runtime, containers, clock }: Pick<DaemonParts, 'runtime' | 'containers' | 'clock'>,
): readonly Probe[] {
  const started: Processes = new EveryRuntime([runtime, containers])
  const folder = place.workspace
  const path = settings['PATH'] ?? SEARCH_PATH
  const home = settings['HOME'] ?? folder
  const probes: readonly Probe[] = [
    new DnsProbe(),
    new ExecProbe({ folder, path, home }),
    new ExitProbe(started, clock),
    new FileProbe({ folder }),
    new GrpcProbe(),
    new HttpProbe(runtime),
    new KafkaProbe(),
    new KubernetesProbe({ folder, settings }),
    new LogProbe(),
    new NatsProbe(),
    new MysqlProbe(clock),
    new NotifyProbe(clock),
    new PostgresProbe(clock),
    new PrometheusProbe(),
    new QueueProbe(),
    new RabbitmqProbe(),
    new RedisProbe(),
    new SmokeProbe(),
    new S3Probe({ instance: `${hostname()}:${folder}` }),
    new TcpProbe(runtime),
    new TlsProbe(clock),
    new WarmProbe(),
  ]
  return [...probes, new AgreeProbe(probes, new CelExpressions())]
}
