/** The input of the `postgres` probe, its templates resolved. */
import type { InputReader } from '../input/input-reader.ts'

/** What the record of the migration tool must say. */
export interface MigrationsInput {
  /** Table of the record, as SQL writes it. */
  readonly table: string
  /** Migration that must be the latest one applied. */
  readonly head: string | undefined
}

/** Where to sign in and what to expect. */
export interface PostgresInput {
  /** Holds the password: never shown. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** For people: `app@localhost:5432/shop`. */
  readonly shown: string
  readonly query: string | undefined
  /** Columns by table, both as SQL writes them. */
  readonly tables: Readonly<Record<string, readonly string[]>>
  readonly indexes: readonly string[]
  readonly migrations: MigrationsInput | undefined
  readonly role: 'primary' | 'replica' | undefined
}

const DEFAULT_PORT = 5_432

/** Reads the input; what is wrong with it is kept by the reader. */
export function readPostgresInput(reader: InputReader): PostgresInput {
  const text = reader.text('url')
  const url = URL.parse(text)
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol) || url.hostname === '') {
    // The text itself is not shown, because it may hold a password.
    reader.refuse('`url` must be a URL like postgres://user:password@host:5432/database.')
  }
  const role = reader.optionalText('role')
  if (role !== undefined && role !== 'primary' && role !== 'replica') {
    reader.refuse(`\`role\` must be primary or replica, and is ${role}.`)
  }
  const port = Number(url?.port || DEFAULT_PORT)
  return {
    url: text,
    host: url?.hostname ?? '',
    port,
    shown: `${url?.username}@${url?.hostname}:${port}${url?.pathname}`,
    query: reader.optionalText('query'),
    tables: reader.textsMap('tables'),
    indexes: reader.texts('indexes', []),
    migrations: readMigrations(reader),
    role: role === 'primary' || role === 'replica' ? role : undefined,
  }
}

function readMigrations(reader: InputReader): MigrationsInput | undefined {
  const migrations = reader.object('migrations')
  if (migrations === undefined) return undefined
  const input = { table: migrations.text('table'), head: migrations.optionalText('head') }
  if (migrations.mistake !== undefined) reader.refuse(`migrations: ${migrations.mistake}`)
  return input
}
