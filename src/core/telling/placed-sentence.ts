/** A cause in one sentence that also says where: by itself it names its condition, but not its stage. */
import type { Cause } from '../entry/entry.ts'

/** The sentence of a cause, after the stage that it is about. */
export function placedSentence({ stage, sentence }: Cause): string {
  return stage === undefined ? sentence : `${stage}: ${sentence}`
}
