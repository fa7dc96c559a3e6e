/**
 * `rampart ready`: asks a server what it tells load balancers, and answers by the exit code too: for the
 * health check of a container, where there is nothing else to ask with. It never starts a daemon.
 */
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { workspaceOf } from '../workspace.ts'

/** Asks. @returns 3 when it is not ready */
export async function runReady(
  parts: CliParts,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  const client = await parts.connectDaemon(workspaceOf(parts, options), { anyVersion: true })
  try {
    const readiness = await client.readiness()
    if (options.json === true) parts.stdout.write(`${JSON.stringify(readiness)}\n`)
    else {
      for (const { name, passed, sentence } of readiness.checks) {
        parts.stdout.write(`${passed ? '✔' : '✖'} ${name}: ${sentence}\n`)
      }
    }
    return readiness.ready ? EXIT.yes : EXIT.no
  } finally {
    await client.close()
  }
}
