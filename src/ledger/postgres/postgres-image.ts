/** Takes the image of a ledger in PostgreSQL, and puts an image into an empty one. */
import type { ClientBase } from 'pg'
import { Fault } from '../../core/fault/fault.ts'
import { type Row, rowsOf } from '../../database/database.ts'
import type { Sealing } from '../../database/sealing.ts'
import type { LedgerPart } from '../chain/image.ts'
import { CHECKPOINT_COLUMNS, checkpointOfRow, headOfRow, LINK_COLUMNS, linkOfRow } from './rows.ts'
import { keepKey, openKey } from './sealed-key.ts'
import { READ_HEAD } from './statements.ts'

const PAGE_ROWS = 1000

/**
 * The image of the ledger that a transaction sees.
 *
 * @throws ledger-unavailable when there is none, or the master key is another one
 */
export async function* readPostgresImage(
  client: ClientBase,
  sealing: Sealing,
  subject: string,
): AsyncGenerator<LedgerPart> {
  yield { part: 'key', privateKeyPem: await openKey(client, sealing, subject) }
  const text = `SELECT ${CHECKPOINT_COLUMNS} FROM rampart.checkpoints ORDER BY number`
  for (const row of await rowsOf(client, { text }, [])) {
    yield { part: 'checkpoint', ...checkpointOfRow(row) }
  }
  for (const row of await rowsOf(client, READ_HEAD, [])) {
    const { epoch: _, ...head } = headOfRow(row)
    yield { part: 'head', ...head }
  }
  const links = `SELECT ${LINK_COLUMNS} FROM rampart.entries WHERE position > $1
    ORDER BY position LIMIT ${PAGE_ROWS}`
  for await (const row of pages(client, links, 0)) yield { part: 'link', ...linkOfRow(row) }
  const snapshots = `SELECT stream, sequence, fold_version, state, seal FROM rampart.snapshots
    WHERE stream > $1 ORDER BY stream LIMIT ${PAGE_ROWS}`
  for await (const row of pages(client, snapshots, '')) yield snapshotOfRow(row)
}

/** Rows page by page, by their first column. */
async function* pages(client: ClientBase, text: string, first: unknown): AsyncGenerator<Row> {
  for (let after = first; ; ) {
    const rows = await rowsOf(client, { text }, [after])
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    after = last[0]
  }
}

function snapshotOfRow([stream, sequence, foldVersion, state, seal]: Row): LedgerPart {
  const texts = { stream: String(stream), state: (state as Buffer).toString(), seal: String(seal) }
  const numbers = { sequence: Number(sequence), foldVersion: Number(foldVersion) }
  return { part: 'snapshot', ...texts, ...numbers }
}

/** Puts an image into an empty ledger, in the transaction of whoever calls. */
export class PostgresImageWriter {
  readonly #client: ClientBase
  readonly #sealing: Sealing
  #links: Extract<LedgerPart, { readonly part: 'link' }>[] = []

  constructor(client: ClientBase, sealing: Sealing) {
    this.#client = client
    this.#sealing = sealing
  }

  /** Keeps everybody out, and makes sure that nothing is there. @throws store-occupied */
  async begin(subject: string): Promise<void> {
    await this.#client.query('LOCK TABLE rampart.keys, rampart.head IN ACCESS EXCLUSIVE MODE')
    const text = 'SELECT 1 FROM rampart.entries LIMIT 1'
    const [used] = await rowsOf(this.#client, { text }, [])
    if (used !== undefined) {
      const hint =
        'The database holds a ledger with entries. Name an empty database: createdb NAME.'
      throw new Fault({ code: 'store-occupied', operation: 'write a ledger', subject, hint })
    }
    // Whoever opened the empty ledger before has made a key and a head that nothing stands on.
    await this.#client.query('DELETE FROM rampart.keys')
    await this.#client.query('DELETE FROM rampart.head')
  }

  async take(piece: LedgerPart): Promise<void> {
    if (piece.part === 'link') return this.#takeLink(piece)
    if (piece.part === 'key') {
      await keepKey(this.#client, this.#sealing, piece.privateKeyPem)
    } else if (piece.part === 'checkpoint') {
      const { number, position, hash, atMs, publicKey, signature } = piece
      const values = [number, position, hash, atMs, publicKey, signature]
      await this.#run('INSERT INTO rampart.checkpoints VALUES ($1, $2, $3, $4, $5, $6)', values)
    } else if (piece.part === 'head') {
      const { position, hash, checkpoints, checkpointPosition, seal } = piece
      const values = [position, hash, checkpoints, checkpointPosition, seal]
      await this.#run('INSERT INTO rampart.head VALUES (1, $1, $2, $3, $4, $5)', values)
    } else {
      const { stream, sequence, foldVersion, state, seal } = piece
      const values = [stream, sequence, foldVersion, Buffer.from(state), seal]
      await this.#run('INSERT INTO rampart.snapshots VALUES ($1, $2, $3, $4, $5)', values)
    }
  }

  /** Writes what is left; committing is for whoever began. */
  async finish(): Promise<void> {
    await this.#writeLinks()
  }

  async #takeLink(link: Extract<LedgerPart, { readonly part: 'link' }>): Promise<void> {
    this.#links.push(link)
    if (this.#links.length >= PAGE_ROWS) await this.#writeLinks()
  }

  async #writeLinks(): Promise<void> {
    const links = this.#links
    this.#links = []
    await this.#run(
      `INSERT INTO rampart.entries
       SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[])`,
      [
        links.map(({ position }) => position),
        links.map(({ stream }) => stream),
        links.map(({ sequence }) => sequence),
        links.map(({ text }) => text),
        links.map(({ hash }) => hash),
      ],
    )
  }

  async #run(text: string, values: readonly unknown[]): Promise<void> {
    await rowsOf(this.#client, { text }, values)
  }
}
