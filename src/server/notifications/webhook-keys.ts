/**
 * What is secret about webhooks, all of it made from the server's master key: the key that each one's
 * messages are signed with is derived, so it is kept nowhere, and addresses are kept sealed.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const VERSION = 'v1'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Keys of webhooks. */
export class WebhookKeys {
  readonly #master: () => Uint8Array

  /** @param master gives 32 bytes, always the same; not asked before they are needed */
  constructor(master: () => Uint8Array) {
    this.#master = master
  }

  /** What a webhook's messages are signed with. @returns 32 bytes, always the same for one id */
  secretOf(id: string): Uint8Array {
    return this.#derive('signature', id)
  }

  /** The same as it is shown, once, to whoever made the webhook. */
  shownSecret(id: string): string {
    return `whsec_${Buffer.from(this.secretOf(id)).toString('base64')}`
  }

  /** Seals an address for one webhook; only that one opens it again. */
  seal(id: string, address: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#derive('address', id), nonce)
    const sealed = Buffer.concat([cipher.update(address, 'utf8'), cipher.final()])
    return `${VERSION}.${Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url')}`
  }

  /** Undefined when it was sealed with another master key, or altered. */
  open(id: string, text: string): string | undefined {
    const [version, rest = ''] = text.split('.')
    const bytes = Buffer.from(rest, 'base64url')
    if (version !== VERSION || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
    const nonce = bytes.subarray(0, NONCE_BYTES)
    const sealed = bytes.subarray(NONCE_BYTES, -TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', this.#derive('address', id), nonce)
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    try {
      return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')
    } catch {
      // The tag does not fit: another key, or altered.
      return undefined
    }
  }

  #derive(purpose: string, id: string): Uint8Array {
    const info = `rampart webhook ${purpose} ${VERSION}`
    return new Uint8Array(hkdfSync('sha256', this.#master(), id, info, KEY_BYTES))
  }
}
