/**
 * The records that migration tools keep in MySQL and MariaDB, told apart by their columns. From each
 * the probe reads which migration is the latest applied, how many are, and whether one is unfinished.
 *
 * | tool | columns | head |
 * |---|---|---|
 * | Prisma | migration_name, started_at, finished_at, rolled_back_at | migration_name |
 * | Flyway | installed_rank, version, success | version |
 * | goose | id, version_id, is_applied | version_id |
 * | golang-migrate | version, dirty | version |
 * | Drizzle | id, hash, created_at | hash, or created_at |
 * | Laravel | id, migration, batch | migration |
 * | Knex | id, name, batch | name |
 * | Rails, dbmate, and tables of one's own | version, else name, else id | that column |
 */

/** How one tool keeps its record. `t` is the table; every member is SQL. */
export interface MigrationRecord {
  readonly tool: string
  readonly columns: readonly string[]
  /** What names a migration. */
  readonly label: string
  /** What may name it as well. */
  readonly alias?: string
  /** Whether a row is an applied migration. */
  readonly applied: string
  /** Whether a row is a migration that has begun and not ended well. */
  readonly unfinished: string
  /** Latest first. */
  readonly order: string
}

const ALL = 'true'
const NONE = 'false'

/** Numbers by size, words by their bytes, whatever the column's type or collation. */
function natural(column: string): string {
  const text = `cast(t.${column} as char)`
  const key = `case when ${text} regexp '^[0-9]+$' then lpad(${text}, 40, '0') else ${text} end`
  return `cast(${key} as binary) desc`
}

function plain(column: string): MigrationRecord {
  return {
    tool: `table with ${column}`,
    columns: [column],
    label: `t.${column}`,
    applied: ALL,
    unfinished: NONE,
    order: natural(column),
  }
}

/** The most telling columns first. */
export const MIGRATION_RECORDS: readonly MigrationRecord[] = [
  {
    tool: 'prisma',
    columns: ['migration_name', 'started_at', 'finished_at', 'rolled_back_at'],
    label: 't.migration_name',
    applied: 't.finished_at is not null and t.rolled_back_at is null',
    unfinished: 't.finished_at is null and t.rolled_back_at is null',
    order: 't.started_at desc, cast(t.migration_name as binary) desc',
  },
  {
    tool: 'flyway',
    columns: ['installed_rank', 'version', 'success'],
    label: 't.version',
    applied: 't.success and t.version is not null',
    unfinished: 'not t.success',
    order: 't.installed_rank desc',
  },
  {
    tool: 'goose',
    columns: ['id', 'version_id', 'is_applied'],
    label: 't.version_id',
    // Rolling back adds a row, so only the latest row of a version counts; version 0 is the start.
    applied: `t.is_applied and t.version_id > 0 and not exists
      (select 1 from TABLE l where l.version_id = t.version_id and l.id > t.id)`,
    unfinished: NONE,
    order: 't.version_id desc',
  },
  {
    tool: 'golang-migrate',
    columns: ['version', 'dirty'],
    label: 't.version',
    applied: 'not t.dirty',
    unfinished: 't.dirty',
    order: 't.version desc',
  },
  {
    tool: 'drizzle',
    columns: ['id', 'hash', 'created_at'],
    label: 't.hash',
    alias: 't.created_at',
    applied: ALL,
    unfinished: NONE,
    order: 't.created_at desc',
  },
  {
    ...plain('migration'),
    tool: 'laravel',
    columns: ['id', 'migration', 'batch'],
    order: 't.id desc',
  },
  { ...plain('name'), tool: 'knex', columns: ['id', 'name', 'batch'], order: 't.id desc' },
  plain('version'),
  plain('name'),
  plain('id'),
]

/** Which tool keeps a table with these columns. */
export function recognizeMigrationRecord(columns: readonly string[]): MigrationRecord | undefined {
  return MIGRATION_RECORDS.find((record) => record.columns.every((name) => columns.includes(name)))
}

/**
 * The query for a record. Gives one row: `head`, `alias`, `applied` and, for the migration that is its
 * value twice, `has_expected`.
 */
export function migrationQuery(record: MigrationRecord, table: string): string {
  const { label, alias = 'null', order } = record
  const applied = record.applied.replaceAll('TABLE', table)
  const latest = `from ${table} t where ${applied} order by ${order} limit 1`
  return `
    select (select cast(${label} as char) ${latest}) as head,
      (select cast(${alias} as char) ${latest}) as alias,
      (select count(*) from ${table} t where ${applied}) as applied,
      exists(select 1 from ${table} t where (${applied})
        and (cast(${label} as char) = ? or cast(${alias} as char) = ?)) as has_expected`
}

/** The query for migrations of a record that have begun and not ended well. */
export function unfinishedQuery({ label, unfinished }: MigrationRecord, table: string): string {
  return `select cast(${label} as char) as label from ${table} t where ${unfinished} limit 5`
}
