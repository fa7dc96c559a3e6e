/**
 * Makes the sockets that are held and the leases that are recorded agree, after a broker was killed,
 * or what holds: a hold without a lease is let go of, a lease without its hold is held again, and one
 * whose port somebody took meanwhile says who.
 */
import type { PortEntry, PortMoved } from '../core/port/port-entries.ts'
import type { PortLease } from '../core/port/port-lease.ts'
import { isListenedTo, isWaiting } from '../core/port/port-states.ts'
import { TTL_MS } from '../core/port/port-wish.ts'
import type { Clock } from '../seams/clock.ts'
import type { Holding } from './holding.ts'
import type { JudgeParts } from './judging.ts'
import type { HadSocket, HoldOutcome } from './keeper/keeper-words.ts'
import { rowsOf } from './kernel/port-kernel.ts'
import type { PortLedger } from './port-ledger.ts'

/** What it is done with. */
export interface TakeUpParts extends HoldAgainParts {
  readonly log: (line: string) => void
}

/** What holding again is done with. */
export interface HoldAgainParts {
  readonly record: PortLedger
  readonly holding: Holding
  readonly clock: Clock
  readonly judgeParts: JudgeParts
}

/** Holds again what was lost, and records what cannot be held any more. */
export async function takeUp(parts: TakeUpParts): Promise<void> {
  const { record, holding, clock, log } = parts
  const leases = new Map(record.table.leases().map((lease) => [lease.id, lease]))
  const strange = await holding.takeOver(leases)
  if (strange.length > 0) log(`Let go of ${strange.length} ports that were promised to nobody.`)
  const all = [...leases.values()]
  const loose = all.filter((lease) => mayNotHold(lease) && holding.inodesOf(lease.id) !== undefined)
  await holding.letGo(loose.map(({ id }) => id))
  const missing = all.filter((lease) => isMissing(lease, holding))
  const nowMs = clock.nowMs()
  const entries = await heldEntries(missing, parts)
  const told = new Set(entries.map(({ lease }) => lease))
  const waiting = all.filter(({ id, state }) => isWaiting(state) && !told.has(id))
  await record.record([...entries, ...waiting.flatMap((lease) => extension(lease, nowMs))])
  const again = missing.filter(({ id }) => holding.inodesOf(id) !== undefined).length
  if (again > 0) log(`Held ${again} ports again.`)
  if (again < missing.length) log(`${missing.length - again} ports could not be held again.`)
}

/** Holds again those of these that no socket holds, and records what cannot be held any more. */
export async function holdAgain(ids: readonly string[], parts: HoldAgainParts): Promise<void> {
  const { record, holding } = parts
  const waiting = (): readonly PortLease[] =>
    ids.flatMap((id) => record.table.lease(id) ?? []).filter(isNobodys)
  const missing = waiting().filter((lease) => isMissing(lease, holding))
  const entries = await heldEntries(missing, parts)
  // Meanwhile one may have been given to somebody, or back.
  const still = new Set(waiting().map(({ id }) => id))
  await holding.letGo(missing.map(({ id }) => id).filter((id) => !still.has(id)))
  await record.record(entries.filter(({ lease }) => still.has(lease)))
}

function isNobodys({ state, process }: PortLease): boolean {
  return state === 'quarantined' || (state === 'held' && process === undefined)
}

function isMissing(lease: PortLease, holding: Holding): boolean {
  return mustHold(lease) && holding.inodesOf(lease.id) === undefined
}

async function heldEntries(
  missing: readonly PortLease[],
  parts: HoldAgainParts,
): Promise<readonly PortMoved[]> {
  const wishes = missing.map((lease) => ({
    id: lease.id,
    claim: lease.claim,
    had: hadBy(lease, parts.judgeParts),
  }))
  const outcomes = await parts.holding.hold(wishes)
  return missing.flatMap((lease, place) => {
    const outcome = outcomes[place]
    return outcome === undefined ? [] : outcomeEntries(lease, outcome, parts)
  })
}

/** The sockets that whoever inherited them has still. */
function hadBy(lease: PortLease, { kernel, keeperPid }: JudgeParts): readonly HadSocket[] {
  if (lease.giving !== 'descriptor' || !isListenedTo(lease.state)) return []
  const rows = rowsOf(lease.claim, kernel.listening() ?? new Map())
  const holders = kernel.holders(rows, lease, keeperPid)
  return rows.flatMap(({ inode }, place): readonly HadSocket[] => {
    const { isOwn = false, pid, address = '' } = holders[place] ?? {}
    return isOwn && pid !== undefined ? [{ address, inode, pid }] : []
  })
}

/** A hold stands for it as long as nobody has it, and, when it is inherited, as long as it lives. */
function mustHold({ state, giving }: PortLease): boolean {
  if (state === 'held' || state === 'quarantined') return true
  return giving === 'descriptor' && isListenedTo(state) && state !== 'draining'
}

/** Its process is to listen itself, or it is over. */
function mayNotHold({ state, giving }: PortLease): boolean {
  return state === 'cooling' || (giving === 'number' && !isWaiting(state))
}

function outcomeEntries(
  lease: PortLease,
  outcome: HoldOutcome,
  { holding, judgeParts, clock }: HoldAgainParts,
): readonly PortMoved[] {
  const moved = { type: 'port.moved', lease: lease.id } as const
  // What lasts until it is given back does so in every state.
  const term = lease.expiresAtMs === undefined ? {} : { expiresAtMs: clock.nowMs() + TTL_MS }
  const isQuarantined = lease.state === 'quarantined'
  if ('inodes' in outcome) {
    const because = 'It is free again, and a socket holds it.'
    if (isQuarantined) return [{ ...moved, to: 'held', because, ...term }]
    return lease.because === LOST ? [{ ...moved, to: lease.state, because: HELD_AGAIN }] : []
  }
  if (lease.state !== 'held' && !isQuarantined) return servedOn(lease)
  const { holder, sentence } = holding.whyNot(lease.claim, outcome.error)
  if (holder !== undefined) {
    const isOwner = holder.pid !== undefined && holder.pid === lease.process?.pid
    if (isOwner && lease.process !== undefined && judgeParts.kernel.isAlive(lease.process)) {
      const because = `Process ${holder.pid} has it, as the kernel says.`
      return [{ ...moved, to: 'assigned', because }]
    }
    const because = `While nothing held it, somebody took it: ${sentence ?? ''}`.trim()
    return [{ ...moved, to: 'stolen', because, thief: holder }]
  }
  const because = `No socket could be held again (${outcome.error}). ${sentence ?? ''}`.trim()
  if (outcome.error !== 'EADDRINUSE') return [{ ...moved, to: 'reserved', because, ...term }]
  return isQuarantined ? [] : [{ ...moved, to: 'quarantined', because, ...term }]
}

const LOST = 'What held its socket has ended: its process serves on, and no other can be given it.'
const HELD_AGAIN = 'Its socket is held again, beside its process.'

/** Who inherited its socket has it still, and no copy of that could be had. */
function servedOn({ id, state, because }: PortLease): readonly PortMoved[] {
  return because === LOST ? [] : [{ type: 'port.moved', lease: id, to: state, because: LOST }]
}

/** While there was no daemon, nobody could ask for it again. */
function extension(lease: PortLease, nowMs: number): readonly PortEntry[] {
  const { expiresAtMs, id, state, because } = lease
  if (expiresAtMs === undefined || expiresAtMs - nowMs > TTL_MS / 2) return []
  return [{ type: 'port.moved', lease: id, to: state, because, expiresAtMs: nowMs + TTL_MS }]
}
