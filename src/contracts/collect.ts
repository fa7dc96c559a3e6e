/** Documents to contracts: which kind each one is, and that no two share a name. */
import { isFault } from '../core/fault/fault.ts'
import { type Digest, digestOf } from '../core/units/digest.ts'
import type { Json } from '../core/units/json.ts'
import { API_VERSION, type Contract, type ContractKind } from './contract.ts'
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

/** Contracts of the kinds in a registry, and what is wrong with the rest. */
export function collectContracts<Kind extends string, Definition>(
  documents: readonly SourceDocument[],
  kinds: { readonly [Name in Kind]: ContractKind<Name, Definition> },
  kindsToCome: readonly string[],
): {
  readonly contracts: readonly Contract<Kind, Definition>[]
  readonly issues: readonly Issue[]
} {
  const contracts: Contract<Kind, Definition>[] = []
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
    const parsed = kinds[kind as Kind].parse(document)
    const digested = digestDocument(document, kinds[kind as Kind].parts?.bare)
    issues.push(...parsed.issues, ...digested.issues)
    if (parsed.definition === undefined || digested.digest === undefined) continue
    const { definition } = parsed
    contracts.push(
      contractOf(document, { kind: kind as Kind, definition, digest: digested.digest }),
    )
  }
  return { contracts, issues }
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
  const message = `there is an ${kind} called ${quote(name)} already, in ${where}`
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
