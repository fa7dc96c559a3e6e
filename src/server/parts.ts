/** What the server is put together from. It reaches the world only through these. */

import type { Circumstances } from '../core/why/circumstances.ts'
import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../seams/clock.ts'
import type { Ledger } from '../seams/ledger.ts'
import type { PortBroker } from '../seams/port-broker.ts'
import type { Random } from '../seams/random.ts'
import type { Records } from '../seams/records.ts'
import type { SettingsStore } from '../seams/settings.ts'
import type { AccessConfig } from './access/access-config.ts'
import type { AgentDesk } from './agents/agent-desk.ts'
import type { AgentRegister } from './agents/agent-register.ts'
import type { ReadinessParts } from './health/readiness.ts'
import type { NotificationParts } from './notifications/notifications.ts'
import type { ReplicaRegister } from './replicas/replica-register.ts'
import type { ComponentView, LeftoversView, LogLine } from './wire.ts'

/** Which lines of which component. */
export interface LogsWanted {
  /** Absent: every component. */
  readonly subject?: string
  /** How many of the last lines to begin with. */
  readonly tailLines: number
  readonly follow: boolean
  readonly signal: AbortSignal
}

/** What the runtimes know of the components they have started. */
export interface Components {
  /** Every start that is remembered, in the order of subjects, then of starts. */
  list(): readonly ComponentView[]
  logs(wanted: LogsWanted): AsyncIterable<LogLine>
  /** What runs or listens, asked of the kernel and nothing else. */
  leftovers(): LeftoversView
}

/** Who the daemon is. */
export interface DaemonIdentity {
  readonly pid: number
  readonly version: string
  readonly workspace: string
  readonly startedAtMs: number
  /** Whether others reach it over the network. */
  readonly hasDoors: boolean
}

/** What was recorded of the circumstances of ramps. */
export interface CircumstanceReader {
  /** Undefined when nothing was recorded. */
  read(ramp: string): Promise<Circumstances | undefined>
}

/** Who works where. */
export interface AgentParts {
  readonly desk: AgentDesk
  readonly register: AgentRegister
}

/** What is counted for Prometheus. */
export interface MetricsReader {
  readonly contentType: string
  text(): Promise<string>
  /**
   * Counts a request that was answered.
   *
   * @param what the route as it is written, `/v1/ramps/:ramp`, never the address as it was sent
   */
  requested(
    what: { readonly method: string; readonly route: string; readonly status: number },
    ms: number,
  ): void
}

/** What webhooks are told with. */
export type Notifying = Pick<
  NotificationParts,
  'courier' | 'masterKey' | 'random' | 'leases' | 'backOff'
>

/** What the server needs. */
export interface ServerParts {
  readonly identity: DaemonIdentity
  readonly clock: Clock
  readonly random: Random
  readonly engine: Engine
  readonly ledger: Ledger
  readonly settings: SettingsStore
  readonly components: Components
  /** What is kept beside the ledger. */
  readonly records: Records
  /** The same, where whoever comes in is looked up; it keeps nobody else waiting. @default records */
  readonly accessRecords?: Records
  /** Whose the Unix socket is, by the name of their account. */
  readonly localUser: string
  /** Who else may come in. @default nobody but whom the owner gives tokens to */
  readonly access?: AccessConfig
  /** Absent: nobody records them. */
  readonly circumstances?: CircumstanceReader
  /** Absent: no agent can work for this server. */
  readonly agents?: AgentParts
  /** Who has which port of this machine; absent: none is leased here. */
  readonly ports?: PortBroker
  /** Absent: this one serves alone. */
  readonly replicas?: Pick<ReplicaRegister, 'list'>
  /** How the schema of the database stands to this program; absent: nobody else may change it. */
  readonly schema?: ReadinessParts['schema']
  /** Absent: nothing is counted. */
  readonly metrics?: MetricsReader
  /** What webhooks are told with; absent: nobody can be told. */
  readonly notifying?: Notifying
  /** Asks the daemon to stop; returns at once. */
  stop(): void
  /**
   * Told of what went wrong by a bug of ours.
   *
   * @param request the `x-request-id` of the request that met it; absent: none did
   */
  onTrouble(error: unknown, request?: string): void
}
