/** Documents made by a program, such as a configuration in TypeScript: values instead of text. */
import { isFault } from '../../core/fault/fault.ts'
import { type Json, printCanonicalJson } from '../../core/units/json.ts'
import type { ParsedDocuments } from './parse-documents.ts'
import { documentOfValue, issueAt } from './source-document.ts'

/** Reads a value, or a list of values, as documents; what JSON cannot carry is an issue. */
export function documentOfProgram(source: {
  readonly path: string
  readonly value: unknown
}): ParsedDocuments {
  const values: readonly unknown[] = Array.isArray(source.value) ? source.value : [source.value]
  const parsed = values.map((value) => documentOf(source.path, value))
  return {
    documents: parsed.flatMap(({ documents }) => documents),
    issues: parsed.flatMap(({ issues }) => issues),
  }
}

function documentOf(file: string, value: unknown): ParsedDocuments {
  try {
    // The canonical form leaves out what is undefined, and refuses functions and big integers.
    const json = JSON.parse(printCanonicalJson(value)) as Json
    return { documents: [documentOfValue(file, json)], issues: [] }
  } catch (thrown) {
    if (!isFault(thrown, 'json-not-canonical')) throw thrown
    const found = thrown.hint.replace(/^\S+ holds /, '').replace(/; write.*$/, '')
    const path = thrown.subject.replace(/^\$\.?/, '')
    const message = `a contract holds text, numbers, booleans, lists and mappings, not ${found}`
    const issue = issueAt(documentOfValue(file, null), [], { code: 'wrong-type', message, found })
    return { documents: [], issues: [{ ...issue, path }] }
  }
}
