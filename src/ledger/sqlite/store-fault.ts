/** What SQLite throws, as faults. Anything that is not SQLite's stays what it is: it is a bug of ours. */
import { Fault } from '../../core/fault/fault.ts'

const SQLITE_ERROR = 1
const SQLITE_CORRUPT = 11
const SQLITE_CONSTRAINT = 19
const SQLITE_NOTADB = 26

/**
 * Besides what SQLite calls damage: our statements name only what the schema has, and only we number
 * rows, so a name it does not know and a constraint that does not hold are damage too.
 */
const DAMAGE = new Set([SQLITE_ERROR, SQLITE_CORRUPT, SQLITE_CONSTRAINT, SQLITE_NOTADB])

/** The fault for what SQLite or the file system threw while we did `operation` to the file `subject`. */
function storeFault(thrown: unknown, operation: string, subject: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof Fault) return thrown
  if (isDamage(thrown)) {
    const hint = `SQLite cannot read the file (${thrown.message}); restore a backup.`
    return new Fault({ code: 'ledger-corrupt', operation, subject, hint, cause: thrown })
  }
  if (!('errcode' in thrown || 'syscall' in thrown)) return thrown
  const hint = `${subject} answered: ${thrown.message}.`
  return new Fault({ code: 'ledger-unavailable', operation, subject, hint, cause: thrown })
}

/** Whether what was thrown says that the bytes in the file cannot be what was written. */
function isDamage(thrown: Error): boolean {
  if ('errcode' in thrown && typeof thrown.errcode === 'number') {
    return DAMAGE.has(thrown.errcode & 0xff)
  }
  // An integer beyond 2^53 is nothing we ever write.
  return 'code' in thrown && thrown.code === 'ERR_OUT_OF_RANGE'
}

/** Runs one step against the store, with its faults named. */
export function withStoreFaults<Value>(
  operation: string,
  subject: string,
  step: () => Value,
): Value {
  try {
    return step()
  } catch (thrown) {
    throw storeFault(thrown, operation, subject)
  }
}
