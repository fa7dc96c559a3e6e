/**
 * What a reader of files says about ports: who listens, who connects, and what is only written down. It
 * is data alone; which of these are in each other's way is judged elsewhere.
 */
import type { PortSpan } from '../../core/port/machine-facts.ts'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import type { Confidence } from '../../core/port/written-claim.ts'

export type { Confidence } from '../../core/port/written-claim.ts'

/** Listens; connects; is written for people, or for another network, and binds nothing. */
export type Stance = 'claim' | 'consumption' | 'documentation'

/** Where something is written. */
export interface Place {
  /** Relative to the folder that is scanned, with slashes. */
  readonly file: string
  /** @minimum 1 */
  readonly line: number
  /** @minimum 1 */
  readonly column: number
}

/** A port, or a span of them, as one place in a file speaks of it. */
export interface FoundPort extends Place, PortSpan {
  /** The reader's name: `compose`. */
  readonly format: string
  readonly stance: Stance
  readonly confidence: Confidence
  readonly protocol: PortProtocol
  /**
   * Whose ports they are: `host` (the machine it is started on), `node` (any node of a cluster),
   * `cluster`, or `network …` for a network namespace of its own.
   */
  readonly scope: string
  /** As of a PortClaim. */
  readonly addresses: readonly string[]
  /** What it is for, as a person would call it: `web`. */
  readonly service: string
  /** As it is written: `8080:80`. */
  readonly text: string
  /** What is started as one: ports of different variants of one unit never meet. */
  readonly unit: string
  /** Which way of starting the unit; absent: what all ways have in common. */
  readonly variant?: string
  /** Ways of starting it within its unit (profiles, scripts); absent: always. */
  readonly profiles?: readonly string[]
  /** `development`, `staging`, the name of an overlay; absent: any, but for `except`. */
  readonly environment?: string
  readonly except?: readonly string[]
  /** The folder of the program that listens: the same program in two containers is never two. */
  readonly app?: string
  /** The object or key that this is about; several files may speak of one. */
  readonly identity?: string
  /** How many of the span are used, one for each instance; absent: all of it. */
  readonly instances?: number
  /** For what is published: the port behind it. */
  readonly target?: PortSpan
  /** For what connects: the name it connects to. */
  readonly host?: string
  /** Whether browsers are meant to speak to it. */
  readonly isHttp?: boolean
  /** What program listens, when a default of it is meant; a setting of that program takes its place. */
  readonly tool?: string
  /** Why it is thought so, where that cannot be seen: `the default of next dev`. */
  readonly because?: string
  /** On which nodes of a cluster. */
  readonly nodes?: NodeChoice
  /** What is wrong about it by itself, where the format's own rules say so. */
  readonly flaw?: Flaw
}

/** What the rules of a format say against a port. */
export interface Flaw {
  readonly rule: 'dangling-consumer' | 'out-of-range'
  readonly sentence: string
  readonly remedy: string
}

/** Where a cluster runs it: on every node that fits, or on some that has room. */
export interface NodeChoice {
  readonly isEverywhere: boolean
  readonly labels: Readonly<Record<string, string>>
}

/** A file that is used inside of something with a network of its own. */
export interface Placement {
  readonly file: string
  readonly scope: string
  readonly unit: string
  readonly service: string
}

/** What one reader found. */
export interface Findings {
  readonly ports: readonly FoundPort[]
  readonly placements?: readonly Placement[]
  /** What could not be read, for people. */
  readonly remarks?: readonly Remark[]
}

/** Something about a file that is no port. */
export interface Remark extends Place {
  readonly sentence: string
}

/** Nothing was found. */
export const NOTHING: Findings = { ports: [] }
