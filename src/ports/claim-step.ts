/** One wish on its way to a lease, and what is made of it at each turn. */
import { isDeepStrictEqual } from 'node:util'
import type { PortChoice } from '../core/port/choose-port.ts'
import type { PendingPort } from '../core/port/pending-ports.ts'
import type { PortClaim } from '../core/port/port-claim.ts'
import type { PortEntry } from '../core/port/port-entries.ts'
import type { PortLease } from '../core/port/port-lease.ts'
import { ownerKey, printOwner } from '../core/port/port-owner.ts'
import { refusal } from '../core/port/port-refusals.ts'
import { isUsable, isWaiting } from '../core/port/port-states.ts'
import { printRule } from '../core/port/port-table.ts'
import { TTL_MS } from '../core/port/port-wish.ts'
import type { PortGrant, PortRefusal, PortWish } from '../seams/port-broker.ts'

/** A claim that waits for its answer. */
export interface Ask {
  readonly wishes: readonly PortWish[]
  readonly resolve: (grant: PortGrant) => void
  readonly reject: (cause: unknown) => void
}

/** One wish: what was chosen for it, then how it is held, then its lease. */
export interface Step {
  readonly wish: PortWish
  choice?: PortChoice | undefined
  pending?: PendingPort | undefined
  /** Of the lease that it will be. */
  id?: string | undefined
  token?: number | undefined
  state?: 'held' | 'reserved' | undefined
  lease?: PortLease | undefined
}

/** A claim that is carried out: all of its steps, or a refusal. */
export interface Work {
  readonly ask: Ask
  readonly steps: readonly Step[]
  refusal?: PortRefusal | undefined
}

/** A claim, about to be carried out. */
export function workOf(ask: Ask): Work {
  const owners = new Set<string>()
  const steps = ask.wishes.map((wish): Step => ({ wish }))
  for (const { owner } of ask.wishes) {
    const key = ownerKey(owner)
    if (owners.has(key)) {
      const sentence = `${printOwner(owner)} is asked for twice in one claim; give each port a name.`
      return { ask, steps, refusal: refusal('repeated', sentence, false) }
    }
    owners.add(key)
  }
  return { ask, steps }
}

/** Whether something is still to be chosen or held for it. */
export function isOpen({ lease, state }: Step): boolean {
  return lease === undefined && state === undefined
}

/** The holds that were made. */
export function idsOf(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ id, state }) => (id === undefined || state !== 'held' ? [] : [id]))
}

/**
 * What the owner has already: the same claim, made again; a refusal when it wants something else. What
 * its contract would not grant any more stands beside the new one, and is in nobody's way; but a front
 * stays where it is, since whoever carries it can listen at one place alone.
 */
export function usableLease(
  { owner, port, protocol = 'tcp', front }: PortWish,
  leases: readonly PortLease[],
  isOutdated: (lease: PortLease) => boolean,
): PortLease | PortRefusal | undefined {
  const usable = leases.find(
    (lease) =>
      lease.claim.protocol === protocol &&
      isUsable(lease.state) &&
      (lease.front !== undefined || !isOutdated(lease)),
  )
  if (front !== undefined && usable?.front === undefined && usable?.process !== undefined) {
    const sentence =
      `${printOwner(owner)} has ${usable.claim.port} itself (process ${usable.process.pid}), so that ` +
      'it cannot be its front; bring it down before.'
    return refusal('taken', sentence, true)
  }
  if (usable === undefined || port === undefined || usable.claim.port === port) return usable
  const sentence =
    `${printOwner(owner)} has ${usable.claim.port} (${usable.id}, ${usable.state}); ` +
    `release that before it is given ${port}.`
  return refusal('other-port', sentence, false)
}

/** What is recorded when a wish is made again: it lasts as long again, or is a front from now on. */
export function renewal({ wish, lease }: Step, nowMs: number): readonly PortEntry[] {
  if (wish.front !== undefined && lease !== undefined && lease.front === undefined) {
    const { front: as, ramp, tls } = wish
    const front = {
      as,
      ...(ramp === undefined ? {} : { ramp }),
      ...(tls === undefined ? {} : { tls }),
    }
    const because = 'It was held for the service, and is its front from now on.'
    return [{ type: 'port.moved', lease: lease.id, to: lease.state, because, front }]
  }
  if (wish.tls !== undefined && lease?.front !== undefined) {
    if (isDeepStrictEqual(wish.tls, lease.tls)) return []
    const front = { as: lease.front, tls: wish.tls }
    const because = 'Its TLS comes from other files from now on.'
    return [{ type: 'port.moved', lease: lease.id, to: lease.state, because, front }]
  }
  if (lease === undefined || !isWaiting(lease.state)) return []
  const { ttlMs = TTL_MS, giving = lease.giving } = wish
  const expiresAtMs = nowMs + ttlMs
  if (giving !== lease.giving && lease.front === undefined) {
    const because =
      giving === 'descriptor'
        ? 'It was given by its number, and is inherited from now on.'
        : 'It was inherited, and is given by its number from now on.'
    const term = lease.expiresAtMs === undefined ? {} : { expiresAtMs }
    return [{ type: 'port.moved', lease: lease.id, to: lease.state, because, giving, ...term }]
  }
  if (lease.expiresAtMs === undefined) return []
  // Who asks every second shall not fill the record.
  if (expiresAtMs - lease.expiresAtMs < ttlMs / 4) return []
  const because = 'It was asked for again.'
  return [{ type: 'port.moved', lease: lease.id, to: lease.state, because, expiresAtMs }]
}

/** The lease that a step has become; undefined when it is an older one. */
export function leaseOf(step: Step, nowMs: number): PortLease | undefined {
  const { wish, choice, id, token, state } = step
  if (choice === undefined || id === undefined || token === undefined) return undefined
  if (state === undefined) return undefined
  const { giving = 'number', ttlMs = TTL_MS, owner, front, tls, ramp, isLasting } = wish
  const { rule } = choice.by
  const how =
    state === 'held'
      ? 'A socket listens on it that nobody accepts on.'
      : 'Nobody else is given it; no socket holds it.'
  return {
    id,
    claim: choice.claim,
    owner,
    state,
    token,
    rule,
    giving,
    ...(front === undefined ? {} : { front }),
    ...(tls === undefined ? {} : { tls }),
    ...(ramp === undefined ? {} : { ramp }),
    grantedAtMs: nowMs,
    changedAtMs: nowMs,
    because: `Granted by ${printRule(rule)}. ${how}`,
    ...(isLasting === true ? {} : { expiresAtMs: nowMs + ttlMs }),
  }
}

/** The system refuses for a reason that no other port would help against. */
export function systemRefusal(what: {
  readonly error: string
  readonly address: string
  readonly claim: PortClaim
  readonly leases: number
}): PortRefusal {
  const { error, address, claim, leases } = what
  if (error === 'EMFILE' || error === 'ENFILE') {
    const sentence =
      `The keeper may open no more sockets (${error}); ${leases} ports are leased. Release some, or ` +
      'raise the limit of open files (ulimit -n) where the daemon is started.'
    return refusal('no-descriptors', sentence, true)
  }
  if (error === 'EINVAL') {
    const sentence = `${address} is no literal address to listen on; write one like 127.0.0.1 or ::1.`
    return refusal('address', sentence, false)
  }
  const sentence = `The system does not let ${address} port ${claim.port} be held: ${error}.`
  return refusal('system', sentence, true)
}
