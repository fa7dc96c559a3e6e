/**
 * What every kind of contract fulfils. A kind turns a document into a definition, a definition into
 * a plan, and a definition into sentences; it never runs anything and never knows another kind.
 */
import type * as z from 'zod'
import type { TouchedOwner } from '../core/plan/owner.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Digest } from '../core/units/digest.ts'
import type { Json } from '../core/units/json.ts'
import type { Issue } from './document/issue.ts'
import type { SourceDocument } from './document/source-document.ts'

/** The version of the language that contracts are written in. */
export const API_VERSION = 'rampart/v1'

/** One contract, understood. */
export interface Contract<Kind extends string, Definition> {
  readonly kind: Kind
  /** Unique among the contracts of its kind. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /**
   * Digest of the document as it was written, without comments and formatting. Neither the order of
   * keys nor the file it stands in matters; defaults are not filled in.
   */
  readonly digest: Digest
  /** The file it was read from, for people. */
  readonly file: string
  /** The document as it was written, without comments and formatting: what the digest is over. */
  readonly document: Json
  readonly definition: Definition
}

/** What a plan is wanted for. */
export interface PlanRequest {
  /** Where the ramp leads; one of the kind's `goals`. */
  readonly goal: string
  /** Which of the contract's targets is meant; absent where it has none. */
  readonly target?: string
}

/** A definition, or the issues why there is none. */
export interface ParsedDefinition<Definition> {
  /** Absent as soon as there is an issue. */
  readonly definition?: Definition
  readonly issues: readonly Issue[]
}

/** What a kind's documents use of other files, which are read by whoever reads this one. */
export interface DocumentParts {
  /** The files that are used, as they are written: from the folder of the document. */
  readonly files: (document: Json) => readonly string[]
  /** The document with every file in it that could be read. */
  readonly fill: (document: Json, read: (file: string) => Json | undefined) => Json
  /** The document as it was written, which is what its digest is over. */
  readonly bare: (document: Json) => Json
}

/** One of several contracts of a kind, with the document it was read from. */
export interface Understood<Definition> {
  readonly document: SourceDocument
  readonly name: string
  readonly definition: Definition
}

/** A kind of contract. */
export interface ContractKind<Kind extends string, Definition> {
  /** As `kind:` names it. */
  readonly kind: Kind
  /** One sentence: what such a contract promises. */
  readonly summary: string
  /** The whole document as it is written, for editors. */
  readonly schema: z.ZodType
  /** What a ramp of it can lead to; the first is the usual one. */
  readonly goals: readonly string[]
  /** How documents hold others that they use; absent: they use none. */
  readonly parts?: DocumentParts
  /** Every issue of a document whose `apiVersion` and `kind` are right. Never throws. */
  readonly parse: (document: SourceDocument) => ParsedDefinition<Definition>
  /** What is wrong with several of them only side by side, as issues of the later one; absent: nothing. */
  readonly together?: (all: readonly Understood<Definition>[]) => readonly Issue[]
  /** The plan toward a goal: same contract and same request, same plan, byte for byte. */
  readonly plan: (contract: Contract<Kind, Definition>, request: PlanRequest) => Plan
  /** The goal that follows by itself once another is reached; absent: none does. */
  readonly next?: (contract: Contract<Kind, Definition>, request: PlanRequest) => string | undefined
  /** The contract as it is for one of its targets; absent: the kind has none. */
  readonly aim?: (
    contract: Contract<Kind, Definition>,
    target: string | undefined,
  ) => Contract<Kind, Definition>
  /** Whose word an amendment takes, by name; absent: the kind knows no owners. */
  readonly touched?: (
    before: Contract<Kind, Definition>,
    after: Contract<Kind, Definition>,
  ) => readonly TouchedOwner[]
  /** What the contract says, in sentences. */
  readonly explain: (contract: Contract<Kind, Definition>) => string
}
