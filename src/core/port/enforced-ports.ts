/** What Ports contracts have in force on a machine: who may have which ports, and who may connect. */
import type { Digest } from '../units/digest.ts'
import type { ConnectPolicy } from './connect-policy.ts'
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
}

/** Rules in force, and what they took the place of, should their ramp be undone. */
interface Held {
  readonly now: PortRules
  readonly before?: PortRules
}

/** What an image of it holds: JSON. */
export type EnforcedImage = readonly (readonly [string, Held])[]

/** The rules in force, by contract; `enforce` and `withdraw` are all that changes them. */
export class EnforcedPorts {
  readonly #held: Map<string, Held>

  constructor(image: EnforcedImage = []) {
    this.#held = new Map(image)
  }

  /** From now on these count for their contract. */
  enforce(rules: PortRules): void {
    const known = this.#held.get(rules.contract)
    const before = known?.now.ramp === rules.ramp ? known.before : known?.now
    this.#held.set(rules.contract, { now: rules, ...(before === undefined ? {} : { before }) })
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

  /** What was in force before what is now. */
  beforeOf(contract: string): PortRules | undefined {
    return this.#held.get(contract)?.before
  }

  /** All of it, to be kept. */
  image(): EnforcedImage {
    return [...this.#held]
  }
}
