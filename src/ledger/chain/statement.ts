/**
 * The statements a ledger makes about itself: checkpoints, signed now and then and kept for ever; the
 * head, sealed with every commit and replaced by the next; snapshots, sealed so that a changed one is
 * ignored instead of believed.
 */
import type { Snapshot } from '../../seams/ledger.ts'

/** What a checkpoint says: this was the head of the chain then. */
export interface Checkpoint {
  /** From 1, without gaps. */
  readonly number: number
  readonly position: number
  readonly hash: string
  /** When it was signed. @unit ms since 1970 */
  readonly atMs: number
  /** The raw public key, base64. */
  readonly publicKey: string
  /** Base64. */
  readonly signature: string
}

/** Where the chain ends now. */
export interface Head {
  readonly position: number
  readonly hash: string
  /** How many checkpoints there are. */
  readonly checkpoints: number
  /** The position of the last checkpoint; 0 when there is none. */
  readonly checkpointPosition: number
}

/** A head as it is kept. */
export interface SealedHead extends Head {
  readonly seal: string
}

/** The text a checkpoint's signature covers. */
export function checkpointStatement(checkpoint: Omit<Checkpoint, 'signature'>): string {
  const { number, position, hash, atMs, publicKey } = checkpoint
  return ['rampart checkpoint', number, position, hash, atMs, publicKey].join('\n')
}

/** The text a head's seal covers. */
export function headStatement(head: Head): string {
  const { position, hash, checkpoints, checkpointPosition } = head
  return ['rampart head', position, hash, checkpoints, checkpointPosition].join('\n')
}

/** The text a snapshot's seal covers. */
export function snapshotStatement(snapshot: Snapshot): string {
  const { stream, sequence, foldVersion, state } = snapshot
  return ['rampart snapshot', stream, sequence, foldVersion, state].join('\n')
}
