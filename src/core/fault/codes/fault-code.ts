/** What the table of fault codes says of each. */

/** What one fault code means wherever it surfaces. */
export interface FaultCode {
  /** One sentence: what happened. */
  readonly meaning: string
  /** One sentence: what a person does next. */
  readonly remedy: string
  /** The same for whoever has asked a server elsewhere, where they can do something else about it. */
  readonly remoteRemedy?: string
  /** The status over HTTP (RFC 9110). */
  readonly httpStatus: number
  /** The exit code of the command line: 1 fault, 2 usage, 3 the gate says no. */
  readonly exitCode: 1 | 2 | 3
  /** Whether the same request may succeed when repeated unchanged. */
  readonly retryable: boolean
}
