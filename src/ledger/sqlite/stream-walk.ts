/**
 * Proves the ways along which a stream is read: that every entry points to the one before it in its
 * stream, and that every stream's ends are known. The chain does not cover these, since they say
 * nothing that the chain does not; but a wrong one would hide entries from whoever reads a stream.
 */
import { broken, type Finding } from '../chain/chain-walk.ts'
import type { HashedLink } from '../chain/link.ts'
import { endsOfRow, type Row, type StreamEnds } from './rows.ts'

/** Walks the streams of one ledger once, beside the walk along its chain. */
export class StreamWalk {
  readonly #ends = new Map<string, StreamEnds>()

  /** Takes the next entry and the position it points back to. */
  step(link: HashedLink, previous: unknown): Finding | undefined {
    const { position, stream, sequence } = link
    const ends = this.#ends.get(stream)
    if (previous !== (ends?.last ?? 0)) {
      const sentence = `The entry at ${position} does not point back to the one before in its stream.`
      return broken(position, 'altered', sentence)
    }
    this.#ends.set(stream, { sequence, first: ends?.first ?? position, last: position })
    return undefined
  }

  /** Takes the rows that say where every stream begins and ends, each followed by its name. */
  finish(rows: readonly Row[]): Finding | undefined {
    const known = new Map(rows.map((row) => [String(row[3]), row]))
    for (const [stream, { sequence, first, last }] of this.#ends) {
      const row = known.get(stream)
      const ends = row === undefined ? undefined : endsOfRow(row)
      if (ends?.sequence !== sequence || ends.first !== first || ends.last !== last) {
        return broken(last, 'altered', `The ends of stream ${stream} are not where they should be.`)
      }
      known.delete(stream)
    }
    const [extra] = known.keys()
    return extra === undefined ? undefined : broken(1, 'altered', `Stream ${extra} has no entries.`)
  }
}
