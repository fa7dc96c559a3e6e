/**
 * What becomes of a lease by what the kernel says: who listens, and whether its process lives. Pure but
 * for looking; a verdict is what would be recorded.
 */
import type { PortMoved } from '../core/port/port-entries.ts'
import type { PortLease, PortThief } from '../core/port/port-lease.ts'
import { printThief } from '../core/port/port-refusals.ts'
import type { SocketRow } from '../seams/kernel-processes.ts'
import {
  type Listening,
  type PortHolder,
  type PortKernel,
  rowsOf,
  servedAddresses,
  thiefOf,
} from './kernel/port-kernel.ts'
import { nobodyListens, whoListens } from './publishing.ts'

/** What a judgement is made from. */
export interface JudgeParts {
  readonly kernel: PortKernel
  readonly keeperPid: number | undefined
  readonly nowMs: number
  inodesOf(leaseId: string): readonly string[] | undefined
  /** Whether its owner would be given another one now. */
  isOutdated(lease: PortLease): boolean
  /** @param isDead whether its owner has died, rather than given it back */
  coolingMsOf(lease: PortLease, isDead?: boolean): number
  /** How long a socket waits for the next start. @unit ms */
  waitingMsOf(lease: PortLease): number
}

/** What is to be recorded; undefined: nothing is new. */
export type Verdict = Omit<PortMoved, 'type' | 'lease'> | undefined

/** Who listens where the lease is, at one instant. */
export interface Sight {
  /** A process of the owner's. */
  readonly own: PortThief | undefined
  /** On which of the claim's addresses it is reached. */
  readonly servedAt: readonly string[]
  readonly stranger: PortThief | undefined
}

const NOBODY = 'Nobody listens on it any more.'

/** Judges a lease that a process has, or had. */
export function judge(lease: PortLease, listening: Listening, parts: JudgeParts): Verdict {
  const sight = look(lease, listening, parts)
  const isAlive = isOwnerAlive(lease, parts)
  if (lease.state === 'stolen') return judgeStolen(lease, sight, isAlive, parts)
  if (lease.state === 'quarantined') return sight.stranger && stolen(sight.stranger)
  if (lease.state === 'orphaned') return judgeOrphaned(lease, sight, parts)
  if (lease.state === 'assigned') return judgeAssigned(lease, sight, isAlive, parts)
  return judgeListener(lease, sight, isAlive, parts)
}

/** Of a container only its engine can say so, and whoever asks it ends the lease. */
function isOwnerAlive({ process, container }: PortLease, { kernel }: JudgeParts): boolean {
  return container !== undefined || (process !== undefined && kernel.isAlive(process))
}

/** The sockets of a lease's port that are not the keeper's alone. */
export function rowsBeside(
  lease: PortLease,
  listening: Listening,
  parts: Pick<JudgeParts, 'inodesOf'>,
): readonly SocketRow[] {
  const held = new Set(parts.inodesOf(lease.id) ?? [])
  const rows = rowsOf(lease.claim, listening)
  // What is inherited is one socket, the keeper's and the process's.
  return lease.giving === 'descriptor' ? rows : rows.filter(({ inode }) => !held.has(inode))
}

/** Looks at who listens where a lease is. */
export function look(
  lease: PortLease,
  listening: Listening,
  parts: Pick<JudgeParts, 'kernel' | 'keeperPid' | 'inodesOf'>,
): Sight {
  const held = new Set(parts.inodesOf(lease.id) ?? [])
  const rows = rowsBeside(lease, listening, parts)
  const holders = parts.kernel.holders(rows, lease, parts.keeperPid)
  const [own, servedAt] = servingOf(lease, holders, parts.kernel)
  const stranger = holders.find(({ isOwn }, place) => {
    return !isOwn && !held.has(rows[place]?.inode ?? '')
  })
  return { own, servedAt, stranger: stranger && thiefOf(stranger) }
}

/** Who serves of the owner's, and where one gets to them. */
function servingOf(
  lease: PortLease,
  holders: readonly PortHolder[],
  kernel: PortKernel,
): readonly [PortThief | undefined, readonly string[]] {
  const own = holders.find(({ isOwn }) => isOwn)
  const servedAt = servedAddresses(lease.claim, holders)
  const inside = kernel.inside(lease)
  // Of a container it is the program in there that counts, whoever leads to it.
  if (inside?.length === 0) return [undefined, servedAt]
  if (own !== undefined || inside === undefined) return [own && thiefOf(own), servedAt]
  const [address = ''] = lease.claim.addresses
  return [{ address }, [address]]
}

