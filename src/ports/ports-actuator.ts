/**
 * Carries out what plans of Ports contracts say: `enforce` puts a contract in force, `hold` holds one
 * of its fixed ports until it is taken, `retire` ends what the contract said before, `withdraw` takes a
 * contract or a hold back. Each may be repeated. No port is taken from under a process that runs.
 */
import { z } from 'zod'
import {
  done,
  failed,
  failedByFault,
  misunderstood,
  printIssues,
  unknownOperation,
} from '../core/entry/command-answers.ts'
import type { CommandAnswer } from '../core/entry/entry.ts'
import { isFault } from '../core/fault/fault.ts'
import type { ConnectPolicy } from '../core/port/connect-policy.ts'
import { whyNameTaken } from '../core/port/port-alias.ts'
import type { PortClaim } from '../core/port/port-claim.ts'
import type { PortLease, PortOwner } from '../core/port/port-lease.ts'
import { ownerKey, printOwner } from '../core/port/port-owner.ts'
import type { PortRange } from '../core/port/port-policy.ts'
import { isWaiting } from '../core/port/port-states.ts'
import type { PortTransition } from '../core/port/port-transition.ts'
import type { Digest } from '../core/units/digest.ts'
import type { Actuator, Order } from '../seams/actuator.ts'
import type { PortBroker } from '../seams/port-broker.ts'

const NAME = z.string().min(1)

/** What compiling a contract has written is not judged again here, only that it is there. */
const WRITTEN = z.looseObject({})

const ENFORCE = z.object({
  contract: NAME,
  digest: NAME,
  ramp: NAME,
  policy: z.object({ ranges: z.array(WRITTEN) }),
  connect: z.object({ rules: z.array(WRITTEN), clients: z.array(WRITTEN) }),
  transitions: z.array(WRITTEN).default([]),
  names: z.array(z.object({ name: NAME, service: NAME, port: NAME })).default([]),
})

const OWNER = z.object({
  service: NAME,
  port: NAME,
  environment: NAME.exactOptional(),
  tenant: NAME.exactOptional(),
  scope: NAME.exactOptional(),
}) satisfies z.ZodType<PortOwner>

const HOLD = z.object({
  contract: NAME,
  ramp: NAME,
  owner: OWNER,
  claim: z.object({
    protocol: z.enum(['tcp', 'udp']),
    addresses: z.array(NAME).min(1),
    port: z.int(),
  }) satisfies z.ZodType<PortClaim>,
})

const RETIRE = z.object({ contract: NAME, digest: NAME })

const WITHDRAW = z.object({
  contract: NAME,
  owner: OWNER.exactOptional(),
  onlyByRamp: NAME.exactOptional(),
})

const WITHDRAWN = 'Its contract is withdrawn.'

/** Puts contracts in force, by the broker. */
export class PortsActuator implements Actuator {
  readonly name = 'ports'
  readonly #broker: PortBroker

  constructor(broker: PortBroker) {
    this.#broker = broker
  }

  async run({ operation, input }: Order): Promise<CommandAnswer> {
    try {
      if (operation === 'enforce') return await this.#enforce(ENFORCE.parse(input))
      if (operation === 'hold') return await this.#hold(HOLD.parse(input))
      if (operation === 'retire') return await this.#retire(RETIRE.parse(input))
      if (operation === 'withdraw') return await this.#withdraw(WITHDRAW.parse(input))
      return unknownOperation(`Ports cannot be told to ${operation}.`)
    } catch (error) {
      if (error instanceof z.ZodError) return misunderstood(operation, printIssues(error.issues))
      if (isFault(error)) return failedByFault(error)
      throw error
    }
  }

  async #enforce(input: z.infer<typeof ENFORCE>): Promise<CommandAnswer> {
    const { contract, ramp, names } = input
    const digest = input.digest as Digest
    const known = this.#broker.enforced.of(contract)
    const taken = whyNameTaken(contract, names, this.#broker.enforced.all())
    if (taken !== undefined) return failed({ reason: 'name-taken', sentence: taken })
    if (known?.digest === digest) {
      // What was put in force by a version that did not know names has none until now.
      if (known.names === undefined) await this.#broker.enforce({ ...known, names })
      return done({ reason: 'already', sentence: `${contract} is in force as it is.` })
    }
    const ranges = input.policy.ranges as unknown as readonly PortRange[]
    const connect = { contract, digest, ...input.connect } as unknown as ConnectPolicy
    const policy = { contract, digest, ranges }
    const transitions = input.transitions as unknown as readonly PortTransition[]
    await this.#broker.enforce({ contract, digest, ramp, policy, connect, transitions, names })
    const how =
      known === undefined ? '' : ' for whoever claims from now on, in the place of what it said'
    return done({ reason: 'enforced', sentence: `${contract} is in force${how}.` })
  }

