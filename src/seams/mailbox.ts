/**
 * The seam between replicas: what somebody asked one of them, but only the owner of the subject can do.
 * A letter waits for whoever owns the subject, also when its ownership changes meanwhile.
 */
import type { JsonObject } from '../core/units/json.ts'

/** Something to be done about a subject. */
export interface Letter {
  /** Unique; the same letter is never answered twice. */
  readonly id: string
  readonly subject: string
  /** JSON without secrets. */
  readonly body: JsonObject
}

/** Passes letters. Every adapter passes test/conformance/mailbox. */
export interface Mailbox {
  /**
   * Sends a letter and waits for its answer.
   *
   * @returns undefined when nobody answered before the signal aborted; it is then taken back, or, if
   *   it was taken up just before, its answer is lost
   * @throws store-unavailable
   */
  send(letter: Letter, signal: AbortSignal): Promise<JsonObject | undefined>
  /**
   * Answers letters to subjects that `isOwn` says are this replica's, as soon as they come and once
   * more whenever `look` is called. Handled one at a time for each subject. A letter whose handling
   * threw may be handled again, which must have the effect of once.
   *
   * @returns stops answering
   */
  serve(
    isOwn: (subject: string) => boolean,
    handle: (letter: Letter) => Promise<JsonObject>,
  ): { readonly look: () => void; readonly stop: () => void }
  /** Idempotent. */
  close(): Promise<void>
}
