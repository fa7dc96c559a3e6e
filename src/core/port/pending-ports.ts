/** Ports that were chosen in this moment and are not in the table yet: they count as taken. */

import type { PortClaim } from './port-claim.ts'
import { claimsCollide } from './port-claim.ts'
import type { PortOwner, PortRule } from './port-lease.ts'
import { portKey } from './port-table.ts'

/** One that was chosen. */
export interface PendingPort {
  readonly claim: PortClaim
  readonly rule: PortRule
  readonly owner: PortOwner
}

/** All that are under way. */
export class PendingPorts {
  readonly #byPort = new Map<string, readonly PendingPort[]>()

  add(pending: PendingPort): void {
    const key = keyOf(pending)
    this.#byPort.set(key, [...(this.#byPort.get(key) ?? []), pending])
  }

  remove(pending: PendingPort): void {
    const key = keyOf(pending)
    const rest = (this.#byPort.get(key) ?? []).filter((one) => one !== pending)
    if (rest.length === 0) this.#byPort.delete(key)
    else this.#byPort.set(key, rest)
  }

  isInTheWayOf(claim: PortClaim): boolean {
    const there = this.#byPort.get(portKey(claim.protocol, claim.port)) ?? []
    return there.some((one) => claimsCollide(one.claim, claim))
  }

  /** How many there are of a kind. */
  count(isMeant: (pending: PendingPort) => boolean): number {
    let count = 0
    for (const there of this.#byPort.values()) count += there.filter(isMeant).length
    return count
  }
}

function keyOf({ claim }: PendingPort): string {
  return portKey(claim.protocol, claim.port)
}
