/** Contracts, as they travel: what the server holds of them, revision by revision. */
import type { Digest } from '../../core/units/digest.ts'
import type { JsonObject } from '../../core/units/json.ts'

/** A revision of a contract, without its document. */
export interface RevisionSummary {
  readonly kind: string
  readonly name: string
  readonly digest: Digest
  /** 1 for the first, then one more each. */
  readonly number: number
  readonly by: string
  readonly atMs: number
  readonly why?: string
}

/** A contract that the server holds, by its latest revision. */
export interface ContractSummary extends RevisionSummary {
  readonly labels: Readonly<Record<string, string>>
  /** Its latest ramp that is no watch; absent: there was none. */
  readonly lastRamp?: string
}

/** One revision, whole. */
export interface RevisionView extends RevisionSummary {
  readonly document: JsonObject
}

/** Some contracts, in the order of kind and name. */
export interface ContractPage {
  readonly contracts: readonly ContractSummary[]
  readonly next?: string
}

/** Every revision of one contract, newest first. */
export interface RevisionPage {
  readonly revisions: readonly RevisionSummary[]
  readonly next?: string
}

/** One place in which two revisions differ. */
export interface RevisionChange {
  /** For example `spec.components.api.ready[0].http.url`. */
  readonly path: string
  readonly change: 'added' | 'removed' | 'changed'
  /** As JSON; absent where it was not there. */
  readonly before?: string
  readonly after?: string
}

/** What changes from one revision to another. */
export interface ComparisonView {
  readonly from: RevisionSummary
  readonly to: RevisionSummary
  readonly changes: readonly RevisionChange[]
  /** What that means for the plan up, in sentences; empty: the plan is the same. */
  readonly consequences: readonly string[]
}

/** Contracts to be held from now on. */
export interface ApplyRequest {
  /** Documents as written; each is a new revision unless the latest is the same. */
  readonly documents: readonly JsonObject[]
  /** Only say what would happen. @default false */
  readonly dryRun?: boolean
  readonly why?: string
}

/** What an application did, or would do, to one contract. */
export interface AppliedContract {
  readonly kind: string
  readonly name: string
  readonly outcome: 'created' | 'amended' | 'unchanged'
  readonly digest: Digest
  /** The digest it replaces. */
  readonly replaces?: Digest
  readonly changes: readonly RevisionChange[]
  readonly consequences: readonly string[]
  /** Ramps of it under way; they stay on the revision they began with. */
  readonly touches: readonly string[]
}

/** What an application did. */
export interface ApplyReply {
  readonly dryRun: boolean
  readonly contracts: readonly AppliedContract[]
}
