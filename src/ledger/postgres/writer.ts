/**
 * Writes groups of appends to the one chain that all replicas share. As long as nobody else writes, a
 * group is one statement; otherwise the head is locked first, and looked at again. What is remembered
 * of the chain is dropped whenever the head is not where this writer left it.
 */
import type { ClientBase } from 'pg'
import { assert, present } from '../../core/fault/assert.ts'
import { Fault } from '../../core/fault/fault.ts'
import { type Database, rowsOf } from '../../database/database.ts'
import { type Deed, isRefusal } from '../../database/database-fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Snapshot } from '../../seams/ledger.ts'
import type { PreparedAppend } from '../chain/admission.ts'
import { GENESIS_HASH } from '../chain/link.ts'
import type { Signer } from '../chain/signature.ts'
import {
  checkpointStatement,
  type Head,
  headStatement,
  snapshotStatement,
} from '../chain/statement.ts'
import type { Outcome } from './append-queue.ts'
import { type Composition, compose, leasesOf } from './compose.ts'
import type { EpochHead } from './rows.ts'
import { settleDoubt } from './settle-doubt.ts'
import { lockStanding, readEnds, readStoredHead, type StoredHead } from './standing.ts'
import { APPEND, SAVE_SNAPSHOT } from './statements.ts'

/** What a writer is made of. */
export interface WriterOptions {
  readonly database: Database
  readonly signer: Signer
  readonly clock: Clock
  /** How many entries may follow a checkpoint before the next is signed. */
  readonly checkpointEvery: number
  /** Tells this opening of the ledger from every other one. */
  readonly name: string
  /** Aborts when the ledger is closed. */
  readonly closing: AbortSignal
}

interface WriteOptions {
  /** Those to be checked while writing; absent when they are locked already. */
  readonly leases?: ReadonlyMap<string, number>
  /** Signs a checkpoint although not enough entries have come since the last one. */
  readonly mustSign?: boolean
}

const NO_LEASES: ReadonlyMap<string, number> = new Map()
const EMPTY_HEAD: Head = { position: 0, hash: GENESIS_HASH, checkpoints: 0, checkpointPosition: 0 }
const APPENDING: Deed = { code: 'ledger-unavailable', operation: 'append entries' }
/** After somebody else was first, so many groups lock the head before they look at it. */
const CAREFUL_GROUPS = 8
/** More news than fits into one notice of PostgreSQL is told as "any stream". */
const NEWS_BYTES_MAX = 7500

