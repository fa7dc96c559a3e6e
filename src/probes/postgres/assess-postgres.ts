/**
 * Judges what one attempt saw of a PostgreSQL server. Whatever is missing may still come, because a
 * migration may be under way: only a refused sign-in and a missing database are terminal.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, passed, printLatency } from '../answer/answer.ts'
import { printFailedAddresses } from '../connection/connection-failure.ts'
import { redactDocument } from '../redaction/redact.ts'
import {
  findBadExtensions,
  findCrowd,
  findRefusedWrite,
  type Shortcoming,
} from './assess-extent.ts'
import { assessPostgresFailure } from './assess-failure.ts'
import { findReplicationShortcoming, replicationEvidence } from './assess-replication.ts'
import type { MigrationFacts, PostgresFacts, ReplicationFacts } from './facts.ts'
import type { PostgresInput } from './postgres-input.ts'

/** Something that is not as it should be, and what it adds to the evidence. */
interface TellingShortcoming extends Shortcoming {
  readonly evidence?: JsonObject
}

/** Judges what one attempt saw. */
export function assessPostgres(input: PostgresInput, facts: PostgresFacts): Answer {
  const subject = `PostgreSQL ${input.shown}`
  const latency = printLatency(facts.latencyMs)
  const evidence = evidenceOf(input, facts)
  if (facts.failure !== undefined) {
    return assessPostgresFailure(facts.failure, { subject, latency, evidence })
  }
  const shortcoming = findShortcoming(input, facts)
  if (shortcoming !== undefined) {
    const findings = {
      reason: shortcoming.reason,
      sentence: `${subject} ${shortcoming.says}.`,
      evidence: { ...evidence, ...shortcoming.evidence },
    }
    return shortcoming.isErrored === true ? errored('notYet', findings) : notYet(findings)
  }
  const unasked = facts.replication?.failure
  if (unasked !== undefined) {
    const primary = `PostgreSQL ${input.replication?.from.shown}, the primary of ${input.shown},`
    return assessPostgresFailure(unasked, { subject: primary, latency, evidence })
  }
  const version = facts.serverVersion ?? ''
  const sentence = `${subject} (${version}) is as expected; asked within ${latency}.`
  return passed({ reason: 'ready', sentence, evidence })
}

function findShortcoming(
  input: PostgresInput,
  facts: PostgresFacts,
): TellingShortcoming | undefined {
  return (
    findWrongRole(input, facts) ??
    findBadExtensions(input, facts.extensions) ??
    findMissingTables(input, facts) ??
    findBadIndexes(facts) ??
    findWrongMigrations(input, facts.migrations) ??
    findCrowd(input, facts.connections) ??
    findRefusedWrite(input, facts.write) ??
    findWrongReplication(input, facts.replication)
  )
}

function findWrongRole(input: PostgresInput, facts: PostgresFacts): Shortcoming | undefined {
  if (input.role === undefined) return undefined
  const found = facts.inRecovery === true ? 'replica' : 'primary'
  if (found === input.role) return undefined
  return { reason: 'wrong-role', says: `is a ${found}; ${input.role} expected` }
}

function findMissingTables(
  input: PostgresInput,
  facts: PostgresFacts,
): TellingShortcoming | undefined {
  const absent = facts.tables.filter((table) => table.columns === undefined)
  if (absent.length > 0) {
    const names = absent.map((table) => table.name)
    const says = `lacks ${absent.length} of ${facts.tables.length} tables: ${names.join(', ')}`
    return { reason: 'missing-table', says, evidence: { missing: names } }
  }
  const missing = facts.tables.flatMap(({ name, columns = [] }) =>
    (input.tables[name] ?? [])
      .filter((column) => !columns.includes(column))
      .map((column) => `${name}.${column}`),
  )
  if (missing.length === 0) return undefined
  const says = `lacks ${missing.length} columns: ${missing.join(', ')}`
  return { reason: 'missing-column', says, evidence: { missing } }
}

function findBadIndexes(facts: PostgresFacts): TellingShortcoming | undefined {
  for (const [state, reason, verb] of [
    ['absent', 'missing-index', 'lacks'],
    ['invalid', 'invalid-index', 'has not finished building'],
  ] as const) {
    const names = facts.indexes.filter((index) => index.state === state).map(({ name }) => name)
    if (names.length === 0) continue
    const says = `${verb} ${names.length} of ${facts.indexes.length} indexes: ${names.join(', ')}`
    return { reason, says, evidence: { [state === 'absent' ? 'missing' : 'invalid']: names } }
  }
  return undefined
}

function findWrongMigrations(
  input: PostgresInput,
  migrations: MigrationFacts | undefined,
): Shortcoming | undefined {
  if (migrations === undefined) return undefined
  const { table, state, applied, unfinished } = migrations
  if (state === 'absent') return { reason: 'missing-table', says: `has no table ${table}` }
  if (state === 'unrecognized') {
    const says = `has a table ${table} without a column version, name or id`
    return { reason: 'unknown-migrations', says }
  }
  if (unfinished.length > 0) {
    const names = unfinished.join(', ')
    const says = `has migrations in ${table} that began and have not ended well: ${names}`
    return { reason: 'unfinished-migration', says }
  }
  if (migrations.isLocked) {
    return { reason: 'migrating', says: `is being migrated: ${table}_lock is taken` }
  }
  const head = migrations.head ?? 'nothing'
  if (migrations.head === undefined && input.migrations?.head === undefined) {
    return { reason: 'no-migrations', says: `has no applied migration in ${table}` }
  }
  const expected = input.migrations?.head
  if (expected === undefined || expected === head || expected === migrations.alias) return undefined
  const stands = `stands at migration ${head} (${applied} applied); ${expected} expected`
  return migrations.hasExpected
    ? { reason: 'migrated-too-far', says: `${stands}, which lies behind it` }
    : { reason: 'wrong-head', says: stands }
}

function findWrongReplication(
  { replication }: PostgresInput,
  facts: ReplicationFacts | undefined,
): Shortcoming | undefined {
  if (replication === undefined || facts === undefined) return undefined
  return findReplicationShortcoming(replication, facts)
}

function evidenceOf(input: PostgresInput, facts: PostgresFacts): JsonObject {
  const { migrations, replication, connections, timeOffsetMs } = facts
  return {
    latencyMs: facts.latencyMs,
    ...facts.connected,
    ...(facts.failed.length === 0 ? {} : { failed: printFailedAddresses(facts.failed) }),
    ...(facts.serverVersion === undefined ? {} : { serverVersion: facts.serverVersion }),
    ...(facts.inRecovery === undefined ? {} : { inRecovery: facts.inRecovery }),
    ...(timeOffsetMs === undefined ? {} : { serverTimeOffsetMs: timeOffsetMs }),
    ...(connections === undefined
      ? {}
      : { connectionsUsed: connections.used, connectionsMax: connections.most }),
    ...(facts.write === undefined ? {} : { writeMs: facts.write.writeMs }),
    ...(migrations?.state === 'read'
      ? {
          migrationHead: migrations.head ?? null,
          migrationCount: migrations.applied,
          migrationTool: migrations.tool ?? '',
        }
      : {}),
    ...(input.replication === undefined || replication === undefined
      ? {}
      : replicationEvidence(input.replication, replication)),
    ...(facts.rows === undefined
      ? {}
      : { rows: redactDocument(facts.rows, []), rowsTruncated: facts.isTruncated === true }),
  }
}