  /** Ends earlier revisions, and what their ramps hold for nobody any more. */
  async #retire({ contract, digest }: z.infer<typeof RETIRE>): Promise<CommandAnswer> {
    const { enforced } = this.#broker
    if (enforced.of(contract)?.digest !== digest) {
      const sentence = `${contract} is in force in another revision, or not at all.`
      return failed({ reason: 'not-in-force', sentence })
    }
    if (enforced.earlierOf(contract).length === 0) {
      const sentence = `Of ${contract} there is no earlier revision.`
      return done({ reason: 'already', sentence })
    }
    const left = await this.#release(
      (lease) => lease.rule.contract === contract && enforced.whyOutdated(lease) !== undefined,
      `${contract} was amended; it is held elsewhere, or no more.`,
    )
    if (left > 0) {
      const sentence = `${left} ports are still used by an earlier revision of ${contract}.`
      return failed({ reason: 'still-used', sentence })
    }
    await this.#broker.retire(contract, 'Nobody has a port by it alone any more.')
    const sentence = `What ${contract} said before is over; nobody has a port by it alone.`
    return done({ reason: 'retired', sentence })
  }

  async #hold({ owner, claim, ramp }: z.infer<typeof HOLD>): Promise<CommandAnswer> {
    const { protocol, addresses, port } = claim
    const by = 'contract' as const
    const wish = { owner, protocol, addresses, port, ramp, by, isLasting: true }
    const grant = await this.#broker.claim([wish])
    if (grant.verdict === 'refused') return failed(grant)
    const [lease] = grant.leases
    const sentence = `${port} is ${lease?.state ?? 'leased'} for ${printOwner(owner)}.`
    return done({ reason: 'held', sentence, outputs: { lease: lease?.id ?? '', port } })
  }

  async #withdraw(input: z.infer<typeof WITHDRAW>): Promise<CommandAnswer> {
    const { contract, owner, onlyByRamp } = input
    if (owner !== undefined) return await this.#letGo(owner, onlyByRamp)
    const known = this.#broker.enforced.of(contract)
    if (onlyByRamp !== undefined && known?.ramp !== onlyByRamp) {
      return done({
        reason: 'not-ours',
        sentence: `${contract} was put in force by another ramp, and stays so.`,
      })
    }
    const [before] = this.#broker.enforced.earlierOf(contract)
    if (onlyByRamp !== undefined && before !== undefined) {
      await this.#broker.enforce(before)
      return done({ reason: 'restored', sentence: `${contract} says again what it said before.` })
    }
    await this.#broker.withdraw(contract, 'Its ramp has ended.')
    const left = await this.#release(({ rule }) => rule.contract === contract, WITHDRAWN)
    const sentence =
      left === 0
        ? `${contract} is not in force any more.`
        : `${contract} is not in force any more; ${left} of its ports are still used.`
    return done({ reason: 'withdrawn', sentence, outputs: { left } })
  }

  /** Gives back what is held for an owner; what an earlier ramp holds stays. */
  async #letGo(owner: PortOwner, ramp: string | undefined): Promise<CommandAnswer> {
    const key = ownerKey(owner)
    await this.#release(
      (lease) => ownerKey(lease.owner) === key && (ramp === undefined || lease.ramp === ramp),
      WITHDRAWN,
    )
    return done({
      reason: 'released',
      sentence: `Nothing is held for ${printOwner(owner)} by this ramp.`,
    })
  }

  /** Releases what nobody uses. @returns how many are still used */
  async #release(isMeant: (lease: PortLease) => boolean, because: string): Promise<number> {
    const meant = this.#broker
      .leases()
      .filter((lease) => isMeant(lease) && lease.state !== 'cooling')
    const idle = meant.filter(({ state, process }) => isWaiting(state) && process === undefined)
    for (const { id } of idle) await this.#broker.release(id, because)
    return meant.length - idle.length
  }
}
