/**
 * The key files beside a ledger: `ledger.key` (private, mode 0600) and `ledger.pub`. Made once, whole
 * and on disk before anything is sealed with them; never replaced.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../../core/fault/fault.ts'
import {
  makePrivateKey,
  type Prover,
  proverOf,
  publicKeyPemOf,
  type Signer,
  signerOf,
} from './signature.ts'

/** The name of the private key's file. */
export const PRIVATE_KEY_FILE = 'ledger.key'
/** The name of the public key's file. */
export const PUBLIC_KEY_FILE = 'ledger.pub'

/**
 * The signer of the ledger in a folder; makes the pair on first use.
 *
 * @throws ledger-unavailable when the ledger has entries but its key is gone or unreadable.
 */
export function openSigner(folder: string, mayMake: boolean): Signer {
  const path = join(folder, PRIVATE_KEY_FILE)
  if (!existsSync(path)) {
    if (!mayMake)
      throw keyFault(path, 'The ledger has entries but its key is gone; restore the key.')
    publish(path, makePrivateKey(), 0o600)
  }
  chmodSync(path, 0o600)
  const privateKeyPem = readFileSync(path, 'utf8')
  const signer = parseKey(privateKeyPem, signerOf)
  if (signer === undefined) throw keyFault(path, 'The file holds no private key; restore it.')
  const publicPath = join(folder, PUBLIC_KEY_FILE)
  if (!existsSync(publicPath)) publish(publicPath, publicKeyPemOf(privateKeyPem), 0o644)
  return signer
}

/** What a reader may prove with: the signer when it may read it, else the public half, else nothing. */
export function findProver(folder: string): Prover | undefined {
  return (
    parseKey(readIfThere(join(folder, PRIVATE_KEY_FILE)), signerOf) ??
    parseKey(readIfThere(join(folder, PUBLIC_KEY_FILE)), proverOf)
  )
}

/** Makes a folder's new names survive a loss of power. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Writes beside, then links: another process sees no file or the whole file, and the first one wins. */
function publish(path: string, content: string, mode: number): void {
  const draft = `${path}.${process.pid}`
  const descriptor = openSync(draft, 'w', mode)
  try {
    writeSync(descriptor, content)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  try {
    linkSync(draft, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** What a PEM text is the key of; nothing when there is none or it is no key. */
function parseKey<Key>(pem: string | undefined, parse: (pem: string) => Key): Key | undefined {
  if (pem === undefined) return undefined
  try {
    return parse(pem)
  } catch (error) {
    // OpenSSL names what it could not decode in as many ways as there are.
    if (codeOf(error)?.startsWith('ERR_') === true) return undefined
    throw error
  }
}

function keyFault(subject: string, hint: string): Fault {
  return new Fault({ code: 'ledger-unavailable', operation: 'open the ledger', subject, hint })
}
