/**
 * Questions: what a condition asks. A probe asks the world; the others are answered by the ledger
 * itself (people's words, the clock, other ramps), so the core decides them without a probe.
 */
import type { JsonObject } from '../units/json.ts'

/** Asks the world by a probe. The input may hold `${…}` templates, resolved each time it is asked. */
export interface ProbeQuestion {
  readonly ask: 'probe'
  /** The probe's kind, for example `http`. The core never looks at it. */
  readonly probe: string
  readonly input: JsonObject
  /** A CEL expression over `evidence` that must also be true for the answer to pass. */
  readonly when?: string
  /** How long one attempt may take. @unit ms @default 1000 */
  readonly timeoutMs: number
  /** How often to ask. */
  readonly cadence: Cadence
  /** Other askings that the probe puts side by side; absent: none. */
  readonly among?: readonly ComparedQuestion[]
}

/** One of several askings that are compared, each put as its own stage would put it. */
export interface ComparedQuestion {
  /** What it is told apart by, for example a region. */
  readonly name: string
  /** The stage whose `self` and neighbours its templates speak of. */
  readonly stage: string
  readonly probe: string
  readonly input: JsonObject
}

/**
 * How often a probe asks: from `firstMs` to `mostMs`, in proportion to how long it has been asked, so
 * that what takes long is noticed relatively as soon as what does not; slowly once the condition is met.
 */
export interface Cadence {
  /** Pause before the second attempt. @unit ms @default 5 */
  readonly firstMs: number
  /** Longest pause while the condition is not met. @unit ms @default 100 */
  readonly mostMs: number
  /** Pause while a met condition is watched. @unit ms @default 1000 */
  readonly watchMs: number
}

/** Asks people: passed once `count` different people of one of `from` have approved this digest. */
export interface ApprovalQuestion {
  readonly ask: 'approval'
  /** Names of groups or people who may answer. */
  readonly from: readonly string[]
  /** How many different people must approve. @minimum 1 */
  readonly count: number
  /** How long an approval counts when nothing was begun upon it. @default as long as the ramp @unit ms */
  readonly expiresMs?: number
}

/** Asks the clock: passed once `ms` have gone by since the stage's needs were met or it was entered. */
export interface ElapsedQuestion {
  readonly ask: 'elapsed'
  /** @unit ms */
  readonly ms: number
}

/** Asks the calendar: passed from this instant on. */
export interface InstantQuestion {
  readonly ask: 'instant'
  /** Milliseconds since 1970-01-01T00:00:00Z. @unit ms */
  readonly atMs: number
}

/** Asks another ramp: passed while the latest news of that subject says `is`. */
export interface RampQuestion {
  readonly ask: 'ramp'
  /** Whom the news is about, for example `environment/shop`. */
  readonly subject: string
  /** The state it must be in, for example `ready`. */
  readonly is: string
}

/** What a condition asks. */
export type Question =
  | ProbeQuestion
  | ApprovalQuestion
  | ElapsedQuestion
  | InstantQuestion
  | RampQuestion