/** Writes to one database. */
export class Writer {
  readonly #options: WriterOptions
  /** The last sequence of every stream asked for since the head was last moved by somebody else. */
  #ends = new Map<string, number>()
  /** Where this writer left the chain; unknown until it has looked. */
  #known: EpochHead | undefined
  #carefulGroups = 0

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Makes the head of a new chain, or looks at the one there is. @throws ledger-corrupt */
  async open(): Promise<void> {
    const deed: Deed = { code: 'ledger-unavailable', operation: 'open the ledger' }
    const seal = this.#options.signer.seal(headStatement(EMPTY_HEAD))
    await this.#options.database.use(deed, async (client) => {
      const text = `INSERT INTO rampart.head SELECT 1, 0, $1, 0, 0, $2
        WHERE NOT EXISTS (SELECT FROM rampart.entries) ON CONFLICT DO NOTHING`
      await rowsOf(client, { text }, [GENESIS_HASH, seal])
      this.#follow(await readStoredHead(client))
    })
  }

  /** Writes a group of appends; one that is refused does not keep the others from being written. */
  async commit(group: readonly PreparedAppend[]): Promise<readonly Outcome[]> {
    const composition =
      this.#carefulGroups > 0 || this.#known === undefined
        ? await this.#writeCarefully(group)
        : ((await this.#writeBoldly(group)) ?? (await this.#writeCarefully(group)))
    return composition.outcomes
  }

  /** Signs the head unless the last checkpoint did. */
  async checkpoint(): Promise<void> {
    await this.#writeCarefully([], true)
  }

  /** Keeps a snapshot unless a later one of the stream is kept. */
  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    const { stream, sequence, foldVersion, state } = snapshot
    const seal = this.#options.signer.seal(snapshotStatement(snapshot))
    const deed: Deed = { code: 'ledger-unavailable', operation: 'save a snapshot' }
    const values = [stream, sequence, foldVersion, Buffer.from(state), seal]
    await this.#options.database.query(deed, SAVE_SNAPSHOT, values)
  }

  /** In one statement, on the belief that nobody else has written; undefined when that was wrong. */
  async #writeBoldly(group: readonly PreparedAppend[]): Promise<Composition | undefined> {
    const head = present(this.#known, 'Whoever writes boldly has looked at the head before.')
    const leases = leasesOf(group)
    if (leases === undefined) return undefined
    const composition = await this.#attempt(async (client, made) => {
      await this.#learnEnds(client, group)
      const composed = compose(group, { head, ends: this.#ends })
      // A refusal, or nothing to write, needs a look at what is there now and not at what is remembered.
      const isSure = composed.outcomes.every(({ verdict }) => verdict === 'recorded')
      if (!isSure || composed.recorded.length === 0) return undefined
      made(composed)
      const verdict = await this.#write(client, head, composed, { leases })
      if (verdict === 'moved') this.#carefulGroups = CAREFUL_GROUPS
      return verdict === 'written' ? composed : undefined
    })
    return composition
  }

  async #learnEnds(client: ClientBase, group: readonly PreparedAppend[]): Promise<void> {
    const streams = new Set(group.map(({ append }) => append.stream))
    const unknown = [...streams].filter((stream) => !this.#ends.has(stream))
    if (unknown.length === 0) return
    const ends = await readEnds(client, unknown)
    // A stream that is new is remembered as one without entries.
    for (const stream of unknown) this.#ends.set(stream, ends.get(stream) ?? 0)
  }

  /** With the head locked: what is read under the lock stays true until it is written. */
  async #writeCarefully(group: readonly PreparedAppend[], mustSign = false): Promise<Composition> {
    if (this.#carefulGroups > 0) this.#carefulGroups -= 1
    const written = await this.#attempt(async (client, made) => {
      const standing = await lockStanding(client, group)
      const head = this.#follow(standing)
      const { ends, tokens } = standing
      const composed = compose(group, { head, ends, tokens })
      made(composed)
      const [verdict] = await Promise.all([
        this.#write(client, head, composed, { mustSign }),
        client.query('COMMIT'),
      ])
      assert(verdict === 'written', 'Nobody moves the head while it is locked.')
      return composed
    })
    return present(written, 'Whoever holds the lock writes.')
  }

  /** Runs one way of writing; when its connection breaks, finds out whether it was written after all. */
  async #attempt(
    step: (
      client: ClientBase,
      made: (composed: Composition) => void,
    ) => Promise<Composition | undefined>,
  ): Promise<Composition | undefined> {
    const { database, closing, clock } = this.#options
    let composed: Composition | undefined
    let isRefused = false
    const made = (composition: Composition): void => {
      composed = composition
    }
    try {
      return await database.use(APPENDING, async (client) => {
        try {
          return await step(client, made)
        } catch (thrown) {
          isRefused = thrown instanceof Fault || isRefusal(thrown)
          // Ends the transaction, if there is one, before the connection is used for anything else.
          if (isRefused) await client.query('ROLLBACK')
          throw thrown
        }
      })
    } catch (thrown) {
      this.#forget()
      if (isRefused || composed === undefined || composed.recorded.length === 0) throw thrown
      if (await settleDoubt({ database, closing, clock, composed })) return composed
      throw thrown
    }
  }

  /** @returns `written`, `moved` or `fenced` */
  async #write(
    client: ClientBase,
    head: EpochHead,
    composed: Composition,
    { leases = NO_LEASES, mustSign = false }: WriteOptions,
  ): Promise<unknown> {
    const { signer, clock, checkpointEvery } = this.#options
    const { recorded, texts, ends, position, hash } = composed
    const unsigned = position - head.checkpointPosition
    const signs = unsigned >= (mustSign ? 1 : checkpointEvery)
    if (recorded.length === 0 && !signs) return 'written'
    const number = head.checkpoints + (signs ? 1 : 0)
    const checkpointPosition = signs ? position : head.checkpointPosition
    const moved: Head = { position, hash, checkpoints: number, checkpointPosition }
    const atMs = Math.trunc(clock.nowMs())
    const { publicKey } = signer
    const checkpoint = { number, position, hash, atMs, publicKey }
    const signature = signs ? signer.sign(checkpointStatement(checkpoint)) : null
    const seal = signer.seal(headStatement(moved))
    const [row] = await rowsOf(client, APPEND, [
      ...[head.position, head.hash, head.epoch],
      ...[[...leases.keys()], [...leases.values()]],
      recorded.map(({ stream }) => stream).join('\n'),
      recorded.map(({ sequence }) => sequence),
      texts.join('\n'),
      recorded.map((one) => one.hash).join('\n'),
      ...[hash, number, checkpointPosition, seal],
      ...[atMs, publicKey, signature, this.#newsOf(ends)],
    ])
    if (row?.[0] === 'written') {
      this.#known = { ...moved, seal, epoch: head.epoch }
      for (const [stream, end] of ends) this.#ends.set(stream, end)
    }
    return row?.[0]
  }

  #newsOf(ends: ReadonlyMap<string, number>): string {
    const by = this.#options.name
    const news = JSON.stringify({ by, streams: [...ends.keys()] })
    return Buffer.byteLength(news) > NEWS_BYTES_MAX ? JSON.stringify({ by }) : news
  }

  /** Catches up with what another replica has written since. @throws ledger-corrupt */
  #follow({ head, last }: StoredHead): EpochHead {
    if (head === undefined) throw this.#corrupt('The head of its chain is missing.')
    const known = this.#known
    this.#known = head
    if (head.position === known?.position && head.hash === known.hash) return head
    this.#ends = new Map()
    if (this.#options.signer.checkSeal(headStatement(head), head.seal) !== 'valid') {
      throw this.#corrupt('The seal of its head is broken.')
    }
    const [position, hash] = last ?? [0, GENESIS_HASH]
    if (position !== head.position || hash !== head.hash) {
      throw this.#corrupt(`It ends at ${position}, but its head says ${head.position}.`)
    }
    return head
  }

  #corrupt(hint: string): Fault {
    const { subject } = this.#options.database
    return new Fault({ code: 'ledger-corrupt', operation: 'open the ledger', subject, hint })
  }

  #forget(): void {
    this.#known = undefined
    this.#ends = new Map()
  }
}
