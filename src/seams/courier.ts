/** The seam to receivers of notifications elsewhere: one message, one attempt. */

/** What to send. */
export interface Parcel {
  /** May be a secret itself: never shown, never logged. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What became of it. */
export type Receipt =
  | { readonly verdict: 'accepted' }
  | {
      readonly verdict: 'refused'
      /** One sentence without the address. */
      readonly sentence: string
      /** It will never be accepted there again. */
      readonly isFinal: boolean
      /** How long the receiver asks to be left alone. @unit ms */
      readonly waitMs?: number
    }

/** Carries messages. */
export interface Courier {
  /**
   * Why an address may not be reached from here; undefined when it may, as far as can be told now.
   * Told for people; `deliver` judges anew each time, by the address that it really connects to.
   */
  refusal(url: string): Promise<string | undefined>
  /** Tries once. Never throws, ends in bounded time, and reads a bounded answer. */
  deliver(parcel: Parcel): Promise<Receipt>
  /** Gives up whatever is under way. Idempotent. */
  close(): Promise<void>
}
