/** Issues as a person reads them in a terminal: position, sentence, the line of source, a caret. */
import type { Issue, Place } from './issue.ts'

const FRAME_WIDTH = 100

/**
 * Prints an issue as `file:line:column: message`, followed by the line it is about and a caret.
 *
 * @param sourceText the text of the issue's file; absent: no line is shown
 */
export function formatIssue(issue: Issue, sourceText?: string): string {
  const place = placeOfIssue(issue)
  const suggestion = issue.nearest === undefined ? '' : `; did you mean ${issue.nearest}?`
  const lines = [`${printPosition(issue, place)}: ${issue.message}${suggestion}`]
  if (sourceText !== undefined && place !== undefined) lines.push(...frame(sourceText, place))
  for (const related of issue.related ?? []) {
    lines.push(`  ${issue.file}:${related.line}:${related.column}: ${related.message}`)
    if (sourceText !== undefined)
      lines.push(...frame(sourceText, related).map((line) => `  ${line}`))
  }
  return lines.join('\n')
}

/** Prints several issues, an empty line between them. */
export function formatIssues(
  issues: readonly Issue[],
  files: readonly { readonly path: string; readonly text: string }[],
): string {
  const texts = new Map(files.map((file) => [file.path, file.text]))
  return issues.map((issue) => formatIssue(issue, texts.get(issue.file))).join('\n\n')
}

function placeOfIssue(issue: Issue): Place | undefined {
  if (issue.line === undefined || issue.column === undefined) return undefined
  return { line: issue.line, column: issue.column }
}

function printPosition(issue: Issue, place: Place | undefined): string {
  if (place !== undefined) return `${issue.file}:${place.line}:${place.column}`
  return issue.path === '' ? issue.file : `${issue.file}: ${issue.path}`
}

function frame(sourceText: string, place: Place): readonly string[] {
  const whole = withoutMark(sourceText).split('\n')[place.line - 1]?.replace(/\r$/, '')
  if (whole === undefined) return []
  // A long line is cut so that the caret stays in sight.
  const start = place.column > FRAME_WIDTH ? place.column - Math.floor(FRAME_WIDTH / 2) : 0
  const shown = whole.slice(start, start + FRAME_WIDTH)
  const before = shown.slice(0, place.column - 1 - start).replace(/[^\t]/g, ' ')
  const gutter = `  ${place.line} | `
  return [`${gutter}${shown}`.trimEnd(), `${' '.repeat(gutter.length - 2)}| ${before}^`]
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}
