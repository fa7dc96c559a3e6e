/**
 * Which port a wish is given: its fixed one, else the one that this owner had before, else the first
 * that is free from a start that only the owner decides, so that every worktree has a set of its own
 * and keeps it. Pure: of a port that it chooses, only the kernel can say whether it can be had.
 */

import { matchRanges, printFor, type RuledRange, rangeAt, rangesOf } from './match-range.ts'
import { isFor, mayClaim } from './may-claim.ts'
import type { PendingPorts } from './pending-ports.ts'
import { isEphemeral, type PortCircumstances, printEphemeral } from './port-circumstances.ts'
import type { PortClaim } from './port-claim.ts'
import type { PortLease, PortOwner } from './port-lease.ts'
import { ownerKey, printServicePort, servingKey } from './port-owner.ts'
import type { PortPolicy } from './port-policy.ts'
import { quotaRefusal } from './port-quota.ts'
import {
  heldByKernel,
  inTheWay,
  notYours,
  otherProtocol,
  rangeFull,
  refusal,
} from './port-refusals.ts'
import { type PortTable, portKey, printRule } from './port-table.ts'
import type { PortRefusal, PortWish } from './port-wish.ts'
import { unfitness } from './unfit-ports.ts'

/** What a choice is made from. */
export interface ChoiceParts {
  readonly table: PortTable
  readonly policies: readonly PortPolicy[]
  readonly circumstances: PortCircumstances
  /** What is being carried out at this instant. */
  readonly pending: PendingPorts
  /** Whose choices these are, so that two folders of one machine begin elsewhere. @default nobody's */
  readonly salt?: string
  /** Whether a lease is of an earlier revision of its contract, which the one in force would not grant. */
  isOutdated?(lease: PortLease): boolean
}

/** A port that may be given, if the kernel lets us. */
export interface PortChoice {
  readonly verdict: 'chosen'
  readonly claim: PortClaim
  readonly by: RuledRange
  /** What the same service had there before, still cooling: freed in the same breath. */
  readonly cooling: readonly PortLease[]
}

/** Chooses, or says why not and who is in the way. */
export function choosePort(wish: PortWish, parts: ChoiceParts): PortChoice | PortRefusal {
  const choosing = new Choosing(wish, parts)
  const otherwise = choosing.otherwise()
  if (otherwise !== undefined) return otherwise
  return wish.port === undefined ? choosing.any() : choosing.exactly(wish.port)
}

/** Where in a range the search for an owner's port begins. */
export function startOf(owner: PortOwner, count: number, salt = ''): number {
  let hash = 0x811c9dc5
  // FNV-1a: short, the same everywhere, and spread well enough over some thousand ports.
  for (const character of ownerKey(owner) + salt) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }
  // Without this, names that differ in their last letter alone would be neighbours.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0
  return ((hash ^ (hash >>> 12)) >>> 0) % count
}

class Choosing {
  readonly #wish: PortWish
  readonly #parts: ChoiceParts
  readonly #ranges: readonly RuledRange[]
  readonly #matching: readonly RuledRange[]

  constructor(wish: PortWish, parts: ChoiceParts) {
    this.#wish = wish
    this.#parts = parts
    this.#ranges = rangesOf(parts.policies)
    this.#matching = matchRanges(wish, this.#ranges)
  }

  /** What is fixed for it is of the other protocol: a port of this one would be taken for it. */
  otherwise(): PortRefusal | undefined {
    const { owner, protocol = 'tcp' } = this.#wish
    const of = printServicePort(owner)
    const fixing = this.#isOneOfSeveral
      ? []
      : this.#ranges.filter(({ range }) => range.fixed[of] !== undefined && isFor(range, owner))
    const [by] = fixing
    if (by === undefined || fixing.some(({ range }) => range.protocol === protocol))
      return undefined
    return otherProtocol(by, of)
  }

  exactly(port: number): PortChoice | PortRefusal {
    const by = this.#matching.find(({ range }) => range.first <= port && port <= range.last)
    if (by === undefined) return this.#outside(port)
    const claim = this.#claim(by, port)
    return (
      this.#ofAnother(claim, by) ??
      this.#ephemeral(port) ??
      quotaRefusal(this.#wish.owner, by, this.#parts) ??
      this.#taken(claim) ??
      this.#choice(claim, by)
    )
  }

  any(): PortChoice | PortRefusal {
    let why: PortRefusal | undefined
    for (const by of this.#matching) {
      const fixed = this.#fixedIn(by)
      if (fixed !== undefined) return this.exactly(fixed)
      const full = quotaRefusal(this.#wish.owner, by, this.#parts)
      const choice = full === undefined ? this.#search(by) : undefined
      if (choice !== undefined) return choice
      why ??= full ?? rangeFull(by, this.#parts.table)
    }
    return why ?? refusal('not-allowed', 'No range of ports takes this claim.', false)
  }

  /** What is fixed is the service's: one of several starts has any port, and their front has that one. */
  #fixedIn({ range }: RuledRange): number | undefined {
    const { owner } = this.#wish
    return this.#isOneOfSeveral ? undefined : range.fixed[printServicePort(owner)]
  }

  get #isOneOfSeveral(): boolean {
    return this.#wish.owner.instance !== undefined && this.#wish.front === undefined
  }

  #search(by: RuledRange): PortChoice | undefined {
    const { first, last } = by.range
    const { owner, protocol = 'tcp' } = this.#wish
    const previous = this.#parts.table.lastPort(owner, protocol)
    if (previous !== undefined && previous >= first && previous <= last) {
      const choice = this.#try(by, previous, 'own-cooling')
      if (choice !== undefined) return choice
    }
    // Only when nothing else is left is an instance given what another one of its service just had.
    return this.#probe(by, 'none-cooling') ?? this.#probe(by, 'own-cooling')
  }

