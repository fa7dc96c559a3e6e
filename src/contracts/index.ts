/**
 * The literal registry of kinds, and the way from what people hand in to contracts. Adding a kind is
 * adding a line here; nothing else in this file knows one by name.
 */
import type { TouchedOwner } from '../core/plan/owner.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Json } from '../core/units/json.ts'
import { collectContracts } from './collect.ts'
import type { Contract, DocumentParts, PlanRequest } from './contract.ts'
import { type Issue, sortIssues } from './document/issue.ts'
import { parseDocuments } from './document/parse-documents.ts'
import { documentOfProgram } from './document/program-document.ts'
import { type SourceDocument, type SourceFile, valueAt } from './document/source-document.ts'
import type { EnvironmentDefinition } from './environment/definition.ts'
import { environmentKind } from './environment/kind.ts'

/** Every kind that this version understands. */
export const KINDS: { readonly Environment: typeof environmentKind } = {
  Environment: environmentKind,
}

/** Kinds that are spoken of already, but cannot be used in this version. */
export const KINDS_TO_COME: readonly string[] = ['Constraint', 'Rollout', 'Ports', 'Service']

/** A contract of any kind; `kind` tells which. */
export type AnyContract = Contract<'Environment', EnvironmentDefinition>

/** A document that a program made: what `rampart.config.ts` exports. */
export interface SourceValue {
  /** The file that made it, for issues. */
  readonly path: string
  readonly value: unknown
}

/** What was understood, and everything that was not. */
export interface ParsedContracts {
  /** In the order of files and documents. Those with issues are left out. */
  readonly contracts: readonly AnyContract[]
  /** Sorted by file and place. Nothing may be run while there is one. */
  readonly issues: readonly Issue[]
}

/** The document in a file that one of the sources uses, as it is written there; undefined: none. */
export type ReadPart = (source: string, file: string) => Json | undefined

/** The files that documents use, with the file that says so: what is to be read before. */
export function filesUsed(
  sources: readonly (SourceFile | SourceValue)[],
): readonly { readonly source: string; readonly file: string }[] {
  return sources.flatMap((source) => {
    const { documents } = 'text' in source ? parseDocuments(source) : documentOfProgram(source)
    return documents.flatMap(({ value }) =>
      (partsOf(value)?.files(value) ?? []).map((file) => ({ source: source.path, file })),
    )
  })
}

function filled(document: SourceDocument, read: ReadPart): SourceDocument {
  const parts = partsOf(document.value)
  if (parts === undefined) return document
  return { ...document, value: parts.fill(document.value, (file) => read(document.file, file)) }
}

function partsOf(value: Json): DocumentParts | undefined {
  const kind = valueAt(value, ['kind'])
  return Object.values(KINDS).find((one) => one.kind === kind)?.parts
}

/** Parses everything that was handed in. Never throws for what is in it. */
export function parseContracts(
  sources: readonly (SourceFile | SourceValue)[],
  read: ReadPart = () => undefined,
): ParsedContracts {
  const documents: SourceDocument[] = []
  const issues: Issue[] = []
  for (const source of sources) {
    const parsed = 'text' in source ? parseDocuments(source) : documentOfProgram(source)
    documents.push(...parsed.documents.map((document) => filled(document, read)))
    issues.push(...parsed.issues)
  }
  const collected = collectContracts(documents, KINDS, KINDS_TO_COME)
  return {
    contracts: collected.contracts,
    issues: sortIssues([...issues, ...collected.issues]),
  }
}

/** The plan of a contract toward a goal. */
export function planContract(contract: AnyContract, request: PlanRequest): Plan {
  return KINDS[contract.kind].plan(contract, request)
}

/** The goal that follows by itself once a contract has reached another. */
export function nextGoalOf(contract: AnyContract, request: PlanRequest): string | undefined {
  return KINDS[contract.kind].next?.(contract, request)
}

/**
 * The contract as it is for one of its targets.
 *
 * @throws target-unknown, target-missing when it has others than the one that is named
 */
export function aimContract(contract: AnyContract, target?: string): AnyContract {
  return KINDS[contract.kind].aim?.(contract, target) ?? contract
}

/** Whose word it takes to make one revision of a contract the other; empty: nobody's. */
export function ownersTouched(before: AnyContract, after: AnyContract): readonly TouchedOwner[] {
  return KINDS[after.kind].touched?.(before, after) ?? []
}

/** What a contract says, in sentences. */
export function explainContract(contract: AnyContract): string {
  return KINDS[contract.kind].explain(contract)
}

/** The document as it was written, without what was read into it: what its digest is over. */
export function bareDocument(contract: AnyContract): Json {
  return KINDS[contract.kind].parts?.bare(contract.document) ?? contract.document
}
