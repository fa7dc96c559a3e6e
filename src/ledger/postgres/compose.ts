/**
 * What a group of appends comes to, given where the chain ends: pure, so that the same group can be
 * composed again after somebody else was first.
 */
import { present } from '../../core/fault/assert.ts'
import type { Append, Recorded } from '../../seams/ledger.ts'
import { conflictFault, fencedFault, type PreparedAppend } from '../chain/admission.ts'
import { linkHash } from '../chain/link.ts'
import type { Head } from '../chain/statement.ts'
import type { Outcome } from './append-queue.ts'

/** Where the chain and its streams end. */
export interface Standing {
  readonly head: Head
  /** The last sequence of every stream that the group touches; absent or 0 when it is new. */
  readonly ends: ReadonlyMap<string, number>
  /** The latest tokens of the group's subjects; absent: they are believed, and checked when written. */
  readonly tokens?: ReadonlyMap<string, number>
}

/** A group as it is written. */
export interface Composition {
  readonly outcomes: readonly Outcome[]
  readonly recorded: readonly Recorded[]
  /** One a recorded entry. */
  readonly texts: readonly string[]
  /** The last sequences of the streams that grew. */
  readonly ends: ReadonlyMap<string, number>
  readonly position: number
  readonly hash: string
}

/** Composes a group; an append that is refused does not keep the others from being written. */
export function compose(group: readonly PreparedAppend[], standing: Standing): Composition {
  const recorded: Recorded[] = []
  const written: string[] = []
  const grown = new Map<string, number>()
  let { position, hash } = standing.head
  const outcomes = group.map(({ append, texts }): Outcome => {
    const { stream, after, entries } = append
    if (isFenced(append, standing)) return { verdict: 'refused', fault: fencedFault(append) }
    let sequence = grown.get(stream) ?? standing.ends.get(stream) ?? 0
    if (sequence !== after) return { verdict: 'refused', fault: conflictFault(append, sequence) }
    const own = texts.map((text, index): Recorded => {
      position += 1
      sequence += 1
      hash = linkHash(hash, { position, stream, sequence, text })
      const entry = present(entries[index], 'Every text was printed from an entry.')
      return { position, stream, sequence, entry, hash }
    })
    if (own.length > 0) grown.set(stream, sequence)
    recorded.push(...own)
    written.push(...texts)
    return { verdict: 'recorded', recorded: own }
  })
  return { outcomes, recorded, texts: written, ends: grown, position, hash }
}

/** The leases that a group needs, one a subject; undefined when two of its appends contradict each other. */
export function leasesOf(
  group: readonly PreparedAppend[],
): ReadonlyMap<string, number> | undefined {
  const tokens = new Map<string, number>()
  for (const { append } of group) {
    if (append.lease === undefined) continue
    const { subject, token } = append.lease
    if ((tokens.get(subject) ?? token) !== token) return undefined
    tokens.set(subject, token)
  }
  return tokens
}

function isFenced({ lease }: Append, { tokens }: Standing): boolean {
  return lease !== undefined && tokens !== undefined && tokens.get(lease.subject) !== lease.token
}
