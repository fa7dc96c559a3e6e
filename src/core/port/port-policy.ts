/** What Ports contracts say about who may have which ports, in the form that grants are judged by. */
import type { Digest } from '../units/digest.ts'
import type { PortProtocol } from './port-claim.ts'

/** Some ports, and for whom they are. */
export interface PortRange {
  /** Unique in its contract. */
  readonly name: string
  /** Both are part of it. */
  readonly first: number
  readonly last: number
  readonly protocol: PortProtocol
  readonly addresses: readonly string[]
  /** Whose claims it takes: every word that is given must match; `*` at the end matches any rest. */
  readonly for: {
    readonly environment?: string
    readonly service?: string
    readonly tenant?: string
    readonly scope?: string
  }
  /** Ports that belong to one service's port for ever, as `service/port`. */
  readonly fixed: Readonly<Record<string, number>>
  /** Names of people, groups or roles that may claim of it; absent: whoever may claim at all. */
  readonly claim?: readonly string[]
  /** How many leases one tenant, or one service, may have at once. */
  readonly perTenant?: number
  readonly perService?: number
  /** How long a port is kept from others after its last owner. @unit ms */
  readonly coolingMs: number
}

/** One contract's ranges. */
export interface PortPolicy {
  /** Name and digest of the contract; absent: the built-in range. */
  readonly contract?: string
  readonly digest?: Digest
  readonly ranges: readonly PortRange[]
}

/** What is used where no contract says anything: below every system's ephemeral range. */
export const BUILT_IN_RANGE: PortRange = {
  name: 'built-in',
  first: 15_000,
  last: 31_999,
  protocol: 'tcp',
  addresses: ['127.0.0.1', '::1'],
  for: {},
  fixed: {},
  coolingMs: 60_000,
}
