/** Where the TLS of a front comes from: names of files alone, so that no key is ever told or recorded. */

/** Files of the machine that the front is on, by absolute paths; all of them are PEM. */
export interface FrontTls {
  /** Its own certificate first, then those that lead to its authority. */
  readonly certificate: string
  readonly key: string
  /** The authorities whose clients are believed; absent: clients are asked for no certificate. */
  readonly clientCa?: string
}
