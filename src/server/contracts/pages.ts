/** Held contracts as they are listed: filtered, and page by page. Pure. */
import type { JsonObject } from '../../core/units/json.ts'
import type {
  ContractPage,
  ContractSummary,
  RevisionPage,
  RevisionSummary,
} from '../wire/contracts.ts'
import { labelsOf, latestOf, type Revisions } from './revisions.ts'

/** Which contracts. */
export interface ContractFilter {
  readonly kind?: string | undefined
  /** Labels that it must carry, each as `key=value`; a key alone: any value. */
  readonly label?: readonly string[] | undefined
  /** Somebody who owns it, or a part of it. */
  readonly owner?: string | undefined
}

/** Some contracts, in the order of kind and name, after the one that `cursor` names. */
export function contractPage(
  held: readonly Revisions[],
  page: { readonly limit: number; readonly cursor?: string | undefined },
  lastRamps: ReadonlyMap<string, string>,
): ContractPage {
  const { limit, cursor = '' } = page
  const rest = held.filter((one) => keyOf(one) > cursor)
  const contracts = rest.slice(0, limit).map((one) => summaryOf(one, lastRamps.get(keyOf(one))))
  const last = contracts.at(-1)
  return rest.length <= limit || last === undefined
    ? { contracts }
    : { contracts, next: keyOf(last) }
}

/** A contract on one line. */
export function summaryOf(held: Revisions, lastRamp: string | undefined): ContractSummary {
  const labels = labelsOf(held)
  return { ...latestOf(held), labels, ...(lastRamp === undefined ? {} : { lastRamp }) }
}

/** Revisions, newest first, before the number that `cursor` names. */
export function revisionPage(
  { revisions }: Revisions,
  page: { readonly limit: number; readonly cursor?: number | undefined },
): RevisionPage {
  const { limit, cursor = Number.MAX_SAFE_INTEGER } = page
  const rest: readonly RevisionSummary[] = revisions.filter(({ number }) => number < cursor)
  const shown = rest.slice(-limit).reverse()
  const last = shown.at(-1)
  return rest.length <= limit || last === undefined
    ? { revisions: shown }
    : { revisions: shown, next: String(last.number) }
}

/** Whether a contract is among those that are asked for. */
export function isAsked(held: Revisions, { kind, label = [], owner }: ContractFilter): boolean {
  if (kind !== undefined && held.kind !== kind) return false
  const labels = labelsOf(held)
  const isLabelled = label.every((wanted) => {
    const [key = '', ...value] = wanted.split('=')
    if (!Object.hasOwn(labels, key)) return false
    return value.length === 0 || labels[key] === value.join('=')
  })
  return isLabelled && (owner === undefined || ownersIn(held.document).has(owner))
}

/** Everybody whom a document names as an owner, also within the parts that were put into it. */
export function ownersIn(document: JsonObject): ReadonlySet<string> {
  const spec = objectOf(document['spec'])
  const components = Object.values(objectOf(spec['components'])).map(objectOf)
  const conditions = components.flatMap(({ ready, drain }) => [
    ...objectsOf(ready),
    ...objectsOf(objectOf(drain)['until']),
  ])
  const named = [...components, ...conditions, ...objectsOf(spec['agree'])]
  const owners = named.map(({ owner }) => owner).filter((owner) => typeof owner === 'string')
  const parts = components.map(({ use }) => objectOf(objectOf(use)['document']))
  return new Set([...owners, ...parts.flatMap((part) => [...ownersIn(part)])])
}

function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(objectOf) : []
}

function objectOf(value: unknown): JsonObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as JsonObject) : {}
}

function keyOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}/${name}`
}
