/**
 * The records that migration tools keep, told apart by their columns. From each the probe reads which
 * migration is the latest applied, how many are, and whether one is unfinished or failed.
 *
 * | tool | columns | head |
 * |---|---|---|
 * | Prisma | migration_name, started_at, finished_at, rolled_back_at | migration_name |
 * | Flyway | installed_rank, version, success | version |
 * | goose | id, version_id, is_applied | version_id |
 * | golang-migrate | version, dirty | version |
 * | Drizzle | id, hash, created_at | hash, or created_at |
 * | Knex | id, name, batch | name |
 * | node-pg-migrate | id, name, run_on | name |
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

/** Numbers by size, words by their letters, whatever the column's type or the locale. */
function natural(column: string): string {
  const text = `t.${column}::text`
  const key = `case when ${text} ~ '^[0-9]+$' then lpad(${text}, 40, '0') else ${text} end`
  return `(${key}) collate "C" desc`
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
    order: 't.started_at desc, t.migration_name collate "C" desc',
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
      (select from TABLE l where l.version_id = t.version_id and l.id > t.id)`,
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
  { ...plain('name'), tool: 'knex', columns: ['id', 'name', 'batch'], order: 't.id desc' },
  {
    ...plain('name'),
    tool: 'node-pg-migrate',
    columns: ['id', 'name', 'run_on'],
    order: 't.id desc',
  },
  plain('version'),
  plain('name'),
  plain('id'),
]

/** Which tool keeps a table with these columns. */
export function recognizeMigrationRecord(columns: readonly string[]): MigrationRecord | undefined {
  return MIGRATION_RECORDS.find((record) => record.columns.every((name) => columns.includes(name)))
}

/**
 * The query for a record. `table` is SQL already, as PostgreSQL printed it. Gives one row: `head`,
 * `alias`, `applied`, `unfinished` and, for the migration of `$1`, `has_expected`.
 */
export function migrationQuery(record: MigrationRecord, table: string): string {
  const { label, alias = 'null', unfinished, order } = record
  const applied = record.applied.replaceAll('TABLE', table)
  return `
    select h.head, h.alias,
      (select count(*) from ${table} t where ${applied}) as applied,
      to_json(array(select ${label}::text from ${table} t where ${unfinished} limit 5)) as unfinished,
      exists(select from ${table} t where (${applied})
        and (${label}::text = $1::text or (${alias})::text = $1::text)) as has_expected
    from (select 1) as one
    left join lateral (select ${label}::text as head, (${alias})::text as alias
      from ${table} t where ${applied} order by ${order} limit 1) as h on true`
}
