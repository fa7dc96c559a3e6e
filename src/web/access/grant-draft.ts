/** Grants while they are typed. Pure. What is not changed of one is granted again as it was. */
import type { Grant, Scope } from '../../server/wire/access.ts'
import { printLabels, readLabels } from '../../server/wire/label-text.ts'

/** A grant as it is typed. */
export interface GrantDraft {
  readonly role: Grant['role']
  /** Contracts, or regions of an agent, apart by commas; empty: everywhere. */
  readonly where: string
  /** Labels that contracts must carry: `team=payments, tier=1`; empty: any. */
  readonly labels: string
  /** What it was before anything was typed; absent: it is new. */
  readonly was?: Grant
}

/** What cannot be granted so, by the field that it is about, with what was expected. */
export interface GrantComplaints {
  readonly where?: string
  readonly labels?: string
}

/** What was typed, read. */
export type GrantReading =
  | { readonly grant: Grant }
  | { readonly grant?: undefined; readonly complaints: GrantComplaints }

/** As a scope names contracts. */
const CONTRACTS = /^[A-Za-z0-9*_-]+\/[A-Za-z0-9*._-]+$/

/** How many a scope names, and how long each may be. */
const NAMES_MAX = 100
const NAME_MAX = 200

/** Reads it as a grant. */
export function readGrant(draft: GrantDraft): GrantReading {
  const { role } = draft
  const where = readWhere(draft)
  if (role === 'agent') {
    if ('complaint' in where) return { complaints: { where: where.complaint } }
    return { grant: { role, scope: where.names === undefined ? {} : { regions: where.names } } }
  }
  const labels = readScopeLabels(draft)
  if ('complaint' in where || 'complaint' in labels) {
    const ofWhere = 'complaint' in where ? { where: where.complaint } : {}
    return {
      complaints: { ...ofWhere, ...('complaint' in labels ? { labels: labels.complaint } : {}) },
    }
  }
  const contracts = where.names === undefined ? {} : { contracts: where.names }
  const carried = labels.labels === undefined ? {} : { labels: labels.labels }
  return { grant: { role, scope: { ...contracts, ...carried } } }
}

/** A grant, to be changed. */
export function draftOf(grant: Grant): GrantDraft {
  const { role, scope } = grant
  return { role, where: printWhere(scope), labels: printScopeLabels(scope), was: grant }
}

/** No names: everywhere. Only commas are no way to say so. */
function readWhere({
  role,
  where,
}: GrantDraft): { readonly names: readonly string[] | undefined } | { readonly complaint: string } {
  if (where.trim() === '') return { names: undefined }
  const names = where
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0) {
    return { complaint: 'Only commas stand here: expected names between them, or nothing at all.' }
  }
  if (names.length > NAMES_MAX) {
    return { complaint: `${names.length} names are too many: expected at most ${NAMES_MAX}.` }
  }
  const wrong = names.find(
    (name) => name.length > NAME_MAX || (role !== 'agent' && !CONTRACTS.test(name)),
  )
  if (wrong === undefined) return { names }
  const expected =
    role === 'agent'
      ? `names of regions of at most ${NAME_MAX} characters`
      : 'kind and name with a slash, for example Environment/shop or Environment/shop-*'
  return { complaint: `“${wrong}” cannot be meant: expected ${expected}.` }
}

/** Labels that are not touched stay as they were granted, also such as nobody would type. */
function readScopeLabels({
  labels,
  was,
}: GrantDraft): { readonly labels: Scope['labels'] } | { readonly complaint: string } {
  if (was !== undefined && labels === printScopeLabels(was.scope)) {
    return { labels: was.scope.labels }
  }
  const reading = readLabels(labels)
  if ('complaint' in reading) return reading
  return { labels: Object.keys(reading.labels).length === 0 ? undefined : reading.labels }
}

function printWhere({ contracts, regions }: Scope): string {
  return (contracts ?? regions ?? []).join(', ')
}

function printScopeLabels({ labels = {} }: Scope): string {
  return printLabels(labels).join(', ')
}
