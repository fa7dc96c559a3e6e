/** What an export comes to: a text for another tool, and what that tool cannot be told. */

/** Something of a contract that another tool has no word for. */
export interface Unsaid {
  /** As people write it: `api.ready.http`. */
  readonly what: string
  /** One sentence without its full stop. */
  readonly why: string
}

/** A text for another tool. */
export interface Exported {
  readonly text: string
  /** In the order of the components. */
  readonly unsaid: readonly Unsaid[]
}
