/**
 * The record of ports: a table in memory, and a stream of the ledger that it is the fold of. There is
 * one writer: whoever holds the workspace's lock. What is recorded is seen at once, and answered for
 * only once it is durable; whatever comes together shares one append.
 */
import { Fault } from '../core/fault/fault.ts'
import { isPortEntry, type PortEntry } from '../core/port/port-entries.ts'
import { PortTable, type PortTableImage } from '../core/port/port-table.ts'
import type { Clock } from '../seams/clock.ts'
import type { Ledger } from '../seams/ledger.ts'

/** Of the fold: another version ignores snapshots. */
const FOLD_VERSION = 5

/** A snapshot is kept after so many entries. */
const SNAPSHOT_EVERY = 2_000

/** How long a store that cannot be read is left alone. @unit ms */
const AGAIN_MS = 500

/** Where it is kept. */
export interface PortLedgerOptions {
  readonly ledger: Ledger
  readonly stream: string
  readonly clock: Clock
  /** The store failed: the table was read again, and what was not durable is gone from it. */
  onReloaded(cause: unknown): void
  /** What failed without any loss: the table could not be read again yet, no snapshot be kept. */
  onTrouble(error: unknown): void
}

interface Waiting {
  readonly entries: readonly (PortEntry & { readonly atMs: number })[]
  readonly resolve: () => void
  readonly reject: (cause: unknown) => void
}

/** The table and its stream. */
export class PortLedger {
  readonly #options: PortLedgerOptions
  readonly #listeners = new Set<() => void>()
  #table = new PortTable()
  #sequence = 0
  #snapshotAt = 0
  #index = 0
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #isReloading = false
  #isSettling = false
  /** Ends the pause before the next reading. */
  #wake: (() => void) | undefined

  private constructor(options: PortLedgerOptions) {
    this.#options = options
  }

  /** Reads what there is. */
  static async open(options: PortLedgerOptions): Promise<PortLedger> {
    const ledger = new PortLedger(options)
    await ledger.#load()
    return ledger
  }

  get table(): PortTable {
    return this.#table
  }

  /** Counts every change. */
  get index(): number {
    return this.#index
  }

  /** @returns stops telling; idempotent */
  onChanged(listener: () => void): () => void {
    // A function of its own, so that the same listener may be told twice.
    const told = (): void => listener()
    this.#listeners.add(told)
    return () => this.#listeners.delete(told)
  }

  /**
   * Takes entries up at once; resolves when they are durable.
   *
   * @throws ports-unavailable when the store cannot be written; then none of them counts
   */
  async record(entries: readonly PortEntry[]): Promise<void> {
    if (entries.length === 0) return
    if (this.#isReloading) throw this.#unavailable(undefined)
    const atMs = this.#options.clock.nowMs()
    for (const entry of entries) this.#table.apply(entry, atMs)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ entries: entries.map((entry) => ({ ...entry, atMs })), resolve, reject })
    this.#writing ??= this.#write()
    await promise
  }

  /** Waits for what is under way, but for no store that is away. To be called last. */
  async settle(): Promise<void> {
    this.#isSettling = true
    this.#wake?.()
    await this.#writing
  }

  async #write(): Promise<void> {
    // Whatever is recorded in the same turn goes along.
    await Promise.resolve()
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting
        this.#waiting = []
        await this.#writeBatch(batch)
      }
    } finally {
      // In the same breath as the last look: what comes later begins anew.
      this.#writing = undefined
    }
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const entries = batch.flatMap((one) => one.entries)
    try {
      const { ledger, stream } = this.#options
      await ledger.append({ stream, after: this.#sequence, entries })
    } catch (cause) {
      await this.#fail(batch, cause)
      return
    }
    this.#sequence += entries.length
    for (const { resolve } of batch) resolve()
    this.#tell()
    await this.#keepSnapshot()
  }

  /** What could not be written never was: the table is read again, and nothing recorded until then. */
  async #fail(batch: readonly Waiting[], cause: unknown): Promise<void> {
    this.#isReloading = true
    for (const { reject } of [...batch, ...this.#waiting]) reject(this.#unavailable(cause))
    this.#waiting = []
    if (!(await this.#reload())) return
    this.#isReloading = false
    this.#tell()
    this.#options.onReloaded(cause)
  }

  /** @returns false when it was given up */
  async #reload(): Promise<boolean> {
    for (let tries = 1; !this.#isSettling; tries += 1) {
      try {
        await this.#load()
        return true
      } catch (error) {
        if (tries === 1) this.#options.onTrouble(error)
      }
      await this.#pause()
    }
    return false
  }

  #pause(): Promise<void> {
    if (this.#isSettling) return Promise.resolve()
    const { clock } = this.#options
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = clock.wakeAt(clock.nowMs() + AGAIN_MS, resolve)
    this.#wake = () => {
      timer.cancel()
      resolve()
    }
    return promise
  }

  async #load(): Promise<void> {
    const { ledger, stream } = this.#options
    const snapshot = await ledger.loadSnapshot(stream)
    const isUsable = snapshot?.foldVersion === FOLD_VERSION
    const table = isUsable
      ? PortTable.of(JSON.parse(snapshot.state) as PortTableImage)
      : new PortTable()
    const from = isUsable ? snapshot.sequence : 0
    let last = from
    for await (const { entry, sequence } of ledger.read(stream, from)) {
      if (isPortEntry(entry)) table.apply(entry, entry.atMs)
      last = sequence
    }
    this.#snapshotAt = from
    this.#sequence = last
    this.#table = table
  }

  async #keepSnapshot(): Promise<void> {
    // While more waits the table is ahead of the stream.
    if (this.#waiting.length > 0 || this.#sequence - this.#snapshotAt < SNAPSHOT_EVERY) return
    this.#snapshotAt = this.#sequence
    const { ledger, stream } = this.#options
    const state = JSON.stringify(this.#table.image())
    const snapshot = { stream, sequence: this.#sequence, foldVersion: FOLD_VERSION, state }
    // It only saves time: without it the stream is read from further back.
    await ledger.saveSnapshot(snapshot).catch((error) => this.#options.onTrouble(error))
  }

  #tell(): void {
    this.#index += 1
    for (const listener of [...this.#listeners]) listener()
  }

  #unavailable(cause: unknown): Fault {
    return new Fault({
      code: 'ports-unavailable',
      operation: 'record what becomes of ports',
      subject: this.#options.stream,
      hint: cause instanceof Error ? cause.message : 'The record is being read again; try again.',
      ...(cause === undefined ? {} : { cause }),
    })
  }
}
