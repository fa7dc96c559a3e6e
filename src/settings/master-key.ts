/**
 * The server's master key: 32 bytes, from RAMPART_KEY or a key file, that open what is secret in the
 * database. Every replica of one database is given the same. It is never logged, and no fault quotes it.
 */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { Fault } from '../core/fault/fault.ts'

/** Where the key is looked for, the first that is given counts. */
export interface MasterKeyPlaces {
  /** The value of RAMPART_KEY. */
  readonly environment?: string
  /** A file that must be there. */
  readonly file?: string
  /** A file that is made, private to its owner, when it is not there. */
  readonly ownFile: string
}

/** @throws master-key-unusable when it is missing, cannot be read, or is no key */
export function readMasterKey({ environment, file, ownFile }: MasterKeyPlaces): Buffer {
  if (environment !== undefined && environment !== '') {
    return parseMasterKey(environment, 'RAMPART_KEY')
  }
  const path = file ?? ownFile
  try {
    if (file === undefined) makeOnce(ownFile)
    return parseMasterKey(readFileSync(path, 'utf8'), path)
  } catch (thrown) {
    if (!(thrown instanceof Error && 'syscall' in thrown)) throw thrown
    throw unusable(path, `It cannot be read: ${thrown.message}.`)
  }
}

/** 64 hexadecimal digits, or 32 bytes in base64. */
function parseMasterKey(text: string, subject: string): Buffer {
  const trimmed = text.trim()
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex')
  if (/^[A-Za-z0-9+/]{43}=$/.test(trimmed)) return Buffer.from(trimmed, 'base64')
  const found = `${trimmed.length} characters were found`
  throw unusable(
    subject,
    `A key is 64 hexadecimal digits or 32 bytes in base64, but ${found}. Make one: openssl rand -hex 32`,
  )
}

function makeOnce(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let descriptor: number
  try {
    descriptor = openSync(path, 'wx', 0o600)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return
    throw thrown
  }
  try {
    writeSync(descriptor, `${randomBytes(32).toString('hex')}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  chmodSync(path, 0o600)
}

function unusable(subject: string, hint: string): Fault {
  return new Fault({ code: 'master-key-unusable', operation: 'read the master key', subject, hint })
}
