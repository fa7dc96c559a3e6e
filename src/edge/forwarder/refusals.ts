/** Who was not let in, and why: the last few of each front to look at, and a word to the daemon now and then. */
import { performance } from 'node:perf_hooks'
import type { ForwarderSays } from './forwarder-words.ts'

const KEPT = 20

/** The daemon is told at most so often of one front: whoever knocks again and again fills no log. */
const PAUSE_MS = 1_000

interface OfFront {
  readonly sentences: string[]
  toldAtMs: number
  untold: number
}

/** Refusals by front. */
export class Refusals {
  readonly #tell: (denied: Extract<ForwarderSays, { readonly says: 'denied' }>) => void
  readonly #fronts = new Map<string, OfFront>()

  constructor(tell: (denied: Extract<ForwarderSays, { readonly says: 'denied' }>) => void) {
    this.#tell = tell
  }

  note(front: string, sentence: string): void {
    const known = this.#fronts.get(front)
    const of = known ?? { sentences: [], toldAtMs: Number.NEGATIVE_INFINITY, untold: 0 }
    this.#fronts.set(front, of)
    of.sentences.push(sentence)
    if (of.sentences.length > KEPT) of.sentences.shift()
    of.untold += 1
    const nowMs = performance.now()
    if (nowMs - of.toldAtMs < PAUSE_MS) return
    this.#tell({ says: 'denied', front, sentence, count: of.untold })
    of.toldAtMs = nowMs
    of.untold = 0
  }

  of(front: string): readonly string[] {
    return this.#fronts.get(front)?.sentences ?? []
  }
}
