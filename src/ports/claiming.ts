/**
 * Carries claims out, many at once: choose (in memory), hold (in one word to the keeper), record (in
 * one append), answer. A claim has all of its wishes or none; a port that the kernel does not let us
 * have is passed over, unless it was the one asked for.
 */
import { choosePort, type PortChoice } from '../core/port/choose-port.ts'
import { barredRange, rangesOf } from '../core/port/match-range.ts'
import { PendingPorts } from '../core/port/pending-ports.ts'
import type { KernelRefusal, PortCircumstances } from '../core/port/port-circumstances.ts'
import type { PortClaim, PortProtocol } from '../core/port/port-claim.ts'
import type { PortEntry } from '../core/port/port-entries.ts'
import type { PortLease } from '../core/port/port-lease.ts'
import { ownerKey } from '../core/port/port-owner.ts'
import type { PortPolicy } from '../core/port/port-policy.ts'
import { notYours } from '../core/port/port-refusals.ts'
import { portKey } from '../core/port/port-table.ts'
import type { Clock } from '../seams/clock.ts'
import type { PortGrant, PortWish } from '../seams/port-broker.ts'
import {
  type Ask,
  idsOf,
  isOpen,
  leaseOf,
  renewal,
  type Step,
  systemRefusal,
  usableLease,
  type Work,
  workOf,
} from './claim-step.ts'
import type { Holding } from './holding.ts'
import type { HoldOutcome } from './keeper/keeper-words.ts'
import { readPortSettings } from './kernel/machine.ts'
import type { PortLedger } from './port-ledger.ts'

/** How many wishes are carried out together at most. */
const TOGETHER = 1_024

/** What claims are carried out with. */
export interface ClaimParts {
  readonly record: PortLedger
  readonly holding: Holding
  readonly clock: Clock
  /** Where choices begin; see choosePort. */
  readonly salt: string
  policies(): readonly PortPolicy[]
  /** Whether nobody listens on this port. */
  isFree(port: number, protocol: PortProtocol): Promise<boolean>
  /** Looks now whether the owners of these leases live, and records what became of them. */
  settleDead(leases: readonly PortLease[]): Promise<void>
  /** A lease was granted or renewed. */
  granted(): void
}

/** The claims that wait, and those that are carried out. */
export class Claiming {
  readonly #parts: ClaimParts
  readonly #pending = new PendingPorts()
  #asks: Ask[] = []
  #isRunning = false
  #lastToken = 0

  constructor(parts: ClaimParts) {
    this.#parts = parts
  }

  claim(wishes: readonly PortWish[]): Promise<PortGrant> {
    const { promise, resolve, reject } = Promise.withResolvers<PortGrant>()
    this.#asks.push({ wishes, resolve, reject })
    if (!this.#isRunning) void this.#run()
    return promise
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    // Whoever asks in the same turn is carried out together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#asks.length > 0) {
      const asks = this.#takeAsks()
      try {
        await this.#carryOut(asks)
      } catch (cause) {
        for (const { reject } of asks) reject(cause)
      }
    }
    this.#isRunning = false
  }

