/** Judges a row that was written and taken back. */
import { printFailure, reasonOf } from './assess-failure.ts'
import type { WriteFacts } from './facts.ts'
import type { MysqlInput } from './mysql-input.ts'

/** Something that is not as it should be, as it stands after the server's name. */
export interface Shortcoming {
  readonly reason: string
  readonly says: string
  /** What is not there, for the evidence. */
  readonly missing?: readonly string[]
  /** The question was wrong, not the answer. */
  readonly isErrored?: true
}

/** No default for a column, or a value that a column does not take, without a SQLSTATE of its own. */
const UNFIT = ['1364', '1366']

/** A write that was refused, or was not even tried. */
export function findRefusedWrite(
  { write }: MysqlInput,
  found: WriteFacts | undefined,
): Shortcoming | undefined {
  if (write === undefined || found === undefined) return undefined
  const { sql } = write.table
  const { failure, state, engine = 'unknown' } = found
  if (state === 'absent') return { reason: 'missing-table', says: `has no table ${sql}` }
  if (state === 'unsafe') {
    const says = `would keep what is written into ${sql}, whose engine (${engine}) knows no transactions; name another table`
    return { reason: 'unsafe-table', says, isErrored: true }
  }
  if (failure === undefined) return undefined
  const told = printFailure(failure)
  if (/^2[23]/.test(failure.state ?? '') || UNFIT.includes(failure.code)) {
    const says = `does not take the row of \`write\` into ${sql}; give it \`values\` that fit: ${told}`
    return { reason: 'unfit-row', says, isErrored: true }
  }
  const reason = reasonOf(failure.code) ?? 'write-failed'
  return { reason, says: `takes no write into ${sql}: ${told}` }
}
