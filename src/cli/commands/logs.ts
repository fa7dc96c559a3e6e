/** `rampart logs`: what components wrote, stamped, from all of them or one. */
import type { LogLine } from '../../server/wire.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { padTo } from '../views/columns.ts'
import { type Paint, paintFor } from '../views/paint.ts'
import { withDaemon } from '../workspace.ts'

/** What `logs` may be told. */
export type LogsOptions = JsonOption &
  WorkspaceOption & { readonly follow?: boolean; readonly tail?: string }

/** Prints the logs of a component (`api`, or `shop/api`), or of all. */
export function runLogs(
  parts: CliParts,
  component: string | undefined,
  options: LogsOptions,
): Promise<number> {
  const { tail = '200' } = options
  if (!/^\d{1,9}$/.test(tail)) {
    const sentence = `--tail takes a number of lines, not ${tail}.`
    return Promise.resolve(misuse(parts, sentence, 'Next: rampart logs --tail 50'))
  }
  return withDaemon(parts, options, async (client) => {
    const leaving = new AbortController()
    const stopListening = parts.onInterrupt(() => leaving.abort())
    const paint = paintFor(parts.stdout, parts.settings)
    const lines = client.logs({
      ...(component === undefined ? {} : { subject: component }),
      tail: Number(tail),
      follow: options.follow === true,
      signal: leaving.signal,
    })
    let width = 0
    try {
      for await (const line of lines) {
        width = Math.max(width, line.subject.length)
        parts.stdout.write(
          `${options.json === true ? JSON.stringify(line) : lineText(line, width, paint)}\n`,
        )
      }
    } finally {
      stopListening()
    }
    return EXIT.yes
  })
}

function lineText(line: LogLine, width: number, paint: Paint): string {
  const stamp = new Date(line.atMs).toISOString().slice(11, 23)
  const mark = line.stream === 'err' ? '!' : ' '
  return `${paint.dim(stamp)} ${paint.mood('moving', padTo(line.subject, width))} ${mark} ${line.text}`
}
