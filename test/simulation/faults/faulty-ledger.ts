/** A ledger whose store is slow, loses writes before or after they got through, and is unreadable. */

import type { FaultCodeName } from '../../../src/core/fault/codes.ts'
import { Fault } from '../../../src/core/fault/fault.ts'
import type {
  Append,
  Ledger,
  Recorded,
  Snapshot,
  StreamSummary,
  Verification,
} from '../../../src/seams/ledger.ts'
import type { SimulatedClock } from '../simulated-clock.ts'
import type { Faults } from './faults.ts'

/** Puts faults between an engine and its ledger. */
export class FaultyLedger implements Ledger {
  /** Called after every write that got through, before the writer is told. */
  onWritten: (append: Append) => void = () => undefined
  readonly #below: Ledger
  readonly #clock: SimulatedClock
  readonly #faults: Faults
  readonly #isWriterAlive: () => boolean
  /** Appends of one stream resolve in the order they were made. */
  readonly #last = new Map<string, Promise<unknown>>()

  constructor(options: {
    readonly below: Ledger
    readonly clock: SimulatedClock
    readonly faults: Faults
    readonly isWriterAlive: () => boolean
  }) {
    this.#below = options.below
    this.#clock = options.clock
    this.#faults = options.faults
    this.#isWriterAlive = options.isWriterAlive
  }

  append(append: Append): Promise<readonly Recorded[]> {
    const before = this.#last.get(append.stream) ?? Promise.resolve()
    const made = before.then(() => this.#append(append))
    this.#last.set(
      append.stream,
      made.catch(() => undefined),
    )
    return made
  }

  async #append(append: Append): Promise<readonly Recorded[]> {
    const faults = this.#faults
    await this.#delay()
    // What a process had not handed over when it was killed is never written.
    if (!this.#isWriterAlive()) return new Promise(() => undefined)
    if (faults.strikes('ledger-loses-before', 10)) throw fault('ledger-unavailable', append.stream)
    if (faults.strikes('ledger-conflicts', 10)) throw fault('ledger-conflict', append.stream)
    const recorded = await this.#below.append(append)
    this.onWritten(append)
    await this.#delay()
    if (faults.strikes('ledger-loses-after', 10)) throw fault('ledger-unavailable', append.stream)
    return recorded
  }

  async *read(stream: string, after?: number): AsyncIterable<Recorded> {
    this.#assertReadable(stream)
    yield* this.#below.read(stream, after)
  }

  async *readAll(after?: number): AsyncIterable<Recorded> {
    this.#assertReadable('all')
    yield* this.#below.readAll(after)
  }

  async streams(): Promise<readonly StreamSummary[]> {
    this.#assertReadable('streams')
    return this.#below.streams()
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#assertReadable('snapshot')
    return this.#below.saveSnapshot(snapshot)
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    this.#assertReadable('snapshot')
    return this.#below.loadSnapshot(stream)
  }

  onAppended(listener: (stream: string | undefined) => void): () => void {
    return this.#below.onAppended(listener)
  }

  checkHealth(): ReturnType<Ledger['checkHealth']> {
    return this.#below.checkHealth()
  }

  end(): Promise<number> {
    return this.#below.end()
  }

  checkpointAt(position: number): ReturnType<Ledger['checkpointAt']> {
    return this.#below.checkpointAt(position)
  }

  checkpoint(): Promise<void> {
    return this.#below.checkpoint()
  }

  verify(): Promise<Verification> {
    return this.#below.verify()
  }

  close(): Promise<void> {
    return this.#below.close()
  }

  async #delay(): Promise<void> {
    if (this.#faults.strikes('ledger-is-slow', 30)) {
      const isVerySlow = this.#faults.strikes('ledger-is-slow', 10)
      await this.#clock.pause(this.#faults.between(1, isVerySlow ? 20_000 : 300))
    }
  }

  #assertReadable(subject: string): void {
    if (this.#faults.strikes('ledger-is-unreadable', 20)) {
      throw fault('ledger-unavailable', subject)
    }
  }
}

function fault(code: FaultCodeName, subject: string): Fault {
  return new Fault({ code, operation: 'use ledger', subject, hint: 'it is simulated.' })
}
