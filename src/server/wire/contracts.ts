/** Contracts, as they travel: what the server holds of them, revision by revision. */
import type { OwnersWord } from '../../core/entry/contract-entry.ts'
import type { TouchedOwner } from '../../core/plan/owner.ts'
import type { Plan } from '../../core/plan/plan.ts'
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
  /** Whose word it took; absent: nobody's. */
  readonly approvals?: readonly OwnersWord[]
}

/** A contract that the server holds, by its latest revision. */
export interface ContractSummary extends RevisionSummary {
  readonly labels: Readonly<Record<string, string>>
  /** Its latest ramp that is no watch; absent: there was none. */
  readonly lastRamp?: string
}

/** A contract that the server holds, named rather than written out. */
export interface HeldReference {
  readonly kind: string
  readonly name: string
  /** @default the latest */
  readonly digest?: Digest
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

/** Texts of contracts, so that what is wrong with them can be told by line and column. */
export interface ApplySource {
  /** What the text is called in issues; never opened. */
  readonly path: string
  /** YAML or JSON, one document or several. */
  readonly text: string
}

/** What somebody has seen of a contract before changing it. */
export interface Expectation {
  readonly kind: string
  readonly name: string
  /** The digest of its latest revision; null: it is not held yet. */
  readonly digest: Digest | null
}

/** Contracts to be held from now on: documents, or texts, or both. */
export interface ApplyRequest {
  /** Documents as written; each is a new revision unless the latest is the same. */
  readonly documents?: readonly JsonObject[]
  readonly sources?: readonly ApplySource[]
  /** Refuses everything when one of these is not as expected any more. */
  readonly expects?: readonly Expectation[]
  /** Who applies it; counts only over the Unix socket. */
  readonly by?: string
  /** The owners in whose name it is applied; counts only over the Unix socket. */
  readonly as?: readonly string[]
  /** Only say what would happen. @default false */
  readonly dryRun?: boolean
  readonly why?: string
}

/** What an application did, or would do, to one contract. */
export interface AppliedContract {
  readonly kind: string
  readonly name: string
  /** `proposed`: it takes the word of others, and nothing is amended before they have said yes. */
  readonly outcome: 'created' | 'amended' | 'proposed' | 'unchanged'
  readonly digest: Digest
  /** The digest it replaces. */
  readonly replaces?: Digest
  readonly changes: readonly RevisionChange[]
  readonly consequences: readonly string[]
  /** Ramps of it under way; they stay on the revision they began with. */
  readonly touches: readonly string[]
  /** Held contracts that use it as a part; they stay on the revision they name. */
  readonly usedBy: readonly ContractUse[]
  /** Whose word it takes, and for what; absent: nobody's. */
  readonly owners?: readonly TouchedOwner[]
  /** What they answer; absent: it was not proposed yet. */
  readonly proposal?: Digest
}

/** A held contract that uses another one as a part. */
export interface ContractUse {
  readonly kind: string
  readonly name: string
  /** The component that it is there. */
  readonly component: string
  /** The revision that was agreed on. */
  readonly revision: Digest
  /** Whose word a change of that takes, as the contract names them. */
  readonly owner?: string
}

/** What an application did. */
export interface ApplyReply {
  readonly dryRun: boolean
  readonly contracts: readonly AppliedContract[]
  /** What is wrong with the contracts; only of a dry run, which then says nothing else. */
  readonly issues?: readonly Issue[]
}

/** One mistake in a document. */
export interface Issue {
  readonly code: string
  readonly file: string
  /** From 1; absent for what was not sent as text. */
  readonly line?: number
  readonly column?: number
  /** For example `spec.components.db.ready[0]`. */
  readonly path: string
  readonly message: string
  readonly expected?: string
  readonly found?: string
  readonly nearest?: string
}

/** What a held contract is to be planned for. */
export interface PlanRequest {
  readonly goal: string
  readonly target?: string
  /** @default the latest */
  readonly digest?: Digest
}

/** The plan of a held contract. */
export interface PlanReply {
  readonly digest: Digest
  readonly plan: Plan
}
