/** `rampart daemon status|stop|restart|run`: the process that owns a workspace's components. */
import { describeDuration } from '../../core/units/duration.ts'
import type { CliParts } from '../cli-parts.ts'
import { durationOption } from '../duration-option.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { countOf } from '../views/columns.ts'
import { workspaceOf } from '../workspace.ts'

/** Says who serves the workspace. @throws daemon-absent */
export async function runDaemonStatus(
  parts: CliParts,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  const client = await parts.connectDaemon(workspaceOf(parts, options), { anyVersion: true })
  const daemon = await client.daemon()
  await client.close()
  if (options.json === true) {
    parts.stdout.write(`${JSON.stringify(daemon)}\n`)
    return EXIT.yes
  }
  const { pid, version, workspace, startedAtMs, nowMs, ramps, components } = daemon
  const since = describeDuration(nowMs - startedAtMs)
  parts.stdout.write(`pid ${pid}, version ${version}, up for ${since}\n`)
  parts.stdout.write(`${workspace}\n`)
  parts.stdout.write(
    `${countOf(components, 'component')}, ${countOf(ramps.length, 'ramp')} under way\n`,
  )
  return EXIT.yes
}

/** Stops the daemon; what it started goes on running and is taken up again by the next one. */
export async function runDaemonStop(parts: CliParts, options: WorkspaceOption): Promise<number> {
  const client = await parts.connectDaemon(workspaceOf(parts, options), { anyVersion: true })
  const { pid, components } = await client.daemon()
  await client.stopDaemon()
  await client.close()
  parts.stderr.write(`The daemon (pid ${pid}) has stopped.\n`)
  if (components > 0) {
    const count = components === 1 ? '1 component goes' : `${components} components go`
    parts.stderr.write(`  ${count} on running. Next: rampart daemon restart\n`)
  }
  return EXIT.yes
}

/** Stops the daemon and starts one of this version. */
export async function runDaemonRestart(parts: CliParts, options: WorkspaceOption): Promise<number> {
  await runDaemonStop(parts, options)
  const client = await parts.ensureDaemon(workspaceOf(parts, options))
  const { pid, version } = await client.daemon()
  await client.close()
  parts.stderr.write(`A new daemon serves: pid ${pid}, version ${version}.\n`)
  return EXIT.yes
}

/** Is the daemon. */
export function runDaemon(
  parts: CliParts,
  options: WorkspaceOption & { readonly idleExit?: string },
): Promise<number> {
  const workspace = workspaceOf(parts, options)
  const { idleExit } = options
  if (idleExit === undefined) return parts.runDaemon({ workspace })
  return parts.runDaemon({ workspace, idleExitMs: durationOption('--idle-exit', idleExit) })
}
