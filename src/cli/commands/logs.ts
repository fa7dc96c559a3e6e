/** `rampart logs`: what components wrote, stamped, from all of them or one. */
import { Fault } from '../../core/fault/fault.ts'
import type { RampartClient } from '../../server/client/client.ts'
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

/** Prints the logs of a component (`api`, `eu/api` or `shop/eu/api`), or of all. */
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
    const subject = await subjectOf(client, component)
    const leaving = new AbortController()
    const stopListening = parts.onInterrupt(() => leaving.abort())
    const paint = paintFor(parts.stdout, parts.settings)
    const lines = client.logs({
      ...(subject === undefined ? {} : { subject }),
      tail: Number(tail),
      follow: options.follow === true,
      signal: leaving.signal,
    })
    let width = 0
    try {
      for await (const line of lines) {
        width = Math.max(width, nameOf(line).length)
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

/** A component by the end of its name, as `status` tells it, when only one has that. */
async function subjectOf(client: RampartClient, component?: string): Promise<string | undefined> {
  if (component === undefined) return undefined
  const environments = await client.environments()
  const subjects = environments.flatMap(({ components }) =>
    components.map(({ subject }) => subject),
  )
  if (subjects.includes(component)) return component
  const called = new Set(subjects.filter((subject) => subject.endsWith(`/${component}`)))
  const [only] = called
  if (called.size < 2) return only ?? component
  const hint = `Several are called ${component}: ${[...called].join(', ')}.`
  throw new Fault({ code: 'component-unknown', operation: 'find logs', subject: component, hint })
}

/** The component, or the copy of it as its stages are called. */
function nameOf({ subject, copy }: LogLine): string {
  return copy === undefined ? subject : `${subject}/${copy}`
}

function lineText(line: LogLine, width: number, paint: Paint): string {
  const stamp = new Date(line.atMs).toISOString().slice(11, 23)
  const mark = line.stream === 'err' ? '!' : ' '
  return `${paint.dim(stamp)} ${paint.mood('moving', padTo(nameOf(line), width))} ${mark} ${line.text}`
}