  #probe(by: RuledRange, which: 'none-cooling' | 'own-cooling'): PortChoice | undefined {
    const { first, last } = by.range
    const count = last - first + 1
    const start = startOf(this.#wish.owner, count, this.#parts.salt)
    for (let step = 0; step < count; step++) {
      const choice = this.#try(by, first + ((start + step) % count), which)
      if (choice !== undefined) return choice
    }
    return undefined
  }

  #try(
    by: RuledRange,
    port: number,
    which: 'none-cooling' | 'own-cooling',
  ): PortChoice | undefined {
    const claim = this.#claim(by, port)
    if (unfitness(port) !== undefined || this.#ephemeral(port) !== undefined) return undefined
    const isTaken = this.#parts.table.inTheWayOf(claim).length > 0
    if (isTaken && which === 'none-cooling') return undefined
    if (this.#taken(claim) !== undefined) return undefined
    if (this.#ofAnother(claim, by) !== undefined) return undefined
    return this.#choice(claim, by)
  }

  #claim({ range }: RuledRange, port: number): PortClaim {
    const { protocol = 'tcp', addresses = range.addresses } = this.#wish
    return { protocol, addresses, port }
  }

  #choice(claim: PortClaim, by: RuledRange): PortChoice {
    return { verdict: 'chosen', claim, by, cooling: this.#parts.table.inTheWayOf(claim) }
  }

  /** Somebody has it: by our record, by a claim under way, or by the kernel's word. */
  #taken(claim: PortClaim): PortRefusal | undefined {
    const { table, circumstances } = this.#parts
    const other = table.inTheWayOf(claim).find((lease) => !this.#mayFollow(lease))
    if (other !== undefined) return inTheWay(other)
    if (this.#parts.pending.isInTheWayOf(claim)) {
      return refusal('taken', `${claim.port} is being leased to somebody in this moment.`, true)
    }
    const refused = circumstances.refused.get(portKey(claim.protocol, claim.port))
    return refused === undefined ? undefined : heldByKernel(claim, refused, table.past(claim.port))
  }

  /** Only what serves the very same thing may have a port that is still cooling. */
  #mayFollow(lease: PortLease): boolean {
    return lease.state === 'cooling' && servingKey(lease.owner) === servingKey(this.#wish.owner)
  }

  /** It is fixed for another service, or lies in a contract's range that is not for this owner. */
  #ofAnother(claim: PortClaim, by: RuledRange): PortRefusal | undefined {
    const { owner } = this.#wish
    const isAsked = this.#wish.port === claim.port
    const mine = isAsked || !this.#isOneOfSeveral ? printServicePort(owner) : undefined
    for (const { range, rule } of [...this.#ranges, by]) {
      const fixed = Object.entries(range.fixed).find(([, port]) => port === claim.port)
      if (fixed === undefined || fixed[0] === mine || range.protocol !== claim.protocol) continue
      return refusal(
        'fixed',
        `${claim.port} is fixed for ${fixed[0]} by ${printRule(rule)}.`,
        false,
      )
    }
    const at = rangeAt(this.#ranges, claim)
    if (at === undefined || this.#matching.some(({ range }) => range === at.range)) return undefined
    return this.#notFor(claim.port, at)
  }

  #outside(port: number): PortRefusal {
    const { protocol = 'tcp' } = this.#wish
    const at = rangeAt(this.#ranges, { protocol, port })
    if (at !== undefined) return this.#notFor(port, at)
    const spans = this.#matching.map(({ range, rule }) => {
      return `${range.first}-${range.last} (${printRule(rule)})`
    })
    const sentence = `${port} is in no range for this claim; it may have one of ${spans.join(', ')}.`
    return refusal('not-allowed', sentence, false)
  }

  #notFor(port: number, by: RuledRange): PortRefusal {
    const { range, rule } = by
    if (isFor(range, this.#wish.owner) && !mayClaim(range, this.#wish)) {
      return notYours(by, this.#wish)
    }
    const sentence = `${port} is in ${printRule(rule)}, which is for ${printFor(range)}.`
    return refusal('not-allowed', sentence, false)
  }

  #ephemeral(port: number): PortRefusal | undefined {
    const { circumstances } = this.#parts
    const { ephemeral } = circumstances
    if (ephemeral === undefined || !isEphemeral(port, circumstances)) return undefined
    return refusal('ephemeral', printEphemeral(port, ephemeral), false)
  }
}
