/** The input of the `mysql` probe, its templates resolved. */
import { readTlsInput, type TlsInput } from '../connection/tls-input.ts'
import type { InputReader } from '../input/input-reader.ts'
import { readUrlPart } from '../input/read-url-part.ts'

/** A table as SQL writes it, and its parts. */
export interface TableName {
  readonly sql: string
  /** Absent: that of the session. */
  readonly database: string | undefined
  readonly table: string
}

/** A table that must be there. */
export interface ExpectedTable extends TableName {
  readonly columns: readonly string[]
}

/** What the record of the migration tool must say. */
export interface MigrationsInput {
  readonly table: TableName
  /** Migration that must be the latest one applied. */
  readonly head: string | undefined
}

/** What is written and taken back. */
export interface WriteInput {
  readonly table: TableName
  /** By column. */
  readonly values: Readonly<Record<string, string>>
}

/** A server that is signed in to. */
export interface MysqlPlace {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Never shown. */
  readonly password: string
  /** Empty: none. */
  readonly database: string
  /** For people: `app@localhost:3306/shop`. */
  readonly shown: string
  /** Absent: TLS is not spoken. */
  readonly tls: TlsInput | undefined
}

/** What must arrive here when it is written elsewhere. */
export interface ReplicationInput {
  /** @unit ms @default 1000 */
  readonly lagMsMax: number
  /** Absent: no heartbeat is written. */
  readonly from: MysqlPlace | undefined
  /** Table of heartbeats. @default rampart_heartbeat */
  readonly table: TableName
}

/** Where to sign in and what to expect. */
export interface MysqlInput extends MysqlPlace {
  readonly query: string | undefined
  readonly tables: readonly ExpectedTable[]
  readonly migrations: MigrationsInput | undefined
  readonly role: 'primary' | 'replica' | undefined
  readonly write: WriteInput | undefined
  readonly replication: ReplicationInput | undefined
}

const DEFAULT_PORT = 3_306
const LAG_MS_MAX = 1_000
const HEARTBEAT_TABLE = 'rampart_heartbeat'
const PART = '`[^`]+`|[\\w$]+'
const SQL_NAME = new RegExp(`^(?:(${PART})\\.)?(${PART})$`)

/** Reads the input; what is wrong with it is kept by the reader. */
export function readMysqlInput(reader: InputReader): MysqlInput {
  const role = reader.optionalText('role')
  if (role !== undefined && role !== 'primary' && role !== 'replica') {
    reader.refuse(`\`role\` must be primary or replica, and is ${role}.`)
  }
  const tls = reader.has('tls') ? readTlsInput(reader) : undefined
  return {
    ...readPlace(reader, 'url', tls),
    query: reader.optionalText('query'),
    tables: Object.entries(reader.textsMap('tables')).map(([sql, columns]) => ({
      ...readTableName(reader, sql),
      columns,
    })),
    migrations: readMigrations(reader),
    role: role === 'primary' || role === 'replica' ? role : undefined,
    write: readWrite(reader),
    replication: readReplication(reader, tls),
  }
}

function readPlace(reader: InputReader, name: string, tls: TlsInput | undefined): MysqlPlace {
  const url = URL.parse(reader.text(name))
  if (url === null || !/^(?:mysql|mariadb):$/.test(url.protocol) || url.hostname === '') {
    // The text itself is not shown, because it may hold a password.
    reader.refuse(`\`${name}\` must be a URL like mysql://user:password@host:3306/database.`)
  }
  const port = Number(url?.port || DEFAULT_PORT)
  return {
    host: url?.hostname ?? '',
    port,
    user: readUrlPart(reader, url?.username ?? '', name),
    password: readUrlPart(reader, url?.password ?? '', name),
    database: readUrlPart(reader, url?.pathname.slice(1) ?? '', name),
    shown: `${url?.username}@${url?.hostname}:${port}${url?.pathname}`,
    tls,
  }
}

function readTableName(reader: InputReader, sql: string): TableName {
  const [, database, table] = SQL_NAME.exec(sql) ?? []
  if (table === undefined) {
    reader.refuse(`a table must be named like orders or shop.orders, and is ${sql.slice(0, 40)}.`)
  }
  return { sql, database: database && bare(database), table: bare(table ?? '') }
}

function bare(part: string): string {
  return part.replaceAll('`', '')
}

function readMigrations(reader: InputReader): MigrationsInput | undefined {
  const migrations = reader.object('migrations')
  if (migrations === undefined) return undefined
  const table = readTableName(migrations, migrations.text('table'))
  const input = { table, head: migrations.optionalText('head') }
  if (migrations.mistake !== undefined) reader.refuse(`migrations: ${migrations.mistake}`)
  return input
}

function readWrite(reader: InputReader): WriteInput | undefined {
  const write = reader.object('write')
  if (write === undefined) return undefined
  const table = readTableName(write, write.text('table'))
  const input = { table, values: write.textMap('values') }
  if (write.mistake !== undefined) reader.refuse(`write: ${write.mistake}`)
  return input
}

function readReplication(
  reader: InputReader,
  tls: TlsInput | undefined,
): ReplicationInput | undefined {
  const replication = reader.object('replication')
  if (replication === undefined) return undefined
  const input = {
    lagMsMax: replication.whole('lag', LAG_MS_MAX),
    from: replication.has('from') ? readPlace(replication, 'from', tls) : undefined,
    table: readTableName(replication, replication.optionalText('table') ?? HEARTBEAT_TABLE),
  }
  if (replication.mistake !== undefined) reader.refuse(`replication: ${replication.mistake}`)
  return input
}
