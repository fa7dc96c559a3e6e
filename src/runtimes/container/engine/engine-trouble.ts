/** What an engine, or the way to it, refuses. */

/** Why something asked of the engine did not happen. */
export class EngineTrouble extends Error {
  override readonly name = 'EngineTrouble'
  /** The status it answered with; absent when it did not answer at all. */
  readonly status: number | undefined

  constructor(
    message: string,
    options: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.status = options.status
  }

  /** Whether there was no engine to ask. */
  get isUnavailable(): boolean {
    return this.status === undefined
  }
}
