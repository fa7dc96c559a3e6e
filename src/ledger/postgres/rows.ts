/** Rows as they come from PostgreSQL. Their types are the schema's; what they say is still proved. */
import type { Row } from '../../database/database.ts'
import type { HashedLink } from '../chain/link.ts'
import type { Checkpoint, SealedHead } from '../chain/statement.ts'

/** The columns of an entry, in the order of `linkOfRow`. */
export const LINK_COLUMNS = 'position, stream, sequence, text, hash'

/** An entry's row. */
export function linkOfRow(row: Row): HashedLink {
  const [position, stream, sequence, text, hash] = row
  return {
    position: Number(position),
    stream: String(stream),
    sequence: Number(sequence),
    text: String(text),
    hash: String(hash),
  }
}

/** A stream's name and its last sequence; 0 when it has no entries. */
export function endOfRow([stream, sequence]: Row): [string, number] {
  return [String(stream), Number(sequence)]
}

/** The columns of the head, in the order of `headOfRow`. */
export const HEAD_COLUMNS = 'position, hash, checkpoints, checkpoint_position, seal, epoch'

/** A head as it is kept, and the epoch in which it may be moved. */
export interface EpochHead extends SealedHead {
  readonly epoch: number
}

/** The head's row. */
export function headOfRow(row: Row): EpochHead {
  const [position, hash, checkpoints, checkpointPosition, seal, epoch] = row
  return {
    position: Number(position),
    hash: String(hash),
    checkpoints: Number(checkpoints),
    checkpointPosition: Number(checkpointPosition),
    seal: String(seal),
    epoch: Number(epoch),
  }
}

/** The columns of a checkpoint, in the order of `checkpointOfRow`. */
export const CHECKPOINT_COLUMNS = 'number, position, hash, at_ms, public_key, signature'

/** A checkpoint's row. */
export function checkpointOfRow(row: Row): Checkpoint {
  const [number, position, hash, atMs, publicKey, signature] = row
  return {
    number: Number(number),
    position: Number(position),
    hash: String(hash),
    atMs: Number(atMs),
    publicKey: String(publicKey),
    signature: String(signature),
  }
}
