/** What a server says of how it is given changes. It explains a late heartbeat; it never excuses one. */
import type { JsonObject } from '../../core/units/json.ts'
import type { ReplicaFacts, SubscriptionFacts } from './facts.ts'
import { textOf } from './row-texts.ts'
import type { Session } from './session.ts'

/**
 * The subscription is the one that carries the table, else any. A state of a table other than `r` means
 * that its first copy is not done. Workers for a first copy have a relation, the one that applies
 * changes has none.
 */
const LOOK = `
  select pg_is_in_recovery() as recovery,
    to_regclass($1)::text as heartbeats,
    (select system_identifier::text from pg_control_system()) as cluster,
    current_database() as database,
    case when pg_is_in_recovery() then pg_is_wal_replay_paused() end as paused,
    exists(select from pg_stat_wal_receiver) as receiving,
    s.subname::text as name, s.subenabled as enabled, s.subslotname::text as slot, s.state,
    exists(select from pg_stat_subscription w
      where w.subid = s.oid and w.relid is null and w.pid is not null) as working,
    (select e.apply_error_count + e.sync_error_count from pg_stat_subscription_stats e
      where e.subid = s.oid) as errors
  from (select) as one left join (
    select s.*, r.srsubstate::text as state from (
      select oid, subname, subenabled, subslotname from pg_subscription
      where subdbid = (select oid from pg_database where datname = current_database())
    ) as s
    left join pg_subscription_rel r on r.srsubid = s.oid and r.srrelid = to_regclass($1)
    order by r.srsubstate is null, s.subname
    limit 1
  ) as s on not pg_is_in_recovery()`

/** Looks once. */
export async function lookAtReplica(session: Session, table: string): Promise<ReplicaFacts> {
  const [row] = await session.query(LOOK, [table])
  const isPhysical = row?.['recovery'] === true
  const subscription = typeof row?.['name'] === 'string' ? row : undefined
  return {
    mode: isPhysical ? 'physical' : subscription === undefined ? 'none' : 'logical',
    hasTable: typeof row?.['heartbeats'] === 'string',
    cluster: textOf(row?.['cluster']),
    database: textOf(row?.['database']),
    isPaused: row?.['paused'] === true,
    isReceiving: row?.['receiving'] === true,
    ...(subscription === undefined ? {} : { subscription: readSubscription(subscription) }),
  }
}

function readSubscription(row: JsonObject): SubscriptionFacts {
  const { slot, errors, state } = row
  return {
    name: textOf(row['name']),
    isEnabled: row['enabled'] === true,
    isWorking: row['working'] === true,
    ...(typeof slot === 'string' ? { slot } : {}),
    ...(typeof state === 'string' ? { isCopied: state === 'r' } : {}),
    errorCount: Number(errors ?? 0),
  }
}
