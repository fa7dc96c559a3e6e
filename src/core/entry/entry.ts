/**
 * Entries: the ledger's words. A ramp's stream is a sequence of batches; each batch is what was
 * *heard* (an answer, a person's word, news, the clock) followed by what was *decided* from it.
 * Decided entries follow from the fold alone, which is what `replay` checks.
 */
import type { BreachPolicy } from '../plan/condition.ts'
import type { Plan } from '../plan/plan.ts'
import type { Answer } from '../plan/verdict.ts'
import type { PortEntry } from '../port/port-entries.ts'
import type { Digest } from '../units/digest.ts'
import type { JsonObject } from '../units/json.ts'
import type { ContractEntry } from './contract-entry.ts'

/** Whether a command does the stage's work or takes it back. */
export type Purpose = 'do' | 'undo'

/** How an actuator answered a command. */
export interface CommandAnswer {
  readonly verdict: 'done' | 'failed'
  /** One kebab-case word, for example `spawned`, `command-not-found`. */
  readonly reason: string
  readonly sentence: string
  /** What later conditions and stages may refer to, for example `{ "ports": { "http": 41231 } }`. */
  readonly outputs: JsonObject
  /** Whether repeating the command may succeed. */
  readonly retryable: boolean
}

/** Why a stage failed, a ramp holds or is being undone. */
export interface Cause {
  /** One kebab-case word, for example `deadline`, `terminal-answer`, `breach`, `word`. */
  readonly reason: string
  /** One sentence that a person can act on. */
  readonly sentence: string
  readonly stage?: string
  readonly condition?: string
  /** The last answer that led here. */
  readonly answer?: Answer
}

/** What is approved or rejected, and in whose name. */
export interface Approving {
  readonly stage: string
  readonly condition: string
  /** Of the plan that whoever speaks has seen. */
  readonly digest: Digest
  /** The role, group or name that entitles them; the server says it, not they. */
  readonly as: string
  /**
   * Other names that are, or may be, the same hand: who made their token, tokens they made. None of
   * them is a second pair of eyes. Absent: none is known.
   */
  readonly also?: readonly string[]
}

/** What a person, or a program on their behalf, may say to a ramp. */
export type Word =
  | ({ readonly say: 'approve' } & Approving)
  | ({ readonly say: 'reject' } & Approving)
  | { readonly say: 'hold'; readonly why: string }
  /** With a stage: of those that failed, only that one is tried again. */
  | { readonly say: 'resume'; readonly why: string; readonly stage?: string }
  /** `undo: false` leaves everything as it stands. */
  | { readonly say: 'abort'; readonly undo: boolean; readonly why: string }

/** How a ramp ended. */
export type Outcome =
  /** Every stage is ready: the goal is reached. */
  | 'reached'
  /** Everything done was taken back. */
  | 'undone'
  /** Given up as it stands; what was done stays. */
  | 'abandoned'

/** Heard from outside. */
export type HeardEntry =
  /** The first entry of every stream. `ramp` is the stream's own id; `by` is who proposed it. */
  | {
      readonly type: 'ramp.opened'
      readonly ramp: string
      readonly plan: Plan
      readonly planDigest: Digest
      readonly flags: readonly number[]
      readonly by: string
    }
  | {
      readonly type: 'condition.answered'
      readonly stage: string
      readonly condition: string
      readonly incarnation: number
      readonly answer: Answer
      /** How many times the question has been asked in this incarnation, this answer included. */
      readonly attempt: number
    }
  | { readonly type: 'command.answered'; readonly command: string; readonly answer: CommandAnswer }
  | { readonly type: 'word.spoken'; readonly by: string; readonly word: Word }
  | {
      readonly type: 'news.heard'
      readonly subject: string
      readonly is: string
      readonly digest: Digest
    }
  /** Time went on, and that alone led to the decisions that follow. */
  | { readonly type: 'clock.ticked' }

/** Decided by the core. */
export type DecidedEntry =
  /** Needs are met; the gates are being asked. */
  | { readonly type: 'stage.gated'; readonly stage: string; readonly incarnation: number }
  | { readonly type: 'stage.entered'; readonly stage: string; readonly incarnation: number }
  /** Recorded before the command is run. `fence` grows with every command of the ramp. */
  | {
      readonly type: 'command.issued'
      readonly command: string
      readonly stage: string
      readonly purpose: Purpose
      readonly fence: number
    }
  | {
      readonly type: 'condition.met'
      readonly stage: string
      readonly condition: string
      readonly incarnation: number
    }
  | { readonly type: 'stage.started'; readonly stage: string }
  | { readonly type: 'stage.provisional'; readonly stage: string }
  | { readonly type: 'stage.ready'; readonly stage: string }
  | { readonly type: 'stage.completed'; readonly stage: string }
  | { readonly type: 'stage.failed'; readonly stage: string; readonly cause: Cause }
  /** Its failure is let pass, as its policy `ignore` says; it counts as ready, but not as clean. */
  | { readonly type: 'stage.excused'; readonly stage: string }
  /** A promise that was kept is broken; `policy` is what follows. */
  | {
      readonly type: 'stage.breached'
      readonly stage: string
      readonly condition: string
      readonly policy: BreachPolicy
      readonly cause: Cause
    }
  /** Being taken back, to be tried again (`retry`), left out (`leave`) or gone (`undo`). */
  | {
      readonly type: 'stage.undoing'
      readonly stage: string
      readonly next: 'retry' | 'leave' | 'undo'
    }
  | { readonly type: 'stage.undone'; readonly stage: string }
  /** Back to waiting; a new incarnation may be entered from `notBeforeMs` on. */
  | { readonly type: 'stage.reset'; readonly stage: string; readonly notBeforeMs: number }
  | { readonly type: 'ramp.held'; readonly cause: Cause }
  | { readonly type: 'ramp.resumed'; readonly by: string; readonly stage?: string }
  /** An approval or a rejection that counts. */
  | {
      readonly type: 'approval.counted'
      readonly stage: string
      readonly condition: string
      readonly by: string
      readonly approves: boolean
    }
  /** A word that had no effect, and why. */
  | {
      readonly type: 'word.refused'
      readonly by: string
      readonly reason: string
      readonly sentence: string
    }
  | { readonly type: 'ramp.undoing'; readonly cause: Cause }
  | { readonly type: 'ramp.ended'; readonly outcome: Outcome; readonly cause?: Cause }

/** Noted outside of any ramp, each in a stream of its own sort. */
export type NotedEntry =
  /** About a contract that is held; the stream is `contract:<kind>/<name>`. */
  | ContractEntry
  /** Who may do what was changed; the stream is `access`. Holds no secret. */
  | {
      readonly type: 'access.changed'
      readonly by: string
      /** For example `token.created`, `sign-in.refused`. */
      readonly what: string
      readonly subject: string
      readonly sentence: string
      readonly details: JsonObject
    }
  /** What became of ports; the stream is `ports:<host>`. */
  | PortEntry

/** The entries that the stream of a ramp consists of. */
export type RampEntry = (HeardEntry | DecidedEntry) & { readonly atMs: number }

/** One word of the ledger, before the ledger gives it a place. */
export type Entry = (HeardEntry | DecidedEntry | NotedEntry) & {
  /** When the batch was decided, by the engine's clock. @unit ms since 1970 */
  readonly atMs: number
}
