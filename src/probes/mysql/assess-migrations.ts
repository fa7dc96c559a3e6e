/**
 * Judges the record of a migration tool.
 *
 * | found | reason |
 * |---|---|
 * | no such table | missing-table |
 * | a table that names no migrations | unknown-migrations |
 * | a migration that has begun and has not ended well | unfinished-migration |
 * | the tool says that it is at work | migrating |
 * | nothing has been applied | no-migrations |
 * | another head, the expected one behind it | migrated-too-far |
 * | another head | wrong-head |
 */
import type { Shortcoming } from './assess-write.ts'
import type { MigrationFacts } from './facts.ts'
import type { MigrationsInput } from './mysql-input.ts'

/** What is wrong with the migrations; undefined when nothing is. */
export function findWrongMigrations(
  input: MigrationsInput | undefined,
  facts: MigrationFacts | undefined,
): Shortcoming | undefined {
  if (input === undefined || facts === undefined) return undefined
  const { sql } = input.table
  const { state, applied, unfinished } = facts
  if (state === 'absent') return { reason: 'missing-table', says: `has no table ${sql}` }
  if (state === 'unrecognized') {
    const says = `has a table ${sql} without a column version, name or id`
    return { reason: 'unknown-migrations', says }
  }
  if (unfinished.length > 0) {
    const names = unfinished.join(', ')
    const says = `has migrations in ${sql} that began and have not ended well: ${names}`
    return { reason: 'unfinished-migration', says }
  }
  if (facts.isLocked) {
    return { reason: 'migrating', says: `is being migrated: the lock beside ${sql} is taken` }
  }
  const { head: expected } = input
  if (facts.head === undefined && expected === undefined) {
    return { reason: 'no-migrations', says: `has no applied migration in ${sql}` }
  }
  if (expected === undefined || expected === facts.head || expected === facts.alias) {
    return undefined
  }
  const stands = `stands at migration ${facts.head ?? 'nothing'} (${applied} applied); ${expected} expected`
  return facts.hasExpected
    ? { reason: 'migrated-too-far', says: `${stands}, which lies behind it` }
    : { reason: 'wrong-head', says: stands }
}
