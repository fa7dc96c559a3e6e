/**
 * The literal registry of kinds, and the way from what people hand in to contracts. Adding a kind is
 * adding a line here; nothing else in this file knows one by name.
 */

import { Fault } from '../core/fault/fault.ts'
import type { TouchedOwner } from '../core/plan/owner.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Json } from '../core/units/json.ts'
import { type ContractOf, collectContracts, type Kinds } from './collect.ts'
import type { Contract, ContractKind, DocumentParts, PlanRequest } from './contract.ts'
import { type Issue, sortIssues } from './document/issue.ts'
import { parseDocuments } from './document/parse-documents.ts'
import { documentOfProgram } from './document/program-document.ts'
import { type SourceDocument, type SourceFile, valueAt } from './document/source-document.ts'
import type { EnvironmentDefinition } from './environment/definition.ts'
import { environmentKind } from './environment/kind.ts'
import { checkFrontCertificates } from './front-certificates.ts'
import type { PortsDefinition } from './ports/definition.ts'
import { portsKind } from './ports/kind.ts'

/** What contracts of each kind are understood as. */
export interface Definitions {
  readonly Environment: EnvironmentDefinition
  readonly Ports: PortsDefinition
}

/** The name of a kind that this version understands. */
export type KindName = keyof Definitions

/** Every kind that this version understands. */
export const KINDS: Kinds<Definitions> = {
  Environment: environmentKind,
  Ports: portsKind,
}

/** Kinds that are spoken of already, but cannot be used in this version. */
const KINDS_TO_COME: readonly string[] = ['Constraint', 'Rollout', 'Service']

/** A contract of any kind; `kind` tells which. */
export type AnyContract = ContractOf<Definitions>

/** A contract of one kind, or of several that are not told apart. */
type ContractOfKind<Kind extends KindName> = {
  [Name in Kind]: Contract<Name, Definitions[Name]>
}[Kind]

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
  const across = checkFrontCertificates(documents, collected.contracts)
  return {
    contracts: collected.contracts,
    issues: sortIssues([...issues, ...collected.issues, ...across]),
  }
}

/** The plan of a contract toward a goal. */
export function planContract<Kind extends KindName>(
  contract: ContractOfKind<Kind>,
  request: PlanRequest,
): Plan {
  return kindOf(contract).plan(contract, request)
}

/** The goal that follows by itself once a contract has reached another. */
export function nextGoalOf<Kind extends KindName>(
  contract: ContractOfKind<Kind>,
  request: PlanRequest,
): string | undefined {
  return kindOf(contract).next?.(contract, request)
}

/**
 * The contract as it is for one of its targets.
 *
 * @throws target-unknown, target-missing when it has others than the one that is named
 */
export function aimContract<One extends AnyContract>(contract: One, target?: string): One
export function aimContract(contract: AnyContract, target?: string): AnyContract {
  if (contract.kind === 'Environment') return KINDS.Environment.aim?.(contract, target) ?? contract
  if (target !== undefined) throw targetless(contract, target)
  return contract
}

/** Whose word it takes to make one revision of a contract the other; empty: nobody's. */
export function ownersTouched(before: AnyContract, after: AnyContract): readonly TouchedOwner[] {
  if (before.kind !== 'Environment' || after.kind !== 'Environment') return []
  return KINDS.Environment.touched?.(before, after) ?? []
}

/** What a contract says, in sentences. */
export function explainContract<Kind extends KindName>(contract: ContractOfKind<Kind>): string {
  return kindOf(contract).explain(contract)
}

function kindOf<Kind extends KindName>(
  contract: ContractOfKind<Kind>,
): ContractKind<Kind, Definitions[Kind]> {
  return KINDS[contract.kind] as ContractKind<Kind, Definitions[Kind]>
}

function targetless({ kind, name }: AnyContract, target: string): Fault {
  return new Fault({
    code: 'target-unknown',
    operation: 'choose the target',
    subject: name,
    hint: `${name} is a contract of kind ${kind}, which has no targets, so ${target} is none of it.`,
  })
}
