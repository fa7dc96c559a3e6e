/**
 * A ledger that kills its own process at a chosen entry, so that tests can crash the daemon at every
 * one. Only ever put in place when the setting RAMPART_CRASH is given.
 */
import { Fault } from '../core/fault/fault.ts'
import type { Append, Ledger, Recorded } from '../seams/ledger.ts'
import { LedgerAbove } from './daemon-ledger.ts'

/** When to crash. */
export interface CrashPoint {
  /** Just before a batch is written, or just after it is durable and before anything follows. */
  readonly when: 'before' | 'after'
  /** The ramps meant: those whose id holds this between dashes, for example `up`. */
  readonly goal: string
  /** The sequence that the batch reaches. */
  readonly sequence: number
}

const POINT = /^(before|after):([a-z]+):([1-9]\d*)$/

/**
 * Parses the setting RAMPART_CRASH.
 *
 * @example parseCrashPoint('after:up:7')
 */
export function parseCrashPoint(text: string): CrashPoint {
  const [, when, goal, sequence] = POINT.exec(text) ?? []
  if (goal === undefined || (when !== 'before' && when !== 'after')) {
    const hint = `RAMPART_CRASH is written before:up:7 or after:down:3, not ${text}.`
    const subject = 'RAMPART_CRASH'
    throw new Fault({ code: 'unit-malformed', operation: 'read the setting', subject, hint })
  }
  return { when, goal, sequence: Number(sequence) }
}

/** A ledger as the one below, until its process dies. */
export class CrashingLedger extends LedgerAbove {
  readonly #point: CrashPoint

  constructor(below: Ledger, point: CrashPoint) {
    super(below)
    this.#point = point
  }

  override async append(append: Append): Promise<readonly Recorded[]> {
    const { when, goal, sequence } = this.#point
    const reached = append.after + append.entries.length >= sequence
    const isDue = reached && append.stream.includes(`-${goal}-`)
    if (isDue && when === 'before') crash()
    const recorded = await super.append(append)
    if (isDue) crash()
    return recorded
  }
}

function crash(): void {
  process.kill(process.pid, 'SIGKILL')
  // The signal takes effect before this call returns to anything that could act.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
