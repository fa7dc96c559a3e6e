/** Documents to contracts: which kind each one is, and that no two share a name. */
import { present } from '../core/fault/assert.ts'
import { isFault } from '../core/fault/fault.ts'
import { type Digest, digestOf } from '../core/units/digest.ts'
import type { Json } from '../core/units/json.ts'
import { API_VERSION, type Contract, type ContractKind, type Understood } from './contract.ts'
import { describeValue, listWords, quote } from './document/describe-value.ts'
import type { Issue } from './document/issue.ts'
import { nearestWord } from './document/nearest-word.ts'
import {
  type Complaint,
  issueAt,
  placeOf,
  type SourceDocument,
  valueAt,
} from './document/source-document.ts'

/** What was understood, of any of the kinds whose definitions are given by name. */
interface Collected<Definitions extends object> {
  readonly contracts: readonly ContractOf<Definitions>[]
  readonly issues: readonly Issue[]
}

/** A contract of any of the kinds whose definitions are given by name. */
export type ContractOf<Definitions extends object> = {
  [Kind in keyof Definitions & string]: Contract<Kind, Definitions[Kind]>
}[keyof Definitions & string]

/** A registry of kinds: what each one is called, and its definition. */
export type Kinds<Definitions extends object> = {
  readonly [Kind in keyof Definitions & string]: ContractKind<Kind, Definitions[Kind]>
}

/** Contracts of the kinds in a registry, and what is wrong with the rest. */
export function collectContracts<Definitions extends object>(
  documents: readonly SourceDocument[],
  registry: Kinds<Definitions>,
  kindsToCome: readonly string[],
): Collected<Definitions> {
  // Which definition belongs to which kind is lost on the way through a document's own word.
  const kinds = registry as unknown as Readonly<Record<string, ContractKind<string, unknown>>>
  const contracts: Contract<string, unknown>[] = []
  const understood = new Map<string, Understood<unknown>[]>()
  const issues: Issue[] = []
  const names = new Map<string, SourceDocument>()
  for (const document of documents) {
    const headIssues = checkHead(document, Object.keys(kinds), kindsToCome)
    const kind = valueAt(document.value, ['kind'])
    const found = typeof kind === 'string' && Object.hasOwn(kinds, kind)
    if (headIssues.length > 0 || !found) {
      issues.push(...headIssues)
      continue
    }
    issues.push(...checkName(document, names))
    const parsed = present(kinds[kind], 'a kind of the registry').parse(document)
    const digested = digestDocument(document, kinds[kind]?.parts?.bare)
    issues.push(...parsed.issues, ...digested.issues)
    if (parsed.definition === undefined || digested.digest === undefined) continue
    const { definition } = parsed
    const contract = contractOf(document, { kind, definition, digest: digested.digest })
    contracts.push(contract)
    const alike = understood.get(kind) ?? []
    understood.set(kind, [...alike, { document, name: contract.name, definition }])
  }
  for (const [kind, all] of understood) issues.push(...(kinds[kind]?.together?.(all) ?? []))
  return { contracts: contracts as unknown as readonly ContractOf<Definitions>[], issues }
}

function contractOf<Kind extends string, Definition>(
  document: SourceDocument,
  parsed: { readonly kind: Kind; readonly definition: Definition; readonly digest: Digest },
): Contract<Kind, Definition> {
  const name = String(valueAt(document.value, ['metadata', 'name']))
  const labels = valueAt(document.value, ['metadata', 'labels']) ?? {}
  return {
    ...parsed,
    name,
    labels: labels as Readonly<Record<string, string>>,
    file: document.file,
    document: document.value,
  }
}

function checkHead(
  document: SourceDocument,
  kinds: readonly string[],
  kindsToCome: readonly string[],
): readonly Issue[] {
  const { value } = document
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const found = describeValue(value)
    const expected = 'a contract with apiVersion, kind, metadata and spec'
    const message = `expected ${expected}, found ${found}`
    return [issueAt(document, [], { code: 'wrong-type', message, expected, found })]
  }
  const issues: Issue[] = []
  const version = valueAt(value, ['apiVersion'])
  if (version !== API_VERSION && !document.flawed.has('["apiVersion"]')) {
    issues.push(issueAt(document, ['apiVersion'], wrongVersion(version)))
  }
  const kind = valueAt(value, ['kind'])
  if (typeof kind !== 'string' || !kinds.includes(kind)) {
    issues.push(issueAt(document, ['kind'], wrongKind(kind, kinds, kindsToCome)))
  }
  return issues
}

function wrongVersion(version: Json | undefined): Complaint {
  const expected = API_VERSION
  if (version === undefined) {
    const message = `the key "apiVersion" is missing; expected ${expected}`
    return { code: 'missing-key', message, expected, found: 'nothing' }
  }
  const found = describeValue(version)
  const message = `expected ${expected}, found ${found}`
  return { code: 'wrong-value', message, expected, found, nearest: expected }
}

function wrongKind(
  kind: Json | undefined,
  kinds: readonly string[],
  kindsToCome: readonly string[],
): Complaint {
  const expected = listWords(kinds)
  if (kind === undefined) {
    const message = `the key "kind" is missing; expected ${expected}`
    return { code: 'missing-key', message, expected, found: 'nothing' }
  }
  const found = describeValue(kind)
  if (typeof kind === 'string' && kindsToCome.includes(kind)) {
    const message = `${kind} is not in this version yet; it understands ${expected}`
    return { code: 'kind-not-yet', message, expected, found }
  }
  const shown = typeof kind === 'string' ? quote(kind) : found
  const message = `there is no kind ${shown}; expected ${expected}`
  const nearest =
    typeof kind === 'string' ? nearestWord(kind, [...kinds, ...kindsToCome]) : undefined
  const complaint = { code: 'unknown-kind', message, expected, found } as const
  return nearest === undefined ? complaint : { ...complaint, nearest }
}

/** Names are unique per kind across all files, since ramps and the ledger go by them. */
function checkName(document: SourceDocument, names: Map<string, SourceDocument>): readonly Issue[] {
  const path = ['metadata', 'name']
  const kind = String(valueAt(document.value, ['kind']))
  const name = valueAt(document.value, path)
  if (typeof name !== 'string') return []
  const first = names.get(`${kind}/${name}`)
  if (first === undefined) {
    names.set(`${kind}/${name}`, document)
    return []
  }
  const place = placeOf(first, path, 'value')
  const where = place === undefined ? first.file : `${first.file}:${place.line}:${place.column}`
  const message = `there is a contract of kind ${kind} called ${quote(name)} already, in ${where}`
  const complaint: Complaint = { code: 'duplicate-name', message, found: quote(name) }
  return [issueAt(document, path, complaint)]
}

function digestDocument(
  document: SourceDocument,
  bare: (document: Json) => Json = (value) => value,
): {
  readonly digest?: Digest
  readonly issues: readonly Issue[]
} {
  try {
    return { digest: digestOf(bare(document.value)), issues: [] }
  } catch (thrown) {
    if (!isFault(thrown, 'json-not-canonical')) throw thrown
    return { issues: [issueAt(document, [], { code: 'wrong-value', message: thrown.hint })] }
  }
}
