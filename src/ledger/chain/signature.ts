/**
 * Keys of a ledger: an Ed25519 pair that signs checkpoints (anybody with the public key can prove one)
 * and a secret taken from the private key that seals what changes with every commit, where a signature
 * would cost more than the entry.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'

/** What a reader needs to prove a ledger. */
export interface Prover {
  /** The raw public key, base64. */
  readonly publicKey: string
  /** Whether the pair's private half signed this statement. */
  isSigned(statement: string, signature: string): boolean
  /** Whether the seal is ours; `unknown` to a reader without the private key. */
  checkSeal(statement: string, seal: string): 'valid' | 'invalid' | 'unknown'
}

/** What a writer needs besides. */
export interface Signer extends Prover {
  /** An Ed25519 signature, base64. @source RFC 8032 */
  sign(statement: string): string
  /** A message authentication code, hexadecimal. @source RFC 2104 */
  seal(statement: string): string
}

/** A new private key as PEM. */
export function makePrivateKey(): string {
  return generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
}

/** The signer of a private key in PEM. */
export function signerOf(privateKeyPem: string): Signer {
  const privateKey = createPrivateKey(privateKeyPem)
  const seal = sealerOf(secretOf(privateKey))
  return {
    ...proverOf(publicKeyPemOf(privateKeyPem)),
    checkSeal: (statement, given) => (given === seal(statement) ? 'valid' : 'invalid'),
    sign: (statement) => sign(null, Buffer.from(statement), privateKey).toString('base64'),
    seal,
  }
}

/** The public half of a private key, as PEM. */
export function publicKeyPemOf(privateKeyPem: string): string {
  return createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString()
}

/** The prover of a public key in PEM. */
export function proverOf(publicKeyPem: string): Prover {
  const key = createPublicKey(publicKeyPem)
  return {
    publicKey: rawPublicKey(key),
    isSigned: (statement, signature) =>
      verify(null, Buffer.from(statement), key, Buffer.from(signature, 'base64')),
    checkSeal: () => 'unknown',
  }
}

/** An Ed25519 key in SPKI is a fixed prefix and the 32 raw bytes (RFC 8410). */
function rawPublicKey(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')
}

/** 64 hexadecimal digits: as ASCII, exactly one block of SHA-256. */
function secretOf(privateKey: KeyObject): string {
  const raw = privateKey.export({ type: 'pkcs8', format: 'der' })
  return hash('sha256', Buffer.concat([Buffer.from('rampart ledger seal\n'), raw]), 'hex')
}

/**
 * HMAC-SHA-256 from two one-shot hashes. `createHmac` looks up its algorithm anew for every seal, which
 * after a sync of the disk, with cold caches, costs four times as much.
 *
 * @source RFC 2104
 */
function sealerOf(secret: string): (statement: string) => string {
  const block = Buffer.from(secret, 'ascii')
  const inner = block.map((byte) => byte ^ 0x36).toString()
  const outer = block.map((byte) => byte ^ 0x5c)
  return (statement) => {
    const digest = hash('sha256', inner + statement, 'buffer')
    return hash('sha256', Buffer.concat([outer, digest]), 'hex')
  }
}
