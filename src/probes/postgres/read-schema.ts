/** What a database holds of what the input names: extensions, tables, indexes, migrations. */
import type { JsonObject } from '../../core/units/json.ts'
import type {
  ConnectionsFacts,
  ExtensionFacts,
  IndexFacts,
  PostgresFacts,
  TableFacts,
} from './facts.ts'
import type { PostgresInput } from './postgres-input.ts'
import { readMigrations } from './read-migrations.ts'
import { type FoundTable, findTables } from './read-tables.ts'
import { textOf } from './row-texts.ts'
import type { Session } from './session.ts'

const INDEXES = `
  select wanted.name, i.indexrelid is not null as present, i.indisvalid and i.indisready as valid
  from unnest($1::text[]) with ordinality as wanted(name, place)
  left join pg_index i on i.indexrelid = to_regclass(wanted.name)
  order by wanted.place`

const EXTENSIONS = `
  select wanted.name, e.extversion as version, a.name is not null as available
  from unnest($1::text[]) with ordinality as wanted(name, place)
  left join pg_extension e on e.extname = wanted.name
  left join pg_available_extensions a on a.name = wanted.name
  order by wanted.place`

/** Without special rights one sees that a process is there, but not whether it is a client's. */
const CONNECTIONS = `
  select (select count(*) from pg_stat_activity where pid <> pg_backend_pid()
      and usesysid is not null and datid is not null
      and coalesce(backend_type, 'client backend') = 'client backend') as used,
    current_setting('max_connections')::int
      - current_setting('superuser_reserved_connections')::int
      - coalesce(current_setting('reserved_connections', true)::int, 0) as most`

/** Some of what is known of a schema. */
export type SchemaFacts = Partial<
  Pick<PostgresFacts, 'extensions' | 'tables' | 'indexes' | 'migrations'>
>

/** Asks for what the input names; `learn` gets what is known after every step. */
export async function readSchema(
  session: Session,
  input: PostgresInput,
  learn: (more: SchemaFacts) => void,
): Promise<void> {
  const extensions = Object.keys(input.extensions)
  if (extensions.length > 0) {
    learn({ extensions: (await session.query(EXTENSIONS, [extensions])).map(readExtension) })
  }
  const names = Object.keys(input.tables)
  if (names.length > 0) {
    learn({ tables: (await findTables(session, names)).map(asFacts) })
  }
  if (input.indexes.length > 0) {
    learn({ indexes: (await session.query(INDEXES, [input.indexes])).map(readIndex) })
  }
  if (input.migrations !== undefined) {
    learn({ migrations: await readMigrations(session, input.migrations) })
  }
}

/** How many connections there are and may be. */
export async function readConnections(session: Session): Promise<ConnectionsFacts> {
  const [row] = await session.query(CONNECTIONS)
  return { used: Number(row?.['used']), most: Number(row?.['most']) }
}

function readExtension(row: JsonObject): ExtensionFacts {
  const { name, version } = row
  return {
    name: textOf(name),
    ...(typeof version === 'string' ? { version } : {}),
    isAvailable: row['available'] === true,
  }
}

function asFacts({ name, sql, columns }: FoundTable): TableFacts {
  return sql === undefined ? { name } : { name, columns }
}

function readIndex(row: JsonObject): IndexFacts {
  const state = row['present'] !== true ? 'absent' : row['valid'] === true ? 'valid' : 'invalid'
  return { name: textOf(row['name']), state }
}
