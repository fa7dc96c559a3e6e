/**
 * Keeps the record true to the kernel: looks who listens on leased ports, soon and often while a
 * process was just given one, now and then otherwise. Never more than a tenth of the time.
 */
import { performance } from 'node:perf_hooks'
import type { PortEntry } from '../core/port/port-entries.ts'
import type { PortLease } from '../core/port/port-lease.ts'
import type { Clock, Timer } from '../seams/clock.ts'
import { type JudgeParts, judge, rowsBeside, type Verdict } from './judging.ts'
import type { Listening, PortKernel } from './kernel/port-kernel.ts'
import type { PortLedger } from './port-ledger.ts'

/** The shortest and the longest pause while somebody is to listen soon. @unit ms */
const EAGER_MS = 4
const PATIENT_MS = 250

/** The pause when all that is leased is known to be served. @unit ms */
const CALM_MS = 2_000

/** Looking may take this share of the time. */
const SHARE = 10

/** How many leases are looked at closely at once: that costs a look at every process. */
const CLOSELY = 128

/** How many owners are asked whether they live, each time. */
const ASKED = 512

const WATCHED: ReadonlySet<PortLease['state']> = new Set([
  ...(['assigned', 'ready', 'active', 'draining'] as const),
  ...(['stolen', 'orphaned', 'quarantined'] as const),
])

/** What watching is done with. */
export interface WatchingParts {
  readonly record: PortLedger
  readonly kernel: PortKernel
  readonly clock: Clock
  judgeParts(): JudgeParts
  /** Tries whether what holds these can be had by now: no table of the kernel tells of who has them. */
  tryAgain(ids: readonly string[]): Promise<void>
  /** Something came of a look. */
  judged(leases: readonly PortLease[]): Promise<void>
  onTrouble(error: unknown): void
}

/** Looks again and again. */
export class Watching {
  readonly #parts: WatchingParts
  /** The sockets by which an owner was last seen to listen. */
  readonly #seen = new Map<string, string>()
  #timer: Timer | undefined
  #next = 0
  #costMs = 0
  #looking: Promise<void> | undefined
  #isClosed = false

  constructor(parts: WatchingParts) {
    this.#parts = parts
  }

  /** Looks soon. */
  kick(): void {
    if (this.#looking === undefined) this.#arm()
  }

  /** Looks at these now, closely. Resolves when what came of it is durable. */
  async lookNow(leases: readonly PortLease[]): Promise<void> {
    if (leases.length === 0) return
    const { kernel } = this.#parts
    const listening = kernel.listening()
    if (listening !== undefined) return await this.#judge(leases, listening)
    // A machine that does not tell who listens still tells who lives.
    const dead = leases.filter(({ process }) => process !== undefined && !kernel.isAlive(process))
    await this.#judge(dead, new Map())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#looking
  }

  #arm(): void {
    this.#timer?.cancel()
    if (this.#isClosed) return
    const pauseMs = this.#pauseMs()
    if (pauseMs === undefined) return
    const { clock } = this.#parts
    this.#timer = clock.wakeAt(clock.nowMs() + pauseMs, () => {
      this.#looking = this.#look().finally(() => {
        this.#looking = undefined
        this.#arm()
      })
    })
  }

  #pauseMs(): number | undefined {
    const nowMs = this.#parts.clock.nowMs()
    let youngestMs: number | undefined
    let isAny = false
    for (const lease of this.#parts.record.table.leases()) {
      if (!isWatched(lease)) continue
      isAny = true
      // What has just been left behind is often on its way out.
      if (lease.state !== 'assigned' && lease.state !== 'orphaned') continue
      const ageMs = Math.max(0, nowMs - lease.changedAtMs)
      youngestMs = Math.min(youngestMs ?? ageMs, ageMs)
    }
    if (!isAny) return undefined
    const wantedMs =
      youngestMs === undefined
        ? CALM_MS
        : Math.min(Math.max(EAGER_MS, youngestMs / 8), youngestMs > 60_000 ? CALM_MS : PATIENT_MS)
    return Math.max(wantedMs, this.#costMs * SHARE)
  }

  async #look(): Promise<void> {
    const beganMs = performance.now()
    try {
      await this.#tryAgain()
      const listening = this.#parts.kernel.listening()
      if (listening === undefined) return
      const leases = this.#parts.record.table.leases().filter(isWatched)
      const doubtful = this.#doubtful(leases, listening)
      const recorded = this.#judge(doubtful, listening)
      this.#costMs = performance.now() - beganMs
      await recorded
    } catch (error) {
      this.#parts.onTrouble(error)
    }
  }

  async #tryAgain(): Promise<void> {
    const leases = this.#parts.record.table.leases()
    const ids = leases.filter(({ state }) => state === 'quarantined').map(({ id }) => id)
    if (ids.length > 0) await this.#parts.tryAgain(ids)
  }

  /** Those of which the sockets have changed, or whose owner may have died. */
  #doubtful(leases: readonly PortLease[], listening: Listening): readonly PortLease[] {
    const { kernel } = this.#parts
    const parts = this.#parts.judgeParts()
    if (this.#next >= leases.length) this.#next = 0
    const from = this.#next
    this.#next += ASKED
    const doubtful = leases.filter((lease, place) => {
      const isAsked = place >= from && place < from + ASKED
      if (isAsked && lease.process !== undefined && !kernel.isAlive(lease.process)) return true
      return this.#seen.get(lease.id) !== marksOf(lease, listening, parts)
    })
    return doubtful.slice(0, CLOSELY)
  }

  async #judge(leases: readonly PortLease[], listening: Listening): Promise<void> {
    const parts = this.#parts.judgeParts()
    const entries: PortEntry[] = []
    const judged: PortLease[] = []
    for (const lease of leases) {
      const verdict: Verdict = judge(lease, listening, parts)
      this.#remember(lease, verdict, marksOf(lease, listening, parts))
      if (verdict === undefined) continue
      entries.push({ type: 'port.moved', lease: lease.id, ...verdict })
      judged.push(lease)
    }
    await this.#parts.record.record(entries)
    if (judged.length > 0) await this.#parts.judged(judged)
  }

  #remember(lease: PortLease, verdict: Verdict, marks: string): void {
    const state = verdict?.to ?? lease.state
    // An assigned one is looked at each time, until it listens.
    if (state === 'assigned' || !isWatched({ state })) this.#seen.delete(lease.id)
    else this.#seen.set(lease.id, marks)
  }
}

/** Whether the kernel has something to say on it. */
export function isWatched({ state }: Pick<PortLease, 'state'>): boolean {
  return WATCHED.has(state)
}

function marksOf(lease: PortLease, listening: Listening, parts: JudgeParts): string {
  return [...rowsBeside(lease, listening, parts), ...(parts.kernel.inside(lease) ?? [])]
    .map(({ inode }) => inode)
    .join(' ')
}