function judgeAssigned(
  lease: PortLease,
  { own, servedAt, stranger }: Sight,
  isAlive: boolean,
  parts: JudgeParts,
): Verdict {
  if (stranger !== undefined) return stolen(stranger)
  if (own !== undefined) return isAlive ? ready(lease, own, servedAt) : orphaned(own)
  return isAlive ? undefined : dead(lease, parts)
}

function judgeOrphaned(lease: PortLease, { own }: Sight, parts: JudgeParts): Verdict {
  if (own !== undefined) return undefined
  return waiting(lease, NOBODY, parts) ?? gone(lease, parts)
}

function judgeListener(
  lease: PortLease,
  { own, servedAt, stranger }: Sight,
  isAlive: boolean,
  parts: JudgeParts,
): Verdict {
  const { state } = lease
  if (own !== undefined && !isAlive) return orphaned(own)
  if (own !== undefined) return serving(lease, servedAt, stranger)
  if (stranger !== undefined) return stolen(stranger)
  if (!isAlive) return dead(lease, parts)
  // What is draining may close its socket first and finish what it has.
  if (state === 'draining') return undefined
  return { to: 'assigned', because: nobodyListens(lease) }
}

/** It serves, and somebody else listens on another address of the same port: told, not taken away. */
function beside(lease: PortLease, stranger: PortThief | undefined): Verdict {
  if (stranger?.pid === lease.thief?.pid && stranger?.address === lease.thief?.address) {
    return undefined
  }
  if (stranger === undefined) {
    return { to: lease.state, because: 'Nobody else listens beside it any more.' }
  }
  const because = `Beside its process, ${printThief(stranger)}`
  return { to: lease.state, because, thief: stranger }
}

/** It serves; perhaps on other addresses than before, or with somebody else beside it. */
function serving(
  lease: PortLease,
  servedAt: readonly string[],
  stranger: PortThief | undefined,
): Verdict {
  const news = beside(lease, stranger)
  if ((lease.servedAt ?? lease.claim.addresses).join() === servedAt.join()) return news
  const because = `Its process listens on ${servedAt.join(' and ')}.`
  const thief = stranger === undefined ? {} : { thief: stranger }
  return { to: lease.state, because, ...thief, ...news, servedAt }
}

function judgeStolen(
  lease: PortLease,
  { own, servedAt, stranger }: Sight,
  isAlive: boolean,
  parts: JudgeParts,
): Verdict {
  if (stranger !== undefined) return undefined
  if (own !== undefined && isAlive) return ready(lease, own, servedAt)
  if (isAlive) return { to: 'assigned', because: 'Who had taken it is gone; its owner lives.' }
  return gone(lease, parts)
}

function ready(lease: PortLease, own: PortThief, servedAt: readonly string[]): Verdict {
  return { to: 'ready', because: whoListens(lease, own), servedAt }
}

function stolen(thief: PortThief): Verdict {
  return { to: 'stolen', because: `It was leased, but ${printThief(thief)}`, thief }
}

function orphaned(left: PortThief): Verdict {
  const because = `Its process has ended, but what it left behind goes on: ${printThief(left)}`
  return { to: 'orphaned', because, thief: left }
}

/** Proved dead: not that process any more, and nothing of it listens. */
function dead(lease: PortLease, parts: JudgeParts): Verdict {
  const because = `Process ${lease.process?.pid ?? '?'} has ended, and nothing of it listens.`
  return waiting(lease, because, parts) ?? { ...cooled(lease, parts, true), because }
}

/** Its socket is there all the time: whoever connects waits for the next start. Undefined: none is to come. */
function waiting(lease: PortLease, because: string, parts: JudgeParts): Verdict {
  const isHeld = (parts.inodesOf(lease.id)?.length ?? 0) > 0
  if (lease.giving !== 'descriptor' || !isHeld || !hasNext(lease, parts)) return undefined
  const expiresAtMs = parts.nowMs + parts.waitingMsOf(lease)
  return { to: 'held', because: `${because} The socket waits for the next.`, expiresAtMs }
}

/**
 * Whether another start may come to its socket: a port of one start alone ends with that, and where its
 * contract gives another port now, the next one is there.
 */
function hasNext(lease: PortLease, { isOutdated }: JudgeParts): boolean {
  const { state, owner, front } = lease
  if (state === 'draining') return false
  return front !== undefined || (owner.instance === undefined && !isOutdated(lease))
}

function gone(lease: PortLease, parts: JudgeParts): Verdict {
  return { ...cooled(lease, parts), because: NOBODY }
}

function cooled(
  lease: PortLease,
  { nowMs, coolingMsOf }: JudgeParts,
  isDead = false,
): { readonly to: 'cooling'; readonly coolUntilMs: number } {
  return { to: 'cooling', coolUntilMs: nowMs + coolingMsOf(lease, isDead) }
}
