/** The table of heartbeats: one row for each observed server. */

/** The statement that makes it; `table` as SQL writes it. */
export function createHeartbeatTable(table: string, unless: '' | 'if not exists ' = ''): string {
  const columns = 'observer text primary key, beat bigint not null, beaten_at timestamptz not null'
  return `create table ${unless}${table} (${columns})`
}
