/**
 * Ledgers that stand above another one and change what appending does; reading passes through.
 */
import type { Fault } from '../core/fault/fault.ts'
import type { Append, Ledger, Recorded, Snapshot } from '../seams/ledger.ts'

/** A ledger as the one below. */
export class LedgerAbove implements Ledger {
  readonly #below: Ledger

  constructor(below: Ledger) {
    this.#below = below
  }

  append(append: Append): Promise<readonly Recorded[]> {
    return this.#below.append(append)
  }

  read(stream: string, after?: number): AsyncIterable<Recorded> {
    return this.#below.read(stream, after)
  }

  readAll(after?: number): AsyncIterable<Recorded> {
    return this.#below.readAll(after)
  }

  streams(): ReturnType<Ledger['streams']> {
    return this.#below.streams()
  }

  saveSnapshot(snapshot: Snapshot): Promise<void> {
    return this.#below.saveSnapshot(snapshot)
  }

  loadSnapshot(stream: string): ReturnType<Ledger['loadSnapshot']> {
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

  verify(): ReturnType<Ledger['verify']> {
    return this.#below.verify()
  }

  close(): Promise<void> {
    return this.#below.close()
  }
}

/** A ledger that is damaged: it may be looked at and proved broken, but nothing is added to it. */
export class DamagedLedger extends LedgerAbove {
  readonly damage: Fault

  constructor(below: Ledger, damage: Fault) {
    super(below)
    this.damage = damage
  }

  override append(): Promise<readonly Recorded[]> {
    return Promise.reject(this.damage)
  }

  override checkHealth(): ReturnType<Ledger['checkHealth']> {
    return Promise.reject(this.damage)
  }

  override async saveSnapshot(): Promise<void> {
    // A snapshot of what may be wrong would hide that it is.
  }
}
