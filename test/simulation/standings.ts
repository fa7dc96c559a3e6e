/** How every ramp stands by the ledger alone. */
import type { WatchedLedger } from './faults/watched-ledger.ts'

/** How one ramp stands. */
export interface Standing {
  readonly ramp: string
  readonly name: string
  is: 'moving' | 'held' | 'ended'
  /** Whether it goes on by itself until somebody ends it. */
  isEndless: boolean
}

/** Reads on in the ledger, entry by entry. */
export class Standings {
  readonly #ledger: WatchedLedger
  readonly #ramps = new Map<string, Standing>()
  #read = 0

  constructor(ledger: WatchedLedger) {
    this.#ledger = ledger
  }

  /** Every ramp, oldest first. */
  all(): readonly Standing[] {
    this.look()
    return [...this.#ramps.values()]
  }

  /** Whether every ramp has ended or holds. */
  areAtRest(): boolean {
    return this.all().every((standing) => standing.is !== 'moving' || standing.isEndless)
  }

  /** Reads what was recorded since. */
  look(): void {
    for (; this.#read < this.#ledger.all.length; this.#read++) {
      const recorded = this.#ledger.all[this.#read]
      if (recorded === undefined) return
      const { stream, entry } = recorded
      const standing = this.#ramps.get(stream)
      if (entry.type === 'ramp.opened') {
        const { contract, endless = false } = entry.plan
        const { name } = contract
        this.#ramps.set(stream, { ramp: stream, name, is: 'moving', isEndless: endless })
      } else if (standing === undefined) continue
      else if (entry.type === 'ramp.held') standing.is = 'held'
      else if (entry.type === 'ramp.ended') standing.is = 'ended'
      else if (entry.type === 'ramp.resumed' || entry.type === 'ramp.undoing')
        standing.is = 'moving'
      if (entry.type === 'ramp.undoing' && standing !== undefined) standing.isEndless = false
    }
  }
}
