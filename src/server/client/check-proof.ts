/**
 * Checks a proof without asking anybody: it shares no code with the ledger that made it, and needs
 * nothing but the proof and the public key that one trusts.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { printCanonicalJson } from '../../core/units/json.ts'
import type { LedgerProof } from '../wire.ts'

/** What was found: undefined when the proof holds. */
export type Objection = string | undefined

/** An Ed25519 key in SPKI is this prefix and the 32 raw bytes. @source RFC 8410 */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * Follows the chain from the entry to the checkpoint, and proves its signature.
 *
 * @param publicKey the raw key that is trusted, base64; absent: the one that the proof names, which
 *   proves only that all of it is by one hand
 */
export function checkProof(proof: LedgerProof, publicKey?: string): Objection {
  const { position, entries, checkpoint } = proof
  let hash = proof.previousHash
  let at = position
  for (const recorded of entries) {
    if (recorded.position !== at) return `Entry ${at} is missing.`
    const { stream, sequence, entry } = recorded
    const text = printCanonicalJson(entry)
    hash = createHash('sha256')
      .update(`${hash}\n${at}\n${stream}\n${sequence}\n${text}`)
      .digest('hex')
    if (hash !== recorded.hash) return `Entry ${at} does not have the hash that is named.`
    at += 1
  }
  if (entries.length === 0 || at - 1 !== checkpoint.position || hash !== checkpoint.hash) {
    return `The chain does not lead to checkpoint ${checkpoint.number}.`
  }
  if (publicKey !== undefined && publicKey !== checkpoint.publicKey) {
    return `Checkpoint ${checkpoint.number} is signed by another key.`
  }
  return isSigned(proof) ? undefined : `The signature of checkpoint ${checkpoint.number} is wrong.`
}

function isSigned({ checkpoint }: LedgerProof): boolean {
  const { number, position, hash, atMs, publicKey, signature } = checkpoint
  const statement = ['rampart checkpoint', number, position, hash, atMs, publicKey].join('\n')
  const der = Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'base64')])
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  return verify(null, Buffer.from(statement), key, Buffer.from(signature, 'base64'))
}
