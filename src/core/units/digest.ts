/** Digests: `sha256:` and 64 hexadecimal digits over canonical JSON. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { printCanonicalJson } from './json.ts'

/** A SHA-256 digest, written `sha256:<64 hexadecimal digits>`. */
export type Digest = `sha256:${string}`

/**
 * The digest of a value: SHA-256 over its canonical JSON in UTF-8.
 *
 * @throws json-not-canonical when the value has no canonical form.
 * @source FIPS 180-4, RFC 8785
 */
export function digestOf(value: unknown): Digest {
  return digestOfText(printCanonicalJson(value))
}

/** The digest of a text, over its UTF-8 bytes. */
export function digestOfText(text: string): Digest {
  return `sha256:${bytesToHex(sha256(utf8ToBytes(text)))}`
}

/** The first 12 hexadecimal digits of a digest, for people; never for comparing. */
export function shortDigest(digest: Digest): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12)
}
