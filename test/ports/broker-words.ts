/** What clients of the broker program say, and hear. */
import type { ProcessIdentity } from '../../src/core/port/port-lease.ts'
import type { PortWish } from '../../src/core/port/port-wish.ts'

/** What is asked for. */
export type Asked =
  | { readonly do: 'claim'; readonly wishes: readonly PortWish[] }
  | { readonly do: 'assign'; readonly lease: string; readonly process: ProcessIdentity }
  | { readonly do: 'release'; readonly lease: string }
  | { readonly do: 'leases' }

export type BrokerQuestion = Asked & { readonly id: number }

export interface BrokerAnswer {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}
