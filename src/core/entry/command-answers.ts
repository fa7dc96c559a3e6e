/** How orders are answered by whoever carries them out. */
import type { Fault } from '../fault/fault.ts'
import type { JsonObject } from '../units/json.ts'
import type { CommandAnswer } from './entry.ts'

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

/** The order is not in effect, and a fault says why. */
export function failedByFault({ code, message, retryable }: Fault): CommandAnswer {
  return failed({ reason: code, sentence: message, retryable })
}

/** There is no such order. @param sentence what there is */
export function unknownOperation(sentence: string): CommandAnswer {
  return failed({ reason: 'operation-unknown', sentence })
}

/** The order is known, but not what it is to be carried out with. */
export function misunderstood(operation: string, problem: string): CommandAnswer {
  const sentence = `The input of ${operation} is not understood: ${problem}.`
  return failed({ reason: 'input-malformed', sentence })
}

/** What a schema has against an input, without its values: they may be secret. */
export function printIssues(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
}
