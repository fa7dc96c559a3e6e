/**
 * Judges what a server has beyond its schema: extensions, room for connections, and whether it takes
 * what is written. The first row that fits counts.
 *
 * | found | reason | answer |
 * |---|---|---|
 * | an extension that is not installed | missing-extension | failed, notYet |
 * | an extension older than expected | old-extension | failed, notYet |
 * | room for too few connections | too-many-connections | failed, notYet |
 * | a write refused because of read only | read-only | failed, notYet |
 * | a write refused for want of rights | permission-denied | failed, notYet |
 * | no such table or column to write into | missing-table, missing-column | failed, notYet |
 * | no room on the disk | disk-full | failed, notYet |
 * | a row that the table does not take | unfit-row | errored, notYet |
 * | a write refused otherwise | write-failed | failed, notYet |
 */
import { redactText } from '../redaction/redact.ts'
import type { ConnectionsFacts, ExtensionFacts, WriteFacts } from './facts.ts'
import type { PostgresInput } from './postgres-input.ts'

/** Something that is not as it should be, as it stands after the server's name. */
export interface Shortcoming {
  readonly reason: string
  readonly says: string
  /** The question was wrong, not the answer. */
  readonly isErrored?: true
}

const WRITE_REASONS: Readonly<Record<string, string>> = {
  '25006': 'read-only',
  '42501': 'permission-denied',
  '42P01': 'missing-table',
  '3F000': 'missing-table',
  '42703': 'missing-column',
  '53100': 'disk-full',
}

/** Extensions that are missing or too old. */
export function findBadExtensions(
  input: PostgresInput,
  found: readonly ExtensionFacts[] = [],
): Shortcoming | undefined {
  const absent = found.filter(({ version }) => version === undefined)
  if (absent.length > 0) {
    const names = absent.map(({ name, isAvailable }) =>
      isAvailable ? `${name} (create extension)` : `${name} (the server has no files of it)`,
    )
    const says = `lacks ${absent.length} of ${found.length} extensions: ${names.join(', ')}`
    return { reason: 'missing-extension', says }
  }
  const old = found.find(
    ({ name, version = '' }) => compareVersions(version, input.extensions[name] ?? '') < 0,
  )
  if (old === undefined) return undefined
  const says = `has the extension ${old.name} ${old.version}; ${input.extensions[old.name]} expected`
  return { reason: 'old-extension', says }
}

/** Too little room for connections. */
export function findCrowd(
  { connectionsFreeMin }: PostgresInput,
  found: ConnectionsFacts | undefined,
): Shortcoming | undefined {
  if (connectionsFreeMin === undefined || found === undefined) return undefined
  const free = Math.max(0, found.most - found.used)
  if (free >= connectionsFreeMin) return undefined
  const says = `has room for ${free} more connections (${found.used} of ${found.most} are taken)`
  return { reason: 'too-many-connections', says: `${says}; ${connectionsFreeMin} expected` }
}

/** A write that was refused. */
export function findRefusedWrite(
  { write }: PostgresInput,
  found: WriteFacts | undefined,
): Shortcoming | undefined {
  if (write === undefined || found?.failure === undefined) return undefined
  const { code, message } = found.failure
  const into = write.table === undefined ? '' : ` into ${write.table}`
  const told = `${redactText(message).slice(0, 300)} (${code})`
  if (code.startsWith('23')) {
    const says = `does not take the row of \`write\`${into}; give it \`values\` that fit: ${told}`
    return { reason: 'unfit-row', says, isErrored: true }
  }
  return { reason: WRITE_REASONS[code] ?? 'write-failed', says: `takes no write${into}: ${told}` }
}

/** By the numbers between the dots; what is missing is less. */
function compareVersions(left: string, right: string): number {
  const [lefts, rights] = [left, right].map((text) => text.split('.').map((part) => Number(part)))
  for (const [at, number] of (rights ?? []).entries()) {
    const difference = (lefts?.[at] || 0) - (number || 0)
    if (difference !== 0) return difference
  }
  return 0
}
