/**
 * A document with the place of every value in it, so that whatever is found wrong later can be shown
 * where it was written. Documents made by a program have values and paths, but no places.
 */
import type { Json } from '../../core/units/json.ts'
import { type Issue, type IssueCode, type Path, type Place, printPath } from './issue.ts'

/** A text that was handed in. */
export interface SourceFile {
  /** How the file is called in issues; never opened. */
  readonly path: string
  readonly text: string
}

/** Where one value stands, and how it was written. */
export interface NodePlace {
  /** Where its key stands, when it is a member. */
  readonly key?: Place
  readonly value: Place
  /** The text of a scalar exactly as written, quotes included. */
  readonly written?: string
}

/** One document of a file. */
export interface SourceDocument {
  readonly file: string
  readonly value: Json
  /** By {@link pathKey}; empty for documents made by a program. */
  readonly places: ReadonlyMap<string, NodePlace>
  /** Paths that already have an issue of their own, so that nothing more is said about them. */
  readonly flawed: ReadonlySet<string>
}

/** A path as a key of a map. */
export function pathKey(path: Path): string {
  return JSON.stringify(path)
}

/** A document made by a program, for example by a configuration written in TypeScript. */
export function documentOfValue(file: string, value: Json): SourceDocument {
  return { file, value, places: new Map(), flawed: new Set() }
}

/** Which part of a member an issue points at. */
export type Part = 'key' | 'value'

/** The place of a value or of its key; of the nearest thing around it when it has none. */
export function placeOf(document: SourceDocument, path: Path, part: Part): Place | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.places.get(pathKey(path.slice(0, length)))
    if (node === undefined) continue
    // What is missing is shown at the name of what it is missing from.
    const wanted = length === path.length ? part : 'key'
    return wanted === 'key' ? (node.key ?? node.value) : node.value
  }
  return undefined
}

/** What an issue says, without where. */
export interface Complaint {
  readonly code: IssueCode
  readonly message: string
  readonly expected?: string
  readonly found?: string
  readonly nearest?: string
}

/** An issue about the value, or the key, at a path of a document. */
export function issueAt(
  document: SourceDocument,
  path: Path,
  complaint: Complaint,
  part: Part = 'value',
): Issue {
  const place = placeOf(document, path, part)
  return { ...complaint, file: document.file, path: printPath(path), ...place }
}

/** The value at a path, or undefined when there is none. */
export function valueAt(root: Json, path: Path): Json | undefined {
  let value: Json | undefined = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.hasOwn(value, step)
      ? (value as Readonly<Record<string | number, Json>>)[step]
      : undefined
  }
  return value
}
