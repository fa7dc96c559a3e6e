/**
 * Issues: what is wrong with a document that a person wrote, and where. Always values, never thrown,
 * and all of them at once.
 */

/** Where a value stands in a document: keys and indexes from the top. */
export type Path = readonly (string | number)[]

/** A place in a text, as editors count: both from 1, columns in UTF-16 code units. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** What kind of mistake an issue is; never renamed, so that programs may look at it. */
export type IssueCode =
  | 'too-large'
  | 'not-yaml'
  | 'empty-file'
  | 'duplicate-key'
  | 'key-not-string'
  | 'merge-key'
  | 'tag-refused'
  | 'alias-unresolved'
  | 'alias-cycle'
  | 'number-ambiguous'
  | 'number-not-exact'
  | 'unknown-key'
  | 'missing-key'
  | 'wrong-type'
  | 'wrong-value'
  | 'unknown-kind'
  | 'kind-not-yet'
  | 'duplicate-name'
  | 'expression-malformed'
  | 'reference-unknown'
  | 'reference-not-needed'
  | 'need-unknown'
  | 'need-cyclic'
  | 'need-impossible'
  | 'contradiction'
  | 'revision-differs'

/** One mistake in a document. */
export interface Issue {
  readonly code: IssueCode
  /** The path of the file as it was given. */
  readonly file: string
  /** From 1; absent when the document was not read from text. */
  readonly line?: number
  /** From 1, in UTF-16 code units; absent when the document was not read from text. */
  readonly column?: number
  /** Where in the document, for example `spec.components.db.ready[0]`; empty for the whole of it. */
  readonly path: string
  /** What would have been right: `a duration such as 10s`. */
  readonly expected?: string
  /** What stands there. */
  readonly found?: string
  /** The valid word that was probably meant. */
  readonly nearest?: string
  /** One sentence without position and without the nearest word. */
  readonly message: string
  /** Other places that the message speaks of. */
  readonly related?: readonly RelatedPlace[]
}

/** Another place that an issue speaks of. */
export interface RelatedPlace extends Place {
  readonly message: string
}

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/

/**
 * Prints a path as people write it.
 *
 * @example printPath(['spec', 'ready', 0, 'http']) === 'spec.ready[0].http'
 */
export function printPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (PLAIN_KEY.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}

/** Orders issues by file and place, so that they read from top to bottom. */
export function sortIssues(issues: readonly Issue[]): readonly Issue[] {
  const files = [...new Set(issues.map((issue) => issue.file))]
  return [...issues].sort(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  )
}
