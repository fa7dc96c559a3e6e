/** Judges what was found in a log: a fatal line counts above the line that was waited for. */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { notYet, passed, terminal } from '../answer/answer.ts'
import { redactText } from '../redaction/redact.ts'
import type { LogInput, LogStream } from './log-input.ts'

/** A line that matched. */
export interface FoundLine {
  readonly stream: LogStream
  /** Counts from 1 in its file. */
  readonly lineNumber: number
  readonly line: string
  readonly captures: Readonly<Record<string, string>>
}

/** What has been read since the process started. */
export interface LogFacts {
  readonly found: FoundLine | undefined
  readonly fatal: FoundLine | undefined
  readonly lineCount: number
  /** Streams whose file is not there yet. */
  readonly absent: readonly LogStream[]
  readonly lastLine: string | undefined
}

const SHOWN_LENGTH_MAX = 400

/** Judges what has been read. */
export function assessLog(input: LogInput, facts: LogFacts): Answer {
  if (facts.fatal !== undefined) {
    return terminal({
      reason: 'fatal-line',
      sentence: `Line ${where(facts.fatal)} says: ${shown(facts.fatal.line)}`,
      evidence: evidenceOf(facts.fatal, facts),
    })
  }
  if (facts.found !== undefined) {
    return passed({
      reason: 'found',
      sentence: `Line ${where(facts.found)} matches /${input.pattern}/.`,
      evidence: evidenceOf(facts.found, facts),
    })
  }
  const last = facts.lastLine === undefined ? '' : ` The last one: ${shown(facts.lastLine)}`
  const isAbsent = facts.absent.length === input.files.length
  return notYet({
    reason: isAbsent ? 'no-output' : 'not-found',
    sentence: `None of ${facts.lineCount} lines matches /${input.pattern}/.${last}`,
    evidence: { lineCount: facts.lineCount },
  })
}

function evidenceOf(found: FoundLine, facts: LogFacts): JsonObject {
  const captures = Object.entries(found.captures).map(([name, text]) => [name, shown(text)])
  return {
    stream: found.stream,
    lineNumber: found.lineNumber,
    line: shown(found.line),
    captures: Object.fromEntries(captures),
    lineCount: facts.lineCount,
  }
}

function where(found: FoundLine): string {
  return `${found.lineNumber} of ${found.stream === 'out' ? 'standard output' : 'standard error'}`
}

function shown(text: string): string {
  return redactText(text.slice(0, SHOWN_LENGTH_MAX)).toWellFormed()
}
