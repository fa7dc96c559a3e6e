/**
 * The revisions of one contract: the fold of its stream, `contract:<kind>/<name>`. Pure; nothing else
 * is a revision, and nothing is ever taken out of the stream again.
 */
import { isOfContract } from '../../core/entry/contract-entry.ts'
import type { Entry } from '../../core/entry/entry.ts'
import { present } from '../../core/fault/assert.ts'
import type { Digest } from '../../core/units/digest.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { RevisionSummary } from '../wire/contracts.ts'
import { foldProposals, type Proposal, unendedProposal } from './proposal.ts'

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
  /** What was ever proposed instead, oldest first. Only the last of them can be open. */
  readonly proposals: readonly Proposal[]
  /** The document of the one that has not ended. */
  readonly proposed?: JsonObject | undefined
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

/** Folds one more entry; entries that are not of a contract only count. */
export function foldRevision(folded: Revisions | undefined, entry: Entry): Revisions | undefined {
  const sequence = (folded?.sequence ?? 0) + 1
  if (!isOfContract(entry)) return folded && { ...folded, sequence }
  const proposals = foldProposals(folded?.proposals ?? [], entry)
  if (entry.type === 'contract.amended') {
    const revisions = [...(folded?.revisions ?? []), revisionIn(entry, folded)]
    const { kind, name, document } = entry
    return { kind, name, sequence, revisions, document, proposals }
  }
  const held = present(folded, 'nothing is proposed of a contract before its first revision')
  const document = entry.type === 'contract.proposed' ? entry.document : held.proposed
  const proposed = unendedProposal(proposals) === undefined ? undefined : document
  return { ...held, sequence, proposals, proposed }
}

function revisionIn(
  entry: Extract<Entry, { type: 'contract.amended' }>,
  folded: Revisions | undefined,
): RevisionSummary {
  const { kind, name, digest, by, why, atMs, approvals } = entry
  const number = (folded?.revisions.length ?? 0) + 1
  return {
    ...{ kind, name, digest, number, by, atMs },
    ...(why === undefined ? {} : { why }),
    ...(approvals === undefined ? {} : { approvals }),
  }
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
export function labelsOf({
  document,
}: Pick<Revisions, 'document'>): Readonly<Record<string, string>> {
  const metadata = document['metadata']
  const isObject = typeof metadata === 'object' && metadata !== null && 'labels' in metadata
  return isObject ? (metadata['labels'] as Readonly<Record<string, string>>) : {}
}
