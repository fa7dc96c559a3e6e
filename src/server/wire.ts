/**
 * The words of the daemon's API, as they travel: plain types, shared by the server, its client and
 * whoever shows them. Additive changes only within one major version of the path (`/v1`). Nothing here
 * has behaviour.
 */
import type { Entry, Outcome, Word } from '../core/entry/entry.ts'
import type { ContractReference } from '../core/plan/plan.ts'
import type { Answer } from '../core/plan/verdict.ts'
import type { PortProtocols } from '../core/port/port-protocols.ts'
import type { Refusal } from '../core/ramp/decide-word.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Json } from '../core/units/json.ts'
import type { Circumstances } from '../core/why/circumstances.ts'
import type { Recorded, SignedCheckpoint, StreamSummary, Verification } from '../seams/ledger.ts'
import type { HeldReference } from './wire/contracts.ts'

/** What a running daemon says of itself. */
export interface DaemonView {
  readonly pid: number
  readonly version: string
  /** Absolute path of the folder that holds `.rampart`. */
  readonly workspace: string
  readonly startedAtMs: number
  readonly nowMs: number
  /** The ramps under way in this process. */
  readonly ramps: readonly string[]
  /** How many components are running. */
  readonly components: number
  /** Whether others reach it over the network; absent: an older one, which does not say. */
  readonly hasDoors?: boolean | undefined
}

/** What to ramp, and where to. */
export interface OpenRampRequest {
  /**
   * The document as written: `apiVersion`, `kind`, `metadata`, `spec`; or a contract that the server
   * holds, by name. The server compiles it.
   */
  readonly contract: Json | HeldReference
  /**
   * Absolute folder in which the contract's relative paths begin, on the machine that runs it. Only
   * what runs and reads no file of its own goes without.
   */
  readonly directory?: string
  readonly goal: 'up' | 'down'
  /**
   * Which of the contract's targets. On the way up it must be said where there are any; on the way
   * down the one that it was brought up for is meant when none is said.
   */
  readonly target?: string
  /** Values by name, for the settings that the contract names. */
  readonly settings: Readonly<Record<string, string>>
  /** Who proposes it. */
  readonly by: string
}

/** The ramp that was opened. */
export interface OpenRampReply {
  readonly ramp: string
}

/** How a ramp stands, in one word. `watching` is as moving, by a ramp that has no end of its own. */
export type RampPhase = 'moving' | 'watching' | 'held' | 'undoing' | 'ended'

/** A ramp on one line. */
export interface RampSummary {
  readonly ramp: string
  readonly contract: ContractReference
  readonly goal: string
  readonly phase: RampPhase
  /** Only when ended. */
  readonly outcome?: Outcome
  readonly by: string
  readonly openedAtMs: number
  /** When its last entry was written. */
  readonly latestMs: number
  readonly endedAtMs?: number
  /** Why it holds, is being undone, or ended as it did. */
  readonly cause?: string
  /** Who owns what caused it; absent: nobody is named. */
  readonly owner?: string
}

/** Some ramps, newest first. */
export interface RampPage {
  readonly ramps: readonly RampSummary[]
  /** To be handed in for the next page; absent: there is none. */
  readonly next?: string
}

/** A ramp, and the daemon's time to measure its deadlines against. */
export interface RampView {
  readonly state: RampState
  readonly nowMs: number
}

/** What a ramp ran among. */
export interface CircumstanceReply {
  /** Absent: nobody recorded it. */
  readonly circumstances?: Circumstances
}

/**
 * That an entry is in the signed record: the chain from it to the next signed checkpoint. Whoever has
 * the public key can prove it without asking anybody.
 */
export interface LedgerProof {
  readonly position: number
  /** The hash of the entry before it. */
  readonly previousHash: string
  /** From the entry itself to the one that the checkpoint names. */
  readonly entries: readonly Recorded[]
  readonly checkpoint: SignedCheckpoint
}

/** Some entries, in order. */
export interface EntryPage {
  readonly entries: readonly Recorded[]
  /** Whether there were more to give when this was read. */
  readonly more: boolean
  /** The cursor of the next page; absent: there was none when this was read. */
  readonly next?: string
}

/** Some entries of the whole ledger, and how many there are. */
export interface LedgerPage extends EntryPage {
  /** The position of the last entry of all when this was read; 0: there is none. */
  readonly end: number
}

/** Some streams of the ledger, oldest first. */
export interface StreamPage {
  readonly streams: readonly StreamSummary[]
  readonly next?: string
}

