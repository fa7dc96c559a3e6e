/**
 * Who was said to have which lease: of a socket that the starts of a component share all of them, in the order
 * in which they came, of any other lease the last one.
 */
import type { PortLease, ProcessIdentity } from '../../core/port/port-lease.ts'

type Known = Pick<PortLease, 'id' | 'giving' | 'owner'>

/** Remembers them. */
export class Takers {
  readonly #byLease = new Map<string, readonly ProcessIdentity[]>()

  /** Forgets every lease that is not among these. */
  keep(leases: readonly Pick<PortLease, 'id'>[]): void {
    const there = new Set(leases.map(({ id }) => id))
    for (const id of this.#byLease.keys()) if (!there.has(id)) this.#byLease.delete(id)
  }

  add(lease: Known, process: ProcessIdentity): void {
    const others = this.sharing(lease).filter((one) => !isSame(one, process))
    this.#byLease.set(lease.id, [...others, process])
  }

  /** @returns whether it was one of those who share it */
  remove(lease: Known, process: ProcessIdentity): boolean {
    const sharing = this.sharing(lease)
    const others = sharing.filter((one) => !isSame(one, process))
    if (others.length === sharing.length) return false
    this.#byLease.set(lease.id, others)
    return true
  }

  has({ id }: Pick<PortLease, 'id'>, process: ProcessIdentity): boolean {
    return (this.#byLease.get(id) ?? []).some((one) => isSame(one, process))
  }

  /** Those whose socket it is; nobody where it can be one start's alone. */
  sharing(lease: Known): readonly ProcessIdentity[] {
    return mayBeShared(lease) ? (this.#byLease.get(lease.id) ?? []) : []
  }
}

/** Whether several starts may have its socket. */
export function mayBeShared({ giving, owner }: Pick<PortLease, 'giving' | 'owner'>): boolean {
  return giving === 'descriptor' && owner.instance === undefined
}

/** Whether it is who has the lease. */
export function isOf({ process }: Pick<PortLease, 'process'>, one: ProcessIdentity): boolean {
  return process !== undefined && isSame(process, one)
}

function isSame(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.started === other.started && one.bootId === other.bootId
}
