/**
 * Judges what one attempt saw of a MySQL or MariaDB server. The first row that fits counts; a session
 * that ended early is judged by assess-failure.ts. Nothing here is terminal, because a migration may be
 * under way.
 *
 * | found | reason | answer |
 * |---|---|---|
 * | read only where a primary is expected, or the other way round | wrong-role | failed, notYet |
 * | tables, or columns of tables, that are not there | missing-table, missing-column | failed, notYet |
 * | migrations: see assess-migrations.ts | | failed, notYet |
 * | a write refused because of read only, rights, room, a lock | see assess-failure.ts | failed, notYet |
 * | a row that the table does not take | unfit-row | errored, notYet |
 * | a table whose engine would not take the row back | unsafe-table | errored, notYet |
 * | replication: see assess-replication.ts | | failed, notYet |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, passed, printLatency } from '../answer/answer.ts'
import { printFailedAddresses } from '../connection/connection-failure.ts'
import { redactDocument } from '../redaction/redact.ts'
import { assessMysqlFailure } from './assess-failure.ts'
import { findWrongMigrations } from './assess-migrations.ts'
import { findReplicationShortcoming, replicationEvidence } from './assess-replication.ts'
import { findRefusedWrite, type Shortcoming } from './assess-write.ts'
import type { MysqlFacts, ServerFacts } from './facts.ts'
import type { MysqlInput } from './mysql-input.ts'

/** Judges what one attempt saw. */
export function assessMysql(input: MysqlInput, facts: MysqlFacts): Answer {
  const { server, failure, replication } = facts
  const product = server?.server === 'mariadb' ? 'MariaDB' : 'MySQL'
  const subject = `${product} ${input.shown}`
  const latency = printLatency(facts.latencyMs)
  const evidence = evidenceOf(input, facts)
  if (server === undefined || failure !== undefined) {
    const ended = failure ?? { code: 'NOT_MYSQL', message: 'it ended early' }
    return assessMysqlFailure(ended, { subject, latency, evidence })
  }
  const shortcoming = findShortcoming(input, facts, server)
  if (shortcoming !== undefined) {
    const { reason, says, missing } = shortcoming
    const shown = missing === undefined ? evidence : { ...evidence, missing }
    const findings = { reason, sentence: `${subject} ${says}.`, evidence: shown }
    return shortcoming.isErrored === true ? errored('notYet', findings) : notYet(findings)
  }
  if (replication?.failure !== undefined) {
    const primary = `MySQL ${input.replication?.from?.shown}, the primary of ${input.shown},`
    return assessMysqlFailure(replication.failure, { subject: primary, latency, evidence })
  }
  const sentence = `${subject} (${server.version}) is as expected; asked within ${latency}.`
  return passed({ reason: 'ready', sentence, evidence })
}

function findShortcoming(
  input: MysqlInput,
  facts: MysqlFacts,
  server: ServerFacts,
): Shortcoming | undefined {
  const { replication } = facts
  return (
    findWrongRole(input, server) ??
    findMissingTables(input, facts) ??
    findWrongMigrations(input.migrations, facts.migrations) ??
    findRefusedWrite(input, facts.write) ??
    (input.replication === undefined || replication === undefined
      ? undefined
      : findReplicationShortcoming(input.replication, replication))
  )
}

function findWrongRole({ role }: MysqlInput, { isReadOnly }: ServerFacts): Shortcoming | undefined {
  if (role === undefined || isReadOnly === (role === 'replica')) return undefined
  const found = isReadOnly ? 'is set to read only' : 'takes writes (read_only is off)'
  return { reason: 'wrong-role', says: `${found}; a ${role} expected` }
}

function findMissingTables(input: MysqlInput, { tables }: MysqlFacts): Shortcoming | undefined {
  const absent = tables.filter(({ columns }) => columns.length === 0).map(({ name }) => name)
  if (absent.length > 0) {
    const says = `lacks ${absent.length} of ${tables.length} tables: ${absent.join(', ')}`
    return { reason: 'missing-table', says, missing: absent }
  }
  const missing = input.tables.flatMap(({ sql, columns }, at) =>
    columns
      .filter((column) => tables[at]?.columns.includes(column.toLowerCase()) === false)
      .map((column) => `${sql}.${column}`),
  )
  if (missing.length === 0) return undefined
  const says = `lacks ${missing.length} columns: ${missing.join(', ')}`
  return { reason: 'missing-column', says, missing }
}

function evidenceOf(input: MysqlInput, facts: MysqlFacts): JsonObject {
  const { server, migrations, replication } = facts
  return {
    latencyMs: facts.latencyMs,
    ...facts.connected,
    ...(facts.failed.length === 0 ? {} : { failed: printFailedAddresses(facts.failed) }),
    ...(server === undefined ? {} : serverEvidence(server)),
    ...(migrations?.state === 'read'
      ? {
          migrationHead: migrations.head ?? null,
          migrationCount: migrations.applied,
          migrationTool: migrations.tool ?? '',
        }
      : {}),
    ...(facts.write === undefined ? {} : { writeMs: facts.write.writeMs }),
    ...(input.replication === undefined || replication === undefined
      ? {}
      : replicationEvidence(input.replication, replication)),
    ...(facts.rows === undefined
      ? {}
      : { rows: redactDocument(facts.rows, []), rowsTruncated: facts.isTruncated === true }),
  }
}

function serverEvidence({ server, version, isReadOnly, timeOffsetMs }: ServerFacts): JsonObject {
  return {
    server,
    serverVersion: version,
    readOnly: isReadOnly,
    serverTimeOffsetMs: timeOffsetMs,
  }
}
