/**
 * What is secret is kept in the database sealed: AES-256-GCM under a key that is derived from the
 * server's master key for each purpose. Whoever has only the database, or a backup of it, can neither
 * read nor exchange it. The master key is never kept in the database, logged or shown.
 *
 * @source NIST SP 800-38D; RFC 5869
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { assert } from '../core/fault/assert.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Says how what follows was sealed, for whoever changes that one day. */
const FORMAT = 1

/** Seals and opens for one purpose. */
export class Sealing {
  readonly #key: Buffer

  /** @param masterKey 32 bytes */
  constructor(masterKey: Uint8Array, purpose: string) {
    assert(masterKey.length === 32, 'A master key has 32 bytes.')
    this.#key = Buffer.from(hkdfSync('sha256', masterKey, '', `rampart ${purpose}`, 32))
  }

  /** @param place what it is about: opened at another place, it does not open */
  seal(text: string, place: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce)
    cipher.setAAD(Buffer.from(place))
    const sealed = [cipher.update(text, 'utf8'), cipher.final()]
    return Buffer.concat([Buffer.from([FORMAT]), nonce, cipher.getAuthTag(), ...sealed])
  }

  /** Undefined when it was sealed with another key, for another place, or was altered since. */
  open(sealed: Buffer, place: string): string | undefined {
    if (sealed[0] !== FORMAT || sealed.length < 1 + NONCE_BYTES + TAG_BYTES) return undefined
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES)
    const tagEnd = 1 + NONCE_BYTES + TAG_BYTES
    const cipher = createDecipheriv('aes-256-gcm', this.#key, nonce)
    cipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(1 + NONCE_BYTES, tagEnd))
    try {
      return cipher.update(sealed.subarray(tagEnd), undefined, 'utf8') + cipher.final('utf8')
    } catch {
      // The one reason for which the last step fails is that the tag does not fit.
      return undefined
    }
  }
}
