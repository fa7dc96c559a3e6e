/** What one attempt saw of a Redis or Valkey server, as far as it got. */
import type { FailedAddress } from '../connection/connection-failure.ts'
import type { AddressFamily } from '../connection/open-connection.ts'

/** What the server says of itself, in the words of `INFO`. */
export interface ServerFacts {
  readonly server: 'redis' | 'valkey'
  readonly version: string
  /** Absent: it stores nothing, as a sentinel. */
  readonly role?: 'primary' | 'replica'
  readonly isLoading: boolean
  /** How much of its data it has read; while loading only. */
  readonly loadedPercent?: string
  /** Of a replica: whether it is connected to its primary. */
  readonly isLinked?: boolean
  /** Of a replica: whether it is being given everything anew. */
  readonly isSyncing?: boolean
  /** Of a replica: how long it has heard nothing from its primary. @unit s */
  readonly silentSeconds?: number
  /** Of a primary. */
  readonly replicaCount?: number
  readonly usedBytes: number
  /** 0: without a limit. */
  readonly maxBytes: number
  readonly evictedKeys: number
  readonly isCluster: boolean
}

/** Why it went no further. */
export interface RedisFailure {
  /** The first word of the server's error, or the code of the operating system or of TLS. */
  readonly code: string
  readonly message: string
}

/** What could be found out by asking. */
export interface CollectedFacts {
  readonly info?: ServerFacts
  /** `ok`, or what else the cluster says of itself; absent outside of a cluster. */
  readonly clusterState?: string
  readonly keyCount?: number
  readonly missingKeys?: readonly string[]
  readonly sampleFound?: number
}

/** Everything that one attempt saw. */
export interface RedisFacts extends CollectedFacts {
  readonly latencyMs: number
  readonly failed: readonly FailedAddress[]
  readonly connected?: { readonly address: string; readonly family: AddressFamily }
  readonly failure?: RedisFailure
}
