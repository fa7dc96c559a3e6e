/**
 * The ledger's private key, kept in the database sealed by the server's master key: every replica signs
 * with the same key and needs to be given the master key alone (docs/decisions/0015). Made once by the
 * first replica; never replaced.
 */
import type { ClientBase } from 'pg'
import { Fault } from '../../core/fault/fault.ts'
import { type Database, rowsOf } from '../../database/database.ts'
import type { Sealing } from '../../database/sealing.ts'
import { makePrivateKey, type Signer, signerOf } from '../chain/signature.ts'

const NAME = 'ledger'
const OPERATION = 'open the ledger'
const OTHER_KEY =
  'It was made with another master key than the one that is given here. ' +
  'Give the one it was made with: --key-file, or RAMPART_KEY.'

/** @throws ledger-unavailable when the key was sealed with another master key, or is gone */
export async function openSealedSigner(database: Database, sealing: Sealing): Promise<Signer> {
  const deed = { code: 'ledger-unavailable', operation: OPERATION } as const
  return database.transact(deed, 'BEGIN', async (client) => {
    // Two replicas that start at once on an empty database make one key.
    await client.query('LOCK TABLE rampart.keys IN SHARE ROW EXCLUSIVE MODE')
    const sealed = await readSealed(client)
    if (sealed === undefined) {
      const [used] = await rowsOf(client, { text: 'SELECT 1 FROM rampart.head' }, [])
      if (used !== undefined)
        throw keyFault(database, 'The ledger has entries, but its key is gone.')
      return keepKey(client, sealing, makePrivateKey())
    }
    return signerOf(await openKey(client, sealing, database.subject))
  })
}

/** Keeps a private key in a database that has none. */
export async function keepKey(
  client: ClientBase,
  sealing: Sealing,
  privateKeyPem: string,
): Promise<Signer> {
  const signer = signerOf(privateKeyPem)
  const values = [NAME, signer.publicKey, sealing.seal(privateKeyPem, NAME)]
  await client.query('INSERT INTO rampart.keys VALUES ($1, $2, $3)', values)
  return signer
}

/**
 * The private key of a ledger in PEM.
 *
 * @throws ledger-unavailable when there is none, or the master key is another one
 */
export async function openKey(
  client: ClientBase,
  sealing: Sealing,
  subject: string,
): Promise<string> {
  const sealed = await readSealed(client)
  if (sealed === undefined) throw keyFault({ subject }, 'There is no ledger in this database yet.')
  const privateKeyPem = sealing.open(sealed, NAME)
  if (privateKeyPem === undefined) throw keyFault({ subject }, OTHER_KEY)
  return privateKeyPem
}

async function readSealed(client: ClientBase): Promise<Buffer | undefined> {
  const text = 'SELECT sealed FROM rampart.keys WHERE name = $1'
  const [row] = await rowsOf(client, { text }, [NAME])
  return row?.[0] as Buffer | undefined
}

function keyFault({ subject }: Pick<Database, 'subject'>, hint: string): Fault {
  return new Fault({ code: 'ledger-unavailable', operation: OPERATION, subject, hint })
}
