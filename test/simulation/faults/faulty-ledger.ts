/** A ledger whose store is slow, loses writes before or after they got through, and is unreadable. */

import type { FaultCodeName } from '../../../src/core/fault/codes.ts'
import { Fault } from '../../../src/core/fault/fault.ts'
import { LedgerAbove } from '../../../src/daemon/daemon-ledger.ts'
import type {
  Append,
  Ledger,
  Recorded,
  Snapshot,
  StreamSummary,
} from '../../../src/seams/ledger.ts'
import type { SimulatedClock } from '../simulated-clock.ts'
import type { Faults } from './faults.ts'

/** Puts faults between an engine and its ledger. */
export class FaultyLedger extends LedgerAbove {
  /** Called after every write that got through, before the writer is told. */
  onWritten: (append: Append) => void = () => undefined
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
    super(options.below)
    this.#clock = options.clock
    this.#faults = options.faults
    this.#isWriterAlive = options.isWriterAlive
  }

  override append(append: Append): Promise<readonly Recorded[]> {
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
    const recorded = await super.append(append)
    this.onWritten(append)
    await this.#delay()
    if (faults.strikes('ledger-loses-after', 10)) throw fault('ledger-unavailable', append.stream)
    return recorded
  }

  override async *read(stream: string, after?: number): AsyncIterable<Recorded> {
    this.#assertReadable(stream)
    yield* super.read(stream, after)
  }

  override async *readAll(after?: number): AsyncIterable<Recorded> {
    this.#assertReadable('all')
    yield* super.readAll(after)
  }

  override async streams(): Promise<readonly StreamSummary[]> {
    this.#assertReadable('streams')
    return super.streams()
  }

  override async saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#assertReadable('snapshot')
    return super.saveSnapshot(snapshot)
  }

  override async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    this.#assertReadable('snapshot')
    return super.loadSnapshot(stream)
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
