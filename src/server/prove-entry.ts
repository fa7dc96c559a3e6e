/** The proof that an entry is in the signed record, gathered from the ledger. */
import { Fault } from '../core/fault/fault.ts'
import type { Ledger, Recorded } from '../seams/ledger.ts'
import type { LedgerProof } from './wire.ts'

/** The hash before the first entry. */
const GENESIS = '0'.repeat(64)

/**
 * Gathers it. Where no checkpoint covers the entry yet, one is signed now: it changes nothing that is
 * recorded.
 *
 * @throws entry-unknown, entry-unsigned
 */
export async function proveEntry(ledger: Ledger, position: number): Promise<LedgerProof> {
  if (position > (await ledger.end())) {
    throw refusal('entry-unknown', position, `The ledger ends before ${position}.`)
  }
  if ((await ledger.checkpointAt(position)) === undefined) await ledger.checkpoint()
  const checkpoint = await ledger.checkpointAt(position)
  if (checkpoint === undefined) {
    throw refusal('entry-unsigned', position, 'This ledger signs no checkpoints.')
  }
  const entries: Recorded[] = []
  let previousHash = GENESIS
  for await (const recorded of ledger.readAll(Math.max(0, position - 2))) {
    if (recorded.position < position) previousHash = recorded.hash
    else entries.push(recorded)
    if (recorded.position === checkpoint.position) break
  }
  return { position, previousHash, entries, checkpoint }
}

function refusal(code: 'entry-unknown' | 'entry-unsigned', position: number, hint: string): Fault {
  return new Fault({ code, operation: 'prove the entry', subject: String(position), hint })
}
