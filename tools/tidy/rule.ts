/** What a rule of the house is: a name, a check over all files, and proof that it catches what it bans. */
import type { SourceFile } from './source-file.ts'

/** Something a rule objects to. */
export interface Finding {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** What is wrong and what to write instead. */
  readonly sentence: string
}

/** A rule of the house. */
export interface Rule {
  /** A true sentence when the rule holds, used as a test title. */
  readonly title: string
  check(files: readonly SourceFile[]): readonly Finding[]
  /** Files that break the rule once each, the file named first being the culprit. */
  readonly planted: readonly SourceFile[]
  /** Files that look like a violation and are none. */
  readonly innocent: readonly SourceFile[]
}

/** The path and line of a finding, then its sentence. */
export function printFinding(finding: Finding): string {
  return `${finding.file}:${finding.line} ${finding.sentence}`
}
