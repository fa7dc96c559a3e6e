/** What the keeper holds: for each claim a socket on every address of it, or nothing at all. */
import type { PortClaim } from '../../core/port/port-claim.ts'
import type { SocketOutcome, SocketWish, SystemSockets } from '../../seams/system-sockets.ts'
import type { HadSocket, Hold, HoldOutcome, HoldWish } from './keeper-words.ts'

/** This machine has no such family of addresses, so that nobody can listen there either. */
const NO_FAMILY: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EPROTONOSUPPORT'])

/** Addresses that every machine has which speaks the family at all. */
const EVERYWHERE: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '0.0.0.0', '::'])

interface Held {
  readonly claim: PortClaim
  readonly fds: readonly number[]
  readonly inodes: readonly string[]
}

/** Holds by their names. */
export class Holds {
  readonly #sockets: SystemSockets
  readonly #held = new Map<string, Held>()

  constructor(sockets: SystemSockets) {
    this.#sockets = sockets
  }

  get size(): number {
    return this.#held.size
  }

  /** Holds it on every address, or not at all. What is held already under this name stays. */
  hold({ id, claim, had = [] }: HoldWish): HoldOutcome {
    const old = this.#held.get(id)
    if (old !== undefined) return { id, inodes: old.inodes }
    const fds: number[] = []
    const inodes: string[] = []
    for (const address of claim.addresses) {
      const outcome = this.#open({ ...claim, address }, had)
      if (!('error' in outcome)) {
        fds.push(outcome.fd)
        inodes.push(outcome.inode)
      } else if (!(EVERYWHERE.has(address) && NO_FAMILY.has(outcome.error))) {
        for (const fd of fds) this.#sockets.close(fd)
        return { id, error: outcome.error, address }
      }
    }
    this.#held.set(id, { claim, fds, inodes })
    return { id, inodes }
  }

  #open(wish: SocketWish, had: readonly HadSocket[]): SocketOutcome {
    const opened = this.#sockets.open(wish)
    const there = had.find(({ address }) => address === wish.address)
    if (!('error' in opened) || opened.error !== 'EADDRINUSE' || there === undefined) return opened
    const copied = this.#sockets.copy(there.pid, there.inode)
    return 'error' in copied ? opened : copied
  }

  /** Quiet when it is not held. */
  letGo(id: string): void {
    for (const fd of this.#held.get(id)?.fds ?? []) this.#sockets.close(fd)
    this.#held.delete(id)
  }

  list(): readonly Hold[] {
    return [...this.#held].map(([id, { claim, inodes }]) => ({ id, claim, inodes }))
  }

  /** The descriptors of a hold; undefined when it is not held. */
  descriptors(id: string): readonly number[] | undefined {
    return this.#held.get(id)?.fds
  }
}
