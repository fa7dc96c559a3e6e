/** What one attempt saw of a bucket, as far as it got. */
import type { FailedAddress } from '../connection/connection-failure.ts'
import type { AddressFamily } from '../connection/open-connection.ts'
import type { Versioning } from './s3-input.ts'

/** What was being done. */
export type S3Step = 'look' | 'put' | 'get' | 'delete'

/** Why it went no further. */
export interface S3Failure {
  readonly step: S3Step
  /** The store's own code, or that of the operating system or of TLS. */
  readonly code: string
  readonly message: string
  /** The status of HTTP; absent when there was no answer. */
  readonly status?: number
}

/** What became of the canary object. */
export interface CanaryFacts {
  readonly key: string
  readonly bytes: number
  /** @unit ms */
  readonly putMs?: number
  /** @unit ms */
  readonly getMs?: number
  /** @unit ms */
  readonly deleteMs?: number
  /** `sha256:…` of what was put. */
  readonly checksum: string
  /** `sha256:…` of what came back. */
  readonly checksumBack?: string
  /** It may be there still, to be taken back by the next attempt. */
  readonly isLeft?: boolean
}

/** What could be found out by asking. */
export interface CollectedFacts {
  readonly versioning?: Versioning
  /** In the store's words; `none` without a rule of replication, `missing` without the object. */
  readonly replication?: string
  readonly canary?: CanaryFacts
  readonly failure?: S3Failure
}

/** Everything that one attempt saw. */
export interface S3Facts extends CollectedFacts {
  readonly latencyMs: number
  readonly failed: readonly FailedAddress[]
  readonly connected?: { readonly address: string; readonly family: AddressFamily }
}
