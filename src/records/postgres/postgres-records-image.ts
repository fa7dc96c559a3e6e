/** Takes the image of the records in PostgreSQL, and puts an image into an empty database. */
import type { ClientBase } from 'pg'
import { Fault } from '../../core/fault/fault.ts'
import { rowsOf } from '../../database/database.ts'
import { type RecordsPart, recordPart } from '../document/records-image.ts'

const PAGE_ROWS = 1000

/** The image of the records that a transaction sees. */
export async function* readPostgresRecordsImage(client: ClientBase): AsyncGenerator<RecordsPart> {
  const floors = 'SELECT collection, version FROM rampart.record_floors'
  for (const [collection, version] of await rowsOf(client, { text: floors }, [])) {
    yield { part: 'floor', collection: String(collection), version: Number(version) }
  }
  const text = `SELECT collection, key, value, version, updated_at_ms, expires_at_ms
    FROM rampart.records WHERE (collection, key) > ($1, $2)
    ORDER BY collection, key LIMIT ${PAGE_ROWS}`
  for (let after: readonly unknown[] = ['', '']; ; ) {
    const rows = await rowsOf(client, { text }, after)
    for (const row of rows) yield recordPart(row)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.slice(0, 2)
  }
}

/** Makes sure that there are no records. @throws store-occupied */
export async function checkNoRecords(client: ClientBase, subject: string): Promise<void> {
  await client.query('LOCK TABLE rampart.records, rampart.record_floors IN EXCLUSIVE MODE')
  const [used] = await rowsOf(client, { text: 'SELECT 1 FROM rampart.records LIMIT 1' }, [])
  if (used === undefined) return
  const hint = 'The database holds records of a server. Name an empty database: createdb NAME.'
  throw new Fault({ code: 'store-occupied', operation: 'write records', subject, hint })
}

/** Puts one piece of an image into the records, in the transaction of whoever calls. */
export async function putRecordsPart(client: ClientBase, piece: RecordsPart): Promise<void> {
  if (piece.part === 'floor') {
    const text = 'INSERT INTO rampart.record_floors VALUES ($1, $2)'
    await rowsOf(client, { text }, [piece.collection, piece.version])
    return
  }
  const { collection, key, text: value, version, updatedAtMs, expiresAtMs = null } = piece
  const text = 'INSERT INTO rampart.records VALUES ($1, $2, $3, $4, $5, $6)'
  await rowsOf(client, { text }, [collection, key, value, version, updatedAtMs, expiresAtMs])
}
