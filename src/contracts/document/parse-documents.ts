/**
 * Text to documents: YAML 1.2 (core schema) or JSON, several documents in one file. Whatever is wrong
 * comes back as issues with places, all of them; nothing is thrown, no file is opened.
 */
import { type Document, LineCounter, parseAllDocuments, type YAMLError } from 'yaml'
import type { Issue, Place } from './issue.ts'
import { DEPTH_MAX, readDocument } from './read-document.ts'
import type { Complaint, SourceDocument, SourceFile } from './source-document.ts'
import { explainYamlError, unclosedQuote } from './yaml-error.ts'

/** The longest text that is read, in characters. */
export const TEXT_MAX_LENGTH = 1_048_576

/** The most documents that one file may hold. */
export const DOCUMENTS_MAX = 200

/** What a text was read as. */
export interface ParsedDocuments {
  readonly documents: readonly SourceDocument[]
  readonly issues: readonly Issue[]
}

/** Reads every document of a file. A document that is not YAML at all is left out. */
export function parseDocuments(file: SourceFile): ParsedDocuments {
  const text = file.text.startsWith('\uFEFF') ? file.text.slice(1) : file.text
  const refusal = refuseText(text)
  if (refusal !== undefined) return { documents: [], issues: [atTop(file, refusal)] }

  const lineCounter = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const documents: SourceDocument[] = []
  const issues: Issue[] = []
  for (const parsed of parseYaml(text, lineCounter)) {
    const errors = [...parsed.errors, ...parsed.warnings].filter(isOurs)
    const first = errors[0]
    if (first !== undefined) {
      // One broken character makes many errors; the first is the one to correct.
      issues.push(issueOf(file, explainYamlError(first, text), placeAt(offsetToShow(first, text))))
      continue
    }
    if (parsed.contents === null || isBlank(parsed)) continue
    const read = readDocument({ file: file.path, text, root: parsed.contents, placeAt })
    documents.push(read.document)
    issues.push(...read.issues)
  }
  if (documents.length === 0 && issues.length === 0) issues.push(atTop(file, EMPTY_FILE))
  return { documents, issues }
}

const EMPTY_FILE: Complaint = {
  code: 'empty-file',
  message: 'the file holds no document; a contract starts with apiVersion, kind and metadata',
  expected: 'a contract',
  found: 'nothing',
}

function refuseText(text: string): Complaint | undefined {
  if (text.length > TEXT_MAX_LENGTH) {
    const found = `${text.length} characters`
    const expected = `at most ${TEXT_MAX_LENGTH} characters in a file`
    return { code: 'too-large', message: `expected ${expected}, found ${found}`, expected, found }
  }
  const documentCount = 1 + (text.match(/^---(?:\s|$)/gm)?.length ?? 0)
  if (documentCount > DOCUMENTS_MAX + 1) {
    const found = `about ${documentCount}`
    const expected = `at most ${DOCUMENTS_MAX} documents in a file`
    return { code: 'too-large', message: `expected ${expected}, found ${found}`, expected, found }
  }
  if (text.includes('\0')) {
    const message = 'expected text in UTF-8, found a NUL character: is this a binary file?'
    return { code: 'not-yaml', message, expected: 'text in UTF-8', found: 'a NUL character' }
  }
  if (deepestFlow(text) > DEPTH_MAX) {
    const expected = `at most ${DEPTH_MAX} brackets inside each other`
    return {
      code: 'too-large',
      message: `expected ${expected}, found more`,
      expected,
      found: 'more',
    }
  }
  return undefined
}

/** A cheap upper bound, taken before the parser recurses into every bracket. */
function deepestFlow(text: string): number {
  let depth = 0
  let deepest = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1
    else if ((character === ']' || character === '}') && depth > 0) depth -= 1
    if (depth > deepest) deepest = depth
  }
  return deepest
}

function parseYaml(text: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, {
    lineCounter,
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // Our own reading names both places of a duplicate.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  return Array.isArray(documents) ? documents : []
}

/** Tags are refused by our own reading, which knows the path. */
function isOurs(error: YAMLError): boolean {
  return error.code !== 'TAG_RESOLVE_FAILED'
}

/** Where to point: at a string's beginning, at the first word of a line, never at an empty line. */
function offsetToShow(error: YAMLError, text: string): number {
  const offset = error.pos[0]
  const quote = unclosedQuote(error)
  if (quote !== undefined) return Math.max(text.lastIndexOf(quote, offset - 1), 0)
  if (error.code === 'BAD_INDENT') {
    const blank = /^[^\S\n]*(?=\S)/.exec(text.slice(offset))?.[0].length ?? 0
    if (blank > 0) return offset + blank
  }
  const onNothing = /^[^\S\n]*(?:\n|$)/.test(text.slice(offset))
  const atLineStart = offset === 0 || text[offset - 1] === '\n'
  return onNothing && atLineStart ? text.slice(0, offset).trimEnd().length : offset
}

function isBlank(parsed: Document.Parsed): boolean {
  const contents = parsed.contents
  return contents !== null && 'source' in contents && contents.source === '' && !contents.tag
}

function issueOf(file: SourceFile, complaint: Complaint, place: Place): Issue {
  return { ...complaint, file: file.path, path: '', ...place }
}

function atTop(file: SourceFile, complaint: Complaint): Issue {
  return issueOf(file, complaint, { line: 1, column: 1 })
}
