/**
 * One link of the chain: the hash that ties an entry to its place and to everything before it.
 * The text that is hashed is the text that is stored, so proving an entry never prints it again.
 */
import { hash } from 'node:crypto'

/** The hash before the first entry. */
export const GENESIS_HASH: string = '0'.repeat(64)

/** An entry as it is kept: its place and its canonical JSON. */
export interface Link {
  readonly position: number
  readonly stream: string
  readonly sequence: number
  /** Canonical JSON of the entry. */
  readonly text: string
}

/** A link with the hash it was stored with. */
export interface HashedLink extends Link {
  readonly hash: string
}

/**
 * SHA-256 (hexadecimal) over the previous hash, the place and the text, one a line. A text is canonical
 * JSON and holds no line break, so no two different links are hashed as the same bytes.
 *
 * @source FIPS 180-4
 */
export function linkHash(previousHash: string, link: Link): string {
  const { position, stream, sequence, text } = link
  return hash('sha256', `${previousHash}\n${position}\n${stream}\n${sequence}\n${text}`, 'hex')
}
