/**
 * Judges whether changes of the primary arrive. Everything may still come, because replication is set
 * up, resumed and caught up with. What the primary itself does not answer is judged like any session.
 *
 * | found | reason |
 * |---|---|
 * | neither in recovery nor subscribed | not-replicating |
 * | the primary itself, or a replica of another one | wrong-primary |
 * | `from` is itself a replica | wrong-primary |
 * | the table of heartbeats is missing, here or there | missing-table |
 * | the subscription does not carry the table | not-subscribed |
 * | a subscription disabled, without a process or slot; replay paused; no connection | replication-stopped |
 * | the first copy of the table is not done | copying |
 * | the heartbeat is late, and nothing says why | lagging |
 */
import type { JsonObject } from '../../core/units/json.ts'
import { printLatency } from '../answer/answer.ts'
import type { ReplicationFacts, ReplicationObstacle } from './facts.ts'
import { createHeartbeatTable } from './heartbeat-table.ts'
import type { ReplicationInput } from './postgres-input.ts'

/** What is wrong, as it stands after the server's name. */
export interface ReplicationShortcoming {
  readonly reason: string
  readonly says: string
}

type Obstacles = Readonly<Record<ReplicationObstacle, ReplicationShortcoming>>

const STOPPED = 'replication-stopped'

/** What is wrong with replication; undefined when the heartbeat arrived in time. */
export function findReplicationShortcoming(
  input: ReplicationInput,
  facts: ReplicationFacts,
): ReplicationShortcoming | undefined {
  const { obstacle, heartbeat } = facts
  if (obstacle !== undefined) return obstacles(input, facts)[obstacle]
  if (heartbeat === undefined) return undefined
  const waited = printLatency(heartbeat.waitedMs)
  const expected = `${input.lagMsMax} ms expected`
  if (heartbeat.hasArrived) {
    if (heartbeat.waitedMs <= input.lagMsMax) return undefined
    const says = `was given a heartbeat of ${input.from.shown} after ${waited}; ${expected}`
    return { reason: 'lagging', says }
  }
  const isCutShort = heartbeat.waitedMs < input.lagMsMax
  const bound = isCutShort ? `the attempt's time was up before the ${expected}` : expected
  const cause = findCause(input, facts)
  const bytes = facts.lagBytes === undefined ? '' : `, ${facts.lagBytes} bytes behind`
  const because = cause === undefined ? '' : `: ${cause.says}`
  const says = `was not given a heartbeat of ${input.from.shown} within ${waited}${bytes} (${bound})`
  return { reason: cause?.reason ?? 'lagging', says: `${says}${because}` }
}

/** What replication shows of itself. */
export function replicationEvidence(input: ReplicationInput, facts: ReplicationFacts): JsonObject {
  const { replica, heartbeat, lagBytes, slot } = facts
  const { mode, subscription } = replica
  const lag = heartbeat?.hasArrived === true ? 'lagMs' : 'waitedMs'
  return {
    replicatedFrom: input.from.shown,
    replication: mode,
    ...(heartbeat === undefined ? {} : { [lag]: heartbeat.waitedMs }),
    ...(lagBytes === undefined ? {} : { lagBytes }),
    ...(mode === 'physical' ? { receiving: replica.isReceiving, paused: replica.isPaused } : {}),
    ...(subscription === undefined
      ? {}
      : {
          subscription: subscription.name,
          subscriptionEnabled: subscription.isEnabled,
          subscriptionWorking: subscription.isWorking,
          subscriptionErrors: subscription.errorCount,
        }),
    ...(slot === undefined ? {} : { slot: slot.state }),
  }
}

function obstacles({ table, from }: ReplicationInput, { replica }: ReplicationFacts): Obstacles {
  const name = replica.subscription?.name ?? ''
  const primary = from.shown
  const create = `create it with: ${createHeartbeatTable(table)}`
  return {
    'no-replica': {
      reason: 'not-replicating',
      says: 'is no replica: it is not in recovery, and its database has no subscription',
    },
    paused: {
      reason: STOPPED,
      says: 'is a replica whose replay is paused; resume it with: select pg_wal_replay_resume()',
    },
    disabled: {
      reason: STOPPED,
      says: `is given nothing of ${primary}: its subscription ${name} is disabled`,
    },
    'no-table': {
      reason: 'missing-table',
      says: `has no table ${table} to be given heartbeats in; ${create}`,
    },
    'not-subscribed': {
      reason: 'not-subscribed',
      says: `has a subscription ${name} that does not carry ${table}; add the table to its publication, then: alter subscription ${name} refresh publication`,
    },
    'same-server': {
      reason: 'wrong-primary',
      says: `is ${primary} itself; \`from\` must name the primary`,
    },
    'other-cluster': {
      reason: 'wrong-primary',
      says: `is a replica, but not of ${primary}: they do not belong to the same cluster`,
    },
    'primary-in-recovery': {
      reason: 'wrong-primary',
      says: `cannot be given heartbeats of ${primary}, which is itself a replica`,
    },
    'no-table-on-primary': {
      reason: 'missing-table',
      says: `cannot be given heartbeats: ${primary} has no table ${table}; ${create}, and publish it`,
    },
    'published-to-all': {
      reason: 'missing-table',
      says: `cannot be given heartbeats: ${primary} has no table ${table}, and publishes new tables to subscribers that would stop without it; make it there first, then here: ${create}`,
    },
  }
}

function findCause(
  { table }: ReplicationInput,
  { replica, slot }: ReplicationFacts,
): ReplicationShortcoming | undefined {
  const { mode, subscription, isPaused, isReceiving } = replica
  if (mode === 'physical') {
    if (isPaused) return { reason: STOPPED, says: 'its replay is paused' }
    return isReceiving ? undefined : { reason: STOPPED, says: 'it is connected to no primary' }
  }
  if (subscription === undefined) return { reason: STOPPED, says: 'its subscription is gone' }
  const { name, errorCount } = subscription
  if (!subscription.isEnabled)
    return { reason: STOPPED, says: `its subscription ${name} is disabled` }
  if (slot?.state === 'missing') {
    const says = `the primary has no slot ${subscription.slot} for its subscription ${name}`
    return { reason: STOPPED, says }
  }
  const errors = errorCount === 0 ? '' : ` (${errorCount} errors so far)`
  if (!subscription.isWorking) {
    return { reason: STOPPED, says: `no process applies its subscription ${name}${errors}` }
  }
  if (subscription.isCopied === false) {
    return { reason: 'copying', says: `the first copy of ${table} is not done${errors}` }
  }
  if (slot?.state === 'inactive') {
    const says = `its subscription ${name} is not connected to the primary${errors}`
    return { reason: STOPPED, says }
  }
  return undefined
}
