/**
 * A document against a schema: what zod finds wrong, as issues with places, in words that say what
 * was expected, what was found, and what was probably meant.
 *
 * Messages that a schema gives itself are read as what was expected (`a URL with https://`), so that
 * schemas stay short. A custom issue may carry `params: { message, nearest }` instead.
 */
import type * as z from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { describeValue, listWords, quote } from './describe-value.ts'
import type { Issue, Path } from './issue.ts'
import { nearestWord } from './nearest-word.ts'
import {
  type Complaint,
  issueAt,
  type Part,
  pathKey,
  type SourceDocument,
  valueAt,
} from './source-document.ts'
import { adviseOnType, expectationOf, GENERATED, WHOLE_NUMBER, type ZodIssue } from './zod-words.ts'

/** What a check came to: the value, or why there is none. */
export interface Checked<Value> {
  readonly value?: Value
  readonly issues: readonly Issue[]
}

/** Checks the value at a path of a document. */
export function checkShape<Value>(
  document: SourceDocument,
  path: Path,
  schema: z.ZodType<Value>,
): Checked<Value> {
  const result = schema.safeParse(valueAt(document.value, path), {
    reportInput: true,
    error: markGenerated,
  })
  if (result.success) return { value: result.data, issues: [] }
  const findings = result.error.issues.flatMap((issue) => findingsOf(issue, path))
  const issues = findings
    .filter((finding) => !isFlawed(document, finding) && !isEcho(finding, findings))
    .map((finding) => toIssue(document, finding))
  return { issues }
}

/** Marks messages that zod made, and carries what only the schema knows to where it is needed. */
function markGenerated(raw: z.core.$ZodRawIssue): string {
  const definition = (raw.inst?._zod.def ?? {}) as {
    readonly shape?: JsonObject
    readonly format?: string
  }
  if (definition.format === 'safeint') return WHOLE_NUMBER
  if (raw.code !== 'unrecognized_keys') return GENERATED
  return `${GENERATED}${Object.keys(definition.shape ?? {}).join(' ')}`
}

/** Something wrong at a path, before it has a place. */
interface Finding {
  readonly path: Path
  readonly issue: ZodIssue
  /** Other expectations that would have been right as well. */
  readonly others: readonly string[]
  /** For an unknown key: the key. */
  readonly key?: string
}

function findingsOf(issue: ZodIssue, base: Path): readonly Finding[] {
  const path = [...base, ...(issue.path as Path)]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], issue, others: [], key }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return unionFindings(issue, path)
  return [{ path, issue, others: [] }]
}

/** Reports the branch that was probably meant; when none got anywhere, all that would have done. */
function unionFindings(issue: z.core.$ZodIssueInvalidUnion, path: Path): readonly Finding[] {
  const branches = issue.errors.map((errors) => errors.flatMap((error) => findingsOf(error, path)))
  const entered = branches
    .filter((branch) => branch.some((finding) => finding.path.length > path.length))
    .filter((branch) => !branch.some((finding) => isTypeMismatch(finding, path)))
    .sort((a, b) => a.length - b.length)
  if (entered[0] !== undefined) return entered[0]
  const here = branches.flat().filter((finding) => finding.path.length === path.length)
  const main = here.find((finding) => !isTypeMismatch(finding, path)) ?? here[0]
  if (main === undefined) return [{ path, issue, others: [] }]
  // A value of the right type was meant to be of that type.
  const isClear = main.issue.code === 'custom' || main.issue.code === 'invalid_format'
  const others = here
    .filter((finding) => finding !== main && !(isClear && isTypeMismatch(finding, path)))
    .flatMap((finding) => [expectationOf(finding.issue), ...finding.others])
  return [{ ...main, others: [...main.others, ...others] }]
}

function isTypeMismatch(finding: Finding, path: Path): boolean {
  return finding.path.length === path.length && finding.issue.code === 'invalid_type'
}

function isFlawed(document: SourceDocument, finding: Finding): boolean {
  return document.flawed.has(pathKey(finding.path))
}

/** Whether a finding only follows from a misspelt key beside it, which is named already. */
function isEcho(finding: Finding, findings: readonly Finding[]): boolean {
  if (finding.key !== undefined) return false
  return findings.some(({ key, path, issue }) => {
    if (key === undefined) return false
    const parent = path.slice(0, -1)
    const nearest = nearestWord(key, knownKeys(issue))
    if (nearest === undefined) return false
    const isMissing =
      finding.issue.code !== 'custom' && samePath(finding.path, [...parent, nearest])
    return isMissing || (finding.issue.code === 'custom' && samePath(finding.path, parent))
  })
}

function samePath(a: Path, b: Path): boolean {
  return pathKey(a) === pathKey(b)
}

function knownKeys(issue: ZodIssue): readonly string[] {
  return issue.message.slice(GENERATED.length).split(' ').filter(Boolean)
}

function toIssue(document: SourceDocument, finding: Finding): Issue {
  const { path, issue, key } = finding
  if (key !== undefined) return unknownKey(document, finding, key)
  const isMissing = path.length > 0 && valueAt(document.value, path) === undefined
  if (isMissing) return issueAt(document, path, missingKey(finding))
  const part: Part = issue.code === 'invalid_key' ? 'key' : 'value'
  return issueAt(document, path, complain(document, finding), part)
}

function unknownKey(document: SourceDocument, finding: Finding, key: string): Issue {
  const known = knownKeys(finding.issue)
  const nearest = nearestWord(key, known)
  const expected = known.length === 0 ? 'no keys' : listWords(known)
  const message = `${quote(key)} is not a key here; expected ${expected}`
  const complaint = { code: 'unknown-key', message, expected, found: quote(key) } as const
  return issueAt(document, finding.path, withNearest(complaint, nearest), 'key')
}

function missingKey(finding: Finding): Complaint {
  const key = String(finding.path[finding.path.length - 1])
  const expected = expectedBy(finding)
  return {
    code: 'missing-key',
    message: `the key ${quote(key)} is missing; expected ${expected}`,
    expected,
    found: 'nothing',
  }
}

function complain(document: SourceDocument, finding: Finding): Complaint {
  const { issue, path } = finding
  const params = issue.code === 'custom' ? issue.params : undefined
  const expected = expectedBy(finding)
  const value = issue.code === 'invalid_key' ? path[path.length - 1] : valueAt(document.value, path)
  const found = describeValue(value)
  const written = document.places.get(pathKey(path))?.written
  const advice = adviseOnType(issue, value, written)
  const message = params?.['message'] ?? `expected ${expected}, found ${found}${advice.text}`
  const code = issue.code === 'invalid_type' ? 'wrong-type' : 'wrong-value'
  const nearest = params?.['nearest'] ?? advice.nearest
  return withNearest({ code, message: String(message), expected, found }, nearest)
}

function withNearest(complaint: Complaint, nearest: string | undefined): Complaint {
  return nearest === undefined ? complaint : { ...complaint, nearest }
}

function expectedBy(finding: Finding): string {
  const all = [expectationOf(finding.issue), ...finding.others]
  // A template may always stand for a value, so it is named last and once.
  const plain = [...new Set(all.filter((phrase) => !phrase.startsWith('a value, or ')))]
  const template = all.find((phrase) => phrase.startsWith('a value, or '))
  const phrases = template === undefined ? plain : [...plain, template.slice('a value, or '.length)]
  return phrases.some((phrase) => phrase.includes(',')) ? phrases.join(', or ') : listWords(phrases)
}
