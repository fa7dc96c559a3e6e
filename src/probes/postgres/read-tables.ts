/** Which tables there are, and their columns. */
import type { JsonObject } from '../../core/units/json.ts'
import { textOf, textsOf } from './row-texts.ts'
import type { Session } from './session.ts'

/** Tables, partitioned tables, views, materialized views and foreign tables, by their SQL names. */
const TABLES = `
  select wanted.name, c.oid::regclass::text as sql,
    to_json(array(select a.attname::text from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)) as columns
  from unnest($1::text[]) with ordinality as wanted(name, place)
  left join pg_class c on c.oid = to_regclass(wanted.name) and c.relkind in ('r','p','v','m','f')
  order by wanted.place`

/** A table as PostgreSQL finds it. */
export interface FoundTable {
  /** As it was asked for. */
  readonly name: string
  /** As SQL writes it; absent: there is none. */
  readonly sql?: string
  readonly columns: readonly string[]
}

/** Finds tables by their SQL names, in the order they are asked for. */
export async function findTables(
  session: Session,
  names: readonly string[],
): Promise<readonly FoundTable[]> {
  return (await session.query(TABLES, [names])).map(readTable)
}

function readTable(row: JsonObject): FoundTable {
  const { name, sql, columns } = row
  return {
    name: textOf(name),
    ...(typeof sql === 'string' ? { sql } : {}),
    columns: textsOf(columns),
  }
}
