/** One line of a component's log: `2026-01-02T03:04:05.678Z out text`, or `out#2` of its second copy. */

/** Where a line came from; `note` is said by the runtime itself. */
export type LogStream = 'out' | 'err' | 'note'

/** A line with the instant at which the daemon read it. */
export interface LogLine {
  readonly subject: string
  /** Which of several that serve side by side wrote it; absent: it was started as the only one. */
  readonly copy?: number
  readonly atMs: number
  readonly stream: LogStream
  readonly text: string
}

const LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (out|err|note)(?:#(\d+))? (.*)$/s

/** Prints a line as it stands in the log file, with its line end. */
export function printLogLine(line: Omit<LogLine, 'subject'>): string {
  const copy = line.copy === undefined ? '' : `#${line.copy}`
  return `${new Date(line.atMs).toISOString()} ${line.stream}${copy} ${line.text}\n`
}

/** Parses one line of a log file, without its line end; undefined when it is not one. */
export function parseLogLine(subject: string, line: string): LogLine | undefined {
  const [, instant, stream, copy, text] = LINE.exec(line) ?? []
  if (instant === undefined || text === undefined) return undefined
  const more = copy === undefined ? {} : { copy: Number(copy) }
  return { subject, ...more, atMs: Date.parse(instant), stream: stream as LogStream, text }
}