/** What somebody says to a ramp. */
export interface SayRequest {
  readonly by: string
  readonly word: Word
}

/** What became of a word: it is recorded either way. */
export interface SayReply {
  /** The ramp's sequence at which the word stands. */
  readonly sequence: number
  /** Why it had no effect; absent: it had one. */
  readonly refusal?: Refusal
  /** What was decided in the same batch. */
  readonly decided: readonly Entry[]
}

/** What a ramp's live stream tells. */
export type StreamEvent =
  /** Every entry, in order, none twice. */
  | { readonly type: 'entry'; readonly recorded: Recorded }
  /** The latest answer to a question that is being asked, recorded or not; at most ten a second each. */
  | {
      readonly type: 'answer'
      readonly stage: string
      readonly condition: string
      readonly incarnation: number
      readonly attempt: number
      readonly answer: Answer
      readonly tookMs: number
      readonly atMs: number
    }
  /** The reader was too slow for this many answers; entries are never left out. */
  | { readonly type: 'missed'; readonly answers: number }

/** A component that the process runtime has started. */
export interface ComponentView {
  /** `<contract>/<component>` */
  readonly subject: string
  /** One start of it: `shop/api#3`. */
  readonly instance: string
  /** Which of several that serve side by side it is; absent: it was started as the only one. */
  readonly copy?: number
  readonly pid: number
  readonly status: 'running' | 'exited' | 'lost'
  readonly ports: Readonly<Record<string, number>>
  /** Of those of its ports that are not of TCP; absent: all are. */
  readonly protocols?: PortProtocols
  /** Where others find it whichever start serves, by the names of its ports; absent: it has no front. */
  readonly fronts?: Readonly<Record<string, number>>
  readonly sinceMs: number
  readonly endedAtMs?: number
  readonly code?: number
  readonly signal?: string
}

/** A promise that is not kept. */
export interface BrokenPromise {
  readonly stage: string
  readonly condition: string
  /** Since when it fails; absent: it was never proved since it is watched. */
  readonly sinceMs?: number
  /** What was answered last, and the one word for it. */
  readonly sentence: string
  readonly reason: string
  /** Who owns the promise; absent: nobody is named. */
  readonly owner?: string
}

/** How what is up is being watched. */
export interface WatchView {
  readonly ramp: string
  readonly phase: RampPhase
  readonly sinceMs: number
  readonly broken: readonly BrokenPromise[]
}

/** That what is up was watched, and is no more: what was to take the place of that never began. */
export interface UnwatchedView {
  /** The ramp that watched it last. */
  readonly ramp: string
  /** When it ended. */
  readonly sinceMs: number
  /** Why it ended. */
  readonly cause?: string
}

/** A contract with its last ramp and what is running of it. */
export interface EnvironmentView {
  /** The contract's kind; those of other kinds run no components. */
  readonly kind: string
  /** The contract's name, which contracts of several kinds may share. */
  readonly contract: string
  /** Absent when components run whose ramps are not in this ledger. */
  readonly lastRamp?: RampSummary
  /** Absent when nothing watches it. */
  readonly watch?: WatchView
  /** Absent unless it is up and is to be watched, but nothing watches it. */
  readonly unwatched?: UnwatchedView
  readonly components: readonly ComponentView[]
}

/** Some of them, by name. */
export interface EnvironmentPage {
  readonly environments: readonly EnvironmentView[]
  readonly next?: string
}

/** One line that a component wrote. */
export interface LogLine {
  readonly subject: string
  /** Which of several that serve side by side wrote it; absent: it was started as the only one. */
  readonly copy?: number
  /** `note` is said by the runtime itself. */
  readonly stream: 'out' | 'err' | 'note'
  /** When the daemon read it. */
  readonly atMs: number
  readonly text: string
}

/** What is running or listening of a workspace, asked of the kernel. */
export interface LeftoversView {
  readonly processes: readonly {
    readonly pid: number
    readonly command: string
    readonly subject: string
    /** The start that it is of: `shop/api#3`. */
    readonly instance: string
  }[]
  readonly ports: readonly { readonly port: number; readonly pid: number }[]
}

/** A fault over HTTP (RFC 9457, `application/problem+json`). */
export interface Problem {
  /** `urn:rampart:fault:<code>` */
  readonly type: string
  /** The meaning of the code. */
  readonly title: string
  readonly status: number
  /** What was found, what to do. */
  readonly detail: string
  readonly code: string
  readonly operation: string
  readonly subject: string
  readonly retryable: boolean
}

export type { Recorded, StreamSummary, Verification }
