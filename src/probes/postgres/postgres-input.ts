/** The input of the `postgres` probe, its templates resolved. */
import type { InputReader } from '../input/input-reader.ts'

/** What the record of the migration tool must say. */
export interface MigrationsInput {
  /** Table of the record, as SQL writes it. */
  readonly table: string
  /** Migration that must be the latest one applied. */
  readonly head: string | undefined
}

/** A server that is signed in to. */
export interface PostgresPlace {
  /** Holds the password: never shown. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** For people: `app@localhost:5432/shop`. */
  readonly shown: string
}

/** What must arrive here when it is written elsewhere. */
export interface ReplicationInput {
  readonly from: PostgresPlace
  /** Within what time a heartbeat must arrive. @unit ms @default 1000 */
  readonly lagMsMax: number
  /** Table of heartbeats, as SQL writes it. @default rampart_heartbeat */
  readonly table: string
}

/** What is written and taken back. */
export interface WriteInput {
  /** As SQL writes it; absent: a temporary table. */
  readonly table: string | undefined
  /** By column. */
  readonly values: Readonly<Record<string, string>>
}

/** Where to sign in and what to expect. */
export interface PostgresInput extends PostgresPlace {
  readonly query: string | undefined
  /** Columns by table, both as SQL writes them. */
  readonly tables: Readonly<Record<string, readonly string[]>>
  readonly indexes: readonly string[]
  readonly migrations: MigrationsInput | undefined
  readonly role: 'primary' | 'replica' | undefined
  /** The least version of each; empty: any. */
  readonly extensions: Readonly<Record<string, string>>
  readonly connectionsFreeMin: number | undefined
  readonly write: WriteInput | undefined
  readonly replication: ReplicationInput | undefined
}

const DEFAULT_PORT = 5_432
const LAG_MS_MAX = 1_000
const HEARTBEAT_TABLE = 'rampart_heartbeat'
const SQL_NAME = /^(?:[A-Za-z_]\w*|"[^"]+")(?:\.(?:[A-Za-z_]\w*|"[^"]+"))?$/

/** Reads the input; what is wrong with it is kept by the reader. */
export function readPostgresInput(reader: InputReader): PostgresInput {
  const role = reader.optionalText('role')
  if (role !== undefined && role !== 'primary' && role !== 'replica') {
    reader.refuse(`\`role\` must be primary or replica, and is ${role}.`)
  }
  return {
    ...readPlace(reader, 'url'),
    query: reader.optionalText('query'),
    tables: reader.textsMap('tables'),
    indexes: reader.texts('indexes', []),
    migrations: readMigrations(reader),
    role: role === 'primary' || role === 'replica' ? role : undefined,
    extensions: reader.textMap('extensions'),
    connectionsFreeMin: reader.has('connectionsFree')
      ? reader.whole('connectionsFree', undefined)
      : undefined,
    write: readWrite(reader),
    replication: readReplication(reader),
  }
}

function readPlace(reader: InputReader, name: string): PostgresPlace {
  const text = reader.text(name)
  const url = URL.parse(text)
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol) || url.hostname === '') {
    // The text itself is not shown, because it may hold a password.
    reader.refuse(`\`${name}\` must be a URL like postgres://user:password@host:5432/database.`)
  }
  const port = Number(url?.port || DEFAULT_PORT)
  return {
    url: text,
    host: url?.hostname ?? '',
    port,
    shown: `${url?.username}@${url?.hostname}:${port}${url?.pathname}`,
  }
}

function readReplication(reader: InputReader): ReplicationInput | undefined {
  const replication = reader.object('replication')
  if (replication === undefined) return undefined
  const input = {
    from: readPlace(replication, 'from'),
    lagMsMax: replication.whole('lag', LAG_MS_MAX),
    table: readSqlName(replication, 'table') ?? HEARTBEAT_TABLE,
  }
  if (replication.mistake !== undefined) reader.refuse(`replication: ${replication.mistake}`)
  return input
}

function readWrite(reader: InputReader): WriteInput | undefined {
  const write = reader.object('write')
  if (write === undefined) return undefined
  const input = { table: readSqlName(write, 'table'), values: write.textMap('values') }
  if (write.mistake !== undefined) reader.refuse(`write: ${write.mistake}`)
  return input
}

function readSqlName(reader: InputReader, name: string): string | undefined {
  const text = reader.optionalText(name)
  if (text === undefined || SQL_NAME.test(text)) return text
  reader.refuse(`\`${name}\` must be a name of SQL, and is ${text.slice(0, 40)}.`)
  return undefined
}

function readMigrations(reader: InputReader): MigrationsInput | undefined {
  const migrations = reader.object('migrations')
  if (migrations === undefined) return undefined
  const input = { table: migrations.text('table'), head: migrations.optionalText('head') }
  if (migrations.mistake !== undefined) reader.refuse(`migrations: ${migrations.mistake}`)
  return input
}
