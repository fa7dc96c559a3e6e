/** Which tables there are, as far as the user may see them, and their columns. */
import type { TableName } from './mysql-input.ts'
import { textOf } from './row-values.ts'
import type { Session } from './session.ts'

const COLUMNS = `
  select cast(? as unsigned) as place, lower(column_name) as name from information_schema.columns
  where table_schema = coalesce(nullif(?, ''), database()) and table_name = ?`

/** The columns of each table, in lower case; none when there is no such table. */
export async function readColumns(
  session: Session,
  tables: readonly TableName[],
): Promise<readonly (readonly string[])[]> {
  if (tables.length === 0) return []
  const values = tables.flatMap(({ database, table }, at) => [String(at), database ?? '', table])
  const rows = await session.query(tables.map(() => COLUMNS).join(' union all '), values)
  return tables.map((_table, at) =>
    rows.filter((row) => Number(row['place']) === at).map((row) => textOf(row['name'])),
  )
}
