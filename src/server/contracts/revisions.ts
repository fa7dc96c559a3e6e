/**
 * The revisions of one contract: the fold of its stream, `contract:<kind>/<name>`. Pure; nothing else
 * is a revision, and nothing is ever taken out of the stream again.
 */
import type { Entry } from '../../core/entry/entry.ts'
import { present } from '../../core/fault/assert.ts'
import type { Digest } from '../../core/units/digest.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { RevisionSummary } from '../wire/contracts.ts'

/** A contract, by the name that the server holds it under. */
export interface ContractName {
  readonly kind: string
  readonly name: string
}

/** What the stream of a contract says. */
export interface Revisions {
  readonly kind: string
  readonly name: string
  /** Sequence of the last entry that was folded. */
  readonly sequence: number
  /** Oldest first. */
  readonly revisions: readonly RevisionSummary[]
  /** The document of the latest one. */
  readonly document: JsonObject
}

const PREFIX = 'contract:'

/** The stream of a contract. */
export function contractStream({ kind, name }: ContractName): string {
  return `${PREFIX}${kind}/${name}`
}

/** Whose stream it is; undefined for a stream of another sort. */
export function contractOfStream(stream: string): ContractName | undefined {
  if (!stream.startsWith(PREFIX)) return undefined
  const slash = stream.indexOf('/')
  return slash < 0
    ? undefined
    : { kind: stream.slice(PREFIX.length, slash), name: stream.slice(slash + 1) }
}

/** Folds one more entry; entries that are no amendment only count. */
export function foldRevision(folded: Revisions | undefined, entry: Entry): Revisions | undefined {
  const sequence = (folded?.sequence ?? 0) + 1
  if (entry.type !== 'contract.amended') return folded && { ...folded, sequence }
  const { kind, name, digest, document, by, why, atMs } = entry
  const revisions = folded?.revisions ?? []
  const number = revisions.length + 1
  const revision = { kind, name, digest, number, by, atMs, ...(why === undefined ? {} : { why }) }
  return { kind, name, sequence, revisions: [...revisions, revision], document }
}

/** The latest revision. */
export function latestOf({ revisions }: Revisions): RevisionSummary {
  return present(revisions.at(-1), 'A contract is held from its first revision on.')
}

/** The latest revision of that digest: what was taken back may come again. */
export function revisionOf(held: Revisions, digest: Digest): RevisionSummary | undefined {
  return held.revisions.findLast((revision) => revision.digest === digest)
}

/** The labels that the latest revision carries. */
export function labelsOf({ document }: Revisions): Readonly<Record<string, string>> {
  const metadata = document['metadata']
  const isObject = typeof metadata === 'object' && metadata !== null && 'labels' in metadata
  return isObject ? (metadata['labels'] as Readonly<Record<string, string>>) : {}
}
