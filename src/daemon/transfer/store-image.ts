/**
 * Everything that a server keeps, on its way from one place to another: files of a workspace, a
 * database, or a backup. It passes piece by piece and is proved while it passes, so that what arrives
 * is what was there, or nothing.
 */
import { ImageProof, type LedgerPart, type ProvedImage } from '../../ledger/chain/image.ts'
import type { RecordsPart } from '../../records/document/records-image.ts'
import type { RampSettings } from '../../seams/settings.ts'

/** One piece. Settings come first, since ramps of the ledger need them; then the ledger; then records. */
export type StorePart =
  | LedgerPart
  | RecordsPart
  | { readonly part: 'settings'; readonly ramp: string; readonly settings: RampSettings }

/** Where everything comes from. */
export interface StoreSource {
  /** A path, or a URL without what is secret. */
  readonly subject: string
  read(): AsyncIterable<StorePart>
}

/** Where everything goes to. */
export interface StoreTarget {
  readonly subject: string
  /**
   * Writes all of it or nothing. Iterates to the end before anything counts: whoever hands the pieces
   * in throws there when something is wrong with them.
   *
   * @throws store-occupied when there is something already
   */
  write(pieces: AsyncIterable<StorePart>): Promise<void>
}

/** What was moved. */
export interface StoreMove extends ProvedImage {
  readonly records: number
  readonly settings: number
}

/** Whether a piece is the ledger's. */
export function isOfLedger(piece: StorePart): piece is LedgerPart {
  return piece.part !== 'record' && piece.part !== 'floor' && piece.part !== 'settings'
}

/** Moves everything. @throws ledger-corrupt when the source does not hold together */
export async function moveStore(source: StoreSource, target: StoreTarget): Promise<StoreMove> {
  const proof = new ImageProof(source.subject)
  const counted = { records: 0, settings: 0 }
  let proved: ProvedImage | undefined
  async function* proving(): AsyncGenerator<StorePart> {
    for await (const piece of source.read()) {
      if (isOfLedger(piece)) proof.take(piece)
      else if (piece.part === 'record') counted.records += 1
      else if (piece.part === 'settings') counted.settings += 1
      yield piece
    }
    proved = proof.finish()
  }
  await target.write(proving())
  return { ...(proved ?? proof.finish()), ...counted }
}
