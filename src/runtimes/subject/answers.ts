/** How runtimes answer orders: in sentences that name the subject. */
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { JsonObject } from '../../core/units/json.ts'

/** Errors of the system that may be gone the next time. */
const PASSING = new Set([
  'EAGAIN',
  'EBUSY',
  'EDQUOT',
  'EINTR',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'ENOSPC',
])

/** What an answer says besides its verdict. */
export interface AnswerWords {
  readonly reason: string
  readonly sentence: string
  readonly outputs?: JsonObject
  /** @default false */
  readonly retryable?: boolean
}

/** The order is in effect. */
export function done(words: AnswerWords): CommandAnswer {
  const { reason, sentence, outputs = {} } = words
  return { verdict: 'done', reason, sentence, outputs, retryable: false }
}

/** The order is not in effect. */
export function failed(words: AnswerWords): CommandAnswer {
  const { reason, sentence, outputs = {}, retryable = false } = words
  return { verdict: 'failed', reason, sentence, outputs, retryable }
}

/** The system refused; undefined when the thrown value is not the system's but our own mistake. */
export function failedBySystem(subject: string, thrown: unknown): CommandAnswer | undefined {
  const error = thrown as NodeJS.ErrnoException
  if (!(error instanceof Error) || typeof error.code !== 'string' || error.syscall === undefined) {
    return undefined
  }
  const where = error.path === undefined ? '' : ` at ${error.path}`
  return failed({
    reason: 'system-refused',
    sentence: `${subject}: the system refused ${error.syscall}${where} with ${error.code}.`,
    outputs: { code: error.code, syscall: error.syscall },
    retryable: PASSING.has(error.code),
  })
}
