/** What Ports contracts have in force on a machine: who may have which ports, and who may connect. */
import type { Digest } from '../units/digest.ts'
import type { ConnectPolicy } from './connect-policy.ts'
import { whyNotGranted } from './granted-ports.ts'
import type { PortAlias } from './port-alias.ts'
import type { PortLease, PortRule } from './port-lease.ts'
import type { PortPolicy } from './port-policy.ts'
import type { PortTransition } from './port-transition.ts'

/** One contract, as a ramp has put it in force. */
export interface PortRules {
  readonly contract: string
  readonly digest: Digest
  /** The ramp. */
  readonly ramp: string
  readonly policy: PortPolicy
  readonly connect: ConnectPolicy
  /** How ports change hands; absent: recorded by a version that did not know. */
  readonly transitions?: readonly PortTransition[]
  /** By which names discovery tells of ports besides; absent: recorded by a version that did not know. */
  readonly names?: readonly PortAlias[]
}

/**
 * Rules in force, and those they took the place of, the latest first: these grant nothing any more, and
 * are kept for what they have granted until they are retired, or in force again because a ramp is undone.
 */
interface Held {
  readonly now: PortRules
  readonly earlier: readonly PortRules[]
}

/** What an image of it holds: JSON. */
export type EnforcedImage = readonly (readonly [string, Held])[]

/** The rules in force, by contract; `enforce`, `retire` and `withdraw` are all that changes them. */
export class EnforcedPorts {
  readonly #held: Map<string, Held>

  constructor(image: EnforcedImage = []) {
    this.#held = new Map(image)
  }

  /** From now on these count for their contract; those that were put aside come back alone. */
  enforce(rules: PortRules): void {
    const known = this.#held.get(rules.contract)
    this.#held.set(rules.contract, { now: rules, earlier: earlierThan(rules, known) })
  }

  /** Nothing of what the contract said before counts any more. */
  retire(contract: string): void {
    const known = this.#held.get(contract)
    if (known !== undefined) this.#held.set(contract, { ...known, earlier: [] })
  }

  /** From now on the contract says nothing. */
  withdraw(contract: string): void {
    this.#held.delete(contract)
  }

  /** Everything in force. */
  all(): readonly PortRules[] {
    return [...this.#held.values()].map(({ now }) => now)
  }

  /** What a contract has in force. */
  of(contract: string): PortRules | undefined {
    return this.#held.get(contract)?.now
  }

  /** What it said before and still has leases of, the latest first. */
  earlierOf(contract: string): readonly PortRules[] {
    return this.#held.get(contract)?.earlier ?? []
  }

  /** The revision that a lease was granted by, while it is in force or not yet retired. */
  revisionOf({ contract, digest }: PortRule): PortRules | undefined {
    const held = contract === undefined ? undefined : this.#held.get(contract)
    if (held === undefined) return undefined
    return [held.now, ...held.earlier].find((rules) => rules.digest === digest)
  }

  /**
   * Why a lease of an earlier revision of its contract would not be granted by the one in force;
   * undefined: it would, or it is no such lease.
   */
  whyOutdated(lease: PortLease): string | undefined {
    const { contract, digest } = lease.rule
    const now = contract === undefined ? undefined : this.#held.get(contract)?.now
    if (now === undefined || now.digest === digest) return undefined
    return whyNotGranted(lease, now.policy)
  }

  /** All of it, to be kept. */
  image(): EnforcedImage {
    return [...this.#held]
  }
}

function earlierThan(rules: PortRules, known: Held | undefined): readonly PortRules[] {
  if (known === undefined) return []
  const { now, earlier } = known
  if (now.ramp === rules.ramp) return earlier
  const place = earlier.findIndex(
    ({ ramp, digest }) => ramp === rules.ramp && digest === rules.digest,
  )
  return place === -1 ? [now, ...earlier] : earlier.slice(place + 1)
}
