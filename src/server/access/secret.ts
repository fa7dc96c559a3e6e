/**
 * Secrets that are given out once: 256 bits of the system's randomness, kept only as their SHA-256. A
 * slow hash would add nothing, since nobody guesses 256 bits; compared in constant time all the same.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** A new secret. @returns 43 characters of base64url */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** A new public id, unique without asking. @returns 16 hexadecimal digits */
export function newId(): string {
  return randomBytes(8).toString('hex')
}

/** What is kept of a secret. @returns hexadecimal SHA-256 */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Another secret that follows from one for a purpose, and tells nothing of it. */
export function derivedSecret(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url')
}

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function isEqualSecret(one: string, other: string): boolean {
  return timingSafeEqual(
    createHash('sha256').update(one).digest(),
    createHash('sha256').update(other).digest(),
  )
}
