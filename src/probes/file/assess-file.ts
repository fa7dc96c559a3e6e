/**
 * Judges what stands at a path. The first row that fits counts.
 *
 * | found | answer |
 * |---|---|
 * | nothing, and it must be absent | passed: absent |
 * | something, and it must be absent | failed, notYet: still-there |
 * | nothing | failed, notYet: absent |
 * | a path through a file, around in circles, or too long | errored, terminal: impossible-path |
 * | no right to look, or another failure of the system | errored, notYet: unreadable |
 * | something of another type: nobody writes a file over a folder | failed, terminal: wrong-type |
 * | too little in it | failed, notYet: too-small |
 * | no end of reading in time | failed, notYet: timed-out |
 * | another file after reading than before | failed, notYet: changing |
 * | a change less than `stableFor` ago | failed, notYet: changing |
 * | a digest that is not the one expected | failed, notYet: wrong-digest |
 * | more in it than may be read | failed, notYet: too-large |
 * | a text that does not match | failed, notYet: wrong-content |
 * | a text that is not JSON | failed, notYet: not-json |
 * | everything as expected | passed: present |
 *
 * Wrong content is not terminal: what writes it may not have finished, or may write it again.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { errored, notYet, passed, terminal } from '../answer/answer.ts'
import { parseDocument } from '../document/parse-document.ts'
import { hasMatch } from '../pattern/pattern.ts'
import { redactDocument, redactText } from '../redaction/redact.ts'
import type { FileInput } from './file-input.ts'
import type { Found, Look } from './look.ts'

/** What one attempt saw. */
export interface FileFacts {
  readonly look: Look
  readonly latencyMs: number
  /** For how long it has been seen without a change. @unit ms */
  readonly unchangedMs: number
}

const TEXT_LENGTH_MAX = 2_048
const IMPOSSIBLE = ['ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']

/** Judges what one attempt saw. */
export function assessFile(input: FileInput, facts: FileFacts): Answer {
  const { look, latencyMs } = facts
  const { name } = input
  const evidence = { path: name, latencyMs }
  if (look.found === 'something') {
    return input.absent
      ? notYet({
          reason: 'still-there',
          sentence: `${name} is still there, a ${look.type} of ${look.size} bytes.`,
          evidence: { ...evidence, ...evidenceOf(look, facts) },
        })
      : assessFound(input, look, facts)
  }
  if (look.found === 'nothing') {
    const judge = input.absent ? passed : notYet
    return judge({ reason: 'absent', sentence: `${name} is not there.`, evidence })
  }
  const { code } = look
  if (IMPOSSIBLE.includes(code)) {
    const sentence = `${name} is a path at which nothing can ever be (${code}).`
    return errored('terminal', { reason: 'impossible-path', sentence, evidence })
  }
  const sentence = `${name} cannot be looked at (${code}).`
  return errored('notYet', { reason: 'unreadable', sentence, evidence })
}

function assessFound(input: FileInput, found: Found, facts: FileFacts): Answer {
  const { name, minSize, stableMs, sha256 } = input
  const document = readDocument(input, found)
  const evidence: JsonObject = {
    path: name,
    latencyMs: facts.latencyMs,
    ...evidenceOf(found, facts),
    ...document.evidence,
  }
  const wait = (reason: string, found: string): Answer =>
    notYet({ reason, sentence: `${name} ${found}.`, evidence })
  if (found.type !== input.type) {
    const sentence = `${name} is a ${found.type}; a ${input.type} expected.`
    return terminal({ reason: 'wrong-type', sentence, evidence })
  }
  if (found.size < minSize) {
    return wait('too-small', `holds ${found.size} bytes; at least ${minSize} expected`)
  }
  if (found.brokenOff === 'ABORTED') {
    return wait('timed-out', `holds ${found.size} bytes, too many to read in time`)
  }
  if (found.brokenOff === 'CHANGED') return wait('changing', 'changed while it was read')
  if (facts.unchangedMs < stableMs) {
    const unchanged = Math.round(facts.unchangedMs)
    return wait('changing', `has not changed for ${unchanged} ms; ${stableMs} ms expected`)
  }
  if (sha256 !== undefined && found.sha256 !== sha256) {
    const [is, expected] = [found.sha256 ?? 'none', sha256].map((digest) => digest.slice(0, 12))
    return wait('wrong-digest', `has the digest ${is}…; ${expected}… expected`)
  }
  if (document.refusal !== undefined) return wait(...document.refusal)
  const sentence = `${name} is there, a ${found.type} of ${found.size} bytes.`
  return passed({ reason: 'present', sentence, evidence })
}

interface ReadDocument {
  readonly evidence: JsonObject
  /** The reason and what was found. */
  readonly refusal?: readonly [string, string]
}

function readDocument(input: FileInput, found: Found): ReadDocument {
  const { content, json, readBytesMax } = input
  if ((content === undefined && !json) || found.type !== 'file') return { evidence: {} }
  const { text } = found
  if (text === undefined) {
    const what = `holds ${found.size} bytes; at most ${readBytesMax} are read`
    return { evidence: {}, refusal: ['too-large', what] }
  }
  const document = json ? parseDocument(text) : undefined
  const evidence =
    document?.parsed === true
      ? { json: redactDocument(document.json, []) satisfies Json }
      : { text: redactText(text.slice(0, TEXT_LENGTH_MAX)).toWellFormed() }
  if (content !== undefined && !hasMatch(content, text)) {
    return { evidence, refusal: ['wrong-content', `holds another text; /${content}/ expected`] }
  }
  if (document?.parsed === false) {
    return { evidence, refusal: ['not-json', `is not JSON (${document.mistake})`] }
  }
  return { evidence }
}

function evidenceOf(found: Found, facts: FileFacts): JsonObject {
  return {
    type: found.type,
    size: found.size,
    modifiedAtMs: found.modifiedAtMs,
    unchangedMs: Math.round(facts.unchangedMs),
    ...(found.sha256 === undefined ? {} : { sha256: found.sha256 }),
  }
}