  /** Those that can go together: no owner twice, so that the second finds what the first was given. */
  #takeAsks(): readonly Ask[] {
    const owners = new Set<string>()
    const taken: Ask[] = []
    const left: Ask[] = []
    let count = 0
    for (const ask of this.#asks) {
      const keys = ask.wishes.map(({ owner }) => ownerKey(owner))
      const fits = taken.length === 0 || count + ask.wishes.length <= TOGETHER
      if (!fits || keys.some((key) => owners.has(key))) {
        left.push(ask)
        continue
      }
      for (const key of keys) owners.add(key)
      count += ask.wishes.length
      taken.push(ask)
    }
    this.#asks = left
    return taken
  }

  async #carryOut(asks: readonly Ask[]): Promise<void> {
    const { record } = this.#parts
    const olds = asks.flatMap(({ wishes }) => wishes.flatMap((it) => this.#inTheWay(it)))
    await this.#parts.settleDead(olds)
    const refused = new Map<string, KernelRefusal>()
    // Read once for all that go together: they may be changed at any time, but not that quickly.
    const circumstances = { ...readPortSettings(), refused }
    const works = asks.map(workOf)
    try {
      let open: readonly Step[]
      do {
        for (const work of works) this.#choose(work, circumstances)
        open = works
          .flatMap((work) => (work.refusal === undefined ? work.steps : []))
          .filter(isOpen)
        await this.#hold(works, open, refused)
      } while (open.some(isOpen))
      await this.#giveBack(works)
      await record.record(this.#entries(works))
    } catch (cause) {
      await this.#parts.holding.letGo(idsOf(works.flatMap(({ steps }) => steps)))
      throw cause
    } finally {
      for (const step of works.flatMap(({ steps }) => steps)) this.#forget(step)
    }
    this.#parts.granted()
    for (const work of works) work.ask.resolve(work.refusal ?? this.#grant(work))
  }

  /** Leases that would refuse a wish if their owners lived. */
  #inTheWay({ owner, port, protocol = 'tcp' }: PortWish): readonly PortLease[] {
    const { table } = this.#parts.record
    const there = port === undefined ? [] : table.on(protocol, port)
    return [...table.ofOwner(owner), ...there]
  }

  #choose(work: Work, circumstances: PortCircumstances): void {
    const { record, salt } = this.#parts
    const { table } = record
    const policies = this.#parts.policies()
    const ranges = rangesOf(policies)
    const isOutdated = (lease: PortLease): boolean =>
      table.enforced.whyOutdated(lease) !== undefined
    for (const step of work.refusal === undefined ? work.steps : []) {
      if (step.lease !== undefined || step.state !== undefined) continue
      const own = table.ofOwner(step.wish.owner)
      // Also of what its owner has already: it may have been fixed, and held, for others to take up.
      const barred = barredRange(step.wish, ranges)
      const answer =
        (barred && notYours(barred, step.wish)) ??
        usableLease(step.wish, own, isOutdated) ??
        choosePort(step.wish, {
          table,
          policies,
          circumstances,
          pending: this.#pending,
          salt,
          isOutdated,
        })
      if ('verdict' in answer && answer.verdict === 'refused') {
        work.refusal = answer
        for (const other of work.steps) this.#forget(other)
        return
      }
      if (!('verdict' in answer)) step.lease = answer
      else this.#take(step, answer)
    }
  }

  #take(step: Step, choice: PortChoice): void {
    this.#lastToken = Math.max(this.#lastToken, this.#parts.record.table.lastToken) + 1
    step.choice = choice
    step.token = this.#lastToken
    step.id = `${choice.claim.port}-${step.token}`
    step.pending = { claim: choice.claim, rule: choice.by.rule, owner: step.wish.owner }
    this.#pending.add(step.pending)
  }

  #forget(step: Step): void {
    if (step.pending !== undefined) this.#pending.remove(step.pending)
    delete step.pending
  }

  async #hold(
    works: readonly Work[],
    steps: readonly Step[],
    refused: Map<string, KernelRefusal>,
  ): Promise<void> {
    const { holding, record } = this.#parts
    const wishes = steps.flatMap(({ id, choice, wish }) =>
      id === undefined || choice === undefined ? [] : [{ id, claim: choice.claim, wish }],
    )
    const { true: held = [], false: loose = [] } = Object.groupBy(wishes, ({ wish }) =>
      wish.isHeld === false ? 'false' : 'true',
    )
    const answers = await Promise.all([
      holding.hold(held.map(({ id, claim }) => ({ id, claim }))),
      Promise.all(loose.map(async ({ id, claim }) => await this.#seeFree(id, claim))),
    ])
    const outcomes = new Map(answers.flat().map((it) => [it.id, it]))
    for (const step of steps) {
      const outcome = outcomes.get(step.id ?? '')
      if (outcome === undefined || step.choice === undefined) continue
      const { claim } = step.choice
      step.state = this.#stateBy(outcome, claim)
      if (step.state !== undefined || !('error' in outcome)) continue
      const { error, address } = outcome
      // Only what was asked for by its number is explained: that costs a look at every process.
      const isPassedOver = error === 'EADDRINUSE' || error === 'EACCES'
      const isSearch = step.wish.port === undefined && isPassedOver
      const why = isSearch ? { error } : holding.whyNot(claim, error)
      refused.set(portKey(claim.protocol, claim.port), why)
      this.#forget(step)
      const work = works.find((one) => one.steps.includes(step))
      if (work !== undefined && !isPassedOver) {
        work.refusal = systemRefusal({ error, address, claim, leases: record.table.size })
      }
    }
  }

  async #seeFree(id: string, { addresses, port, protocol }: PortClaim): Promise<HoldOutcome> {
    const [address = ''] = addresses
    const isFree = await this.#parts.isFree(port, protocol)
    return isFree ? { id, inodes: [] } : { id, address, error: 'EADDRINUSE' }
  }

  /** Whether it stands; undefined: it does not. */
  #stateBy(outcome: HoldOutcome, claim: PortClaim): 'held' | 'reserved' | undefined {
    if (!('error' in outcome)) return outcome.inodes.length === 0 ? 'reserved' : 'held'
    const { holding } = this.#parts
    if (holding.cannotHold !== undefined) {
      // Without a hold there is but a look at who listens in this instant.
      return holding.whyNot(claim, 'EADDRINUSE').holder === undefined ? 'reserved' : undefined
    }
    // Another machine's address, or one that this machine will have later.
    return outcome.error === 'EADDRNOTAVAIL' ? 'reserved' : undefined
  }

  /** What was held for claims that are refused as a whole. */
  async #giveBack(works: readonly Work[]): Promise<void> {
    const vain = works.filter((work) => work.refusal !== undefined)
    await this.#parts.holding.letGo(idsOf(vain.flatMap(({ steps }) => steps)))
  }

  #entries(works: readonly Work[]): readonly PortEntry[] {
    const { table } = this.#parts.record
    const nowMs = this.#parts.clock.nowMs()
    const steps = works.flatMap((work) => (work.refusal === undefined ? work.steps : []))
    const cooling = steps.flatMap(({ choice }) => choice?.cooling ?? [])
    const freed = new Set(cooling.map(({ id }) => id).filter((id) => table.lease(id) !== undefined))
    const because = 'The same service took it up again.'
    return [
      ...[...freed].map((lease): PortEntry => ({ type: 'port.freed', lease, because })),
      ...steps.flatMap((step) => renewal(step, nowMs)),
      ...steps
        .flatMap((step): readonly PortLease[] => {
          const lease = leaseOf(step, nowMs)
          if (lease !== undefined) step.lease = lease
          return lease === undefined ? [] : [lease]
        })
        .sort((one, other) => one.token - other.token)
        .map((lease): PortEntry => ({ type: 'port.granted', lease })),
    ]
  }

  #grant(work: Work): PortGrant {
    const { table } = this.#parts.record
    const leases = work.steps.flatMap(({ lease }) =>
      lease === undefined ? [] : [table.lease(lease.id) ?? lease],
    )
    return { verdict: 'granted', leases }
  }
}
