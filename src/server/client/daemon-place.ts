/**
 * Where a workspace keeps its daemon: `.rampart/` and the files in it. Finds and reads; makes nothing
 * but the folder.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'

/** The variable by which a daemon is told which doors of discovery to open. */
export const DISCOVERY_VARIABLE = 'RAMPART_DISCOVERY'

/** A set of ports of its own: of a worktree, a CI job. */
export const SCOPE_VARIABLE = 'RAMPART_SCOPE'

/** The files of one workspace. All paths are absolute. */
export interface DaemonPlace {
  readonly workspace: string
  /** `<workspace>/.rampart` */
  readonly folder: string
  readonly daemonFile: string
  readonly lockFile: string
  readonly logFile: string
  readonly ledgerFile: string
  readonly settingsFolder: string
  readonly processesFolder: string
}

/** What a daemon writes of itself once it listens. */
export interface DaemonFile {
  readonly pid: number
  /** When the process started, in the kernel's own words; with pid and boot id it is unique. */
  readonly startTicks: string
  readonly bootId: string
  readonly version: string
  readonly startedAtMs: number
  readonly socket: string
}

const DAEMON_FILE: z.ZodType<DaemonFile> = z.object({
  pid: z.number().int().positive(),
  startTicks: z.string(),
  bootId: z.string(),
  version: z.string(),
  startedAtMs: z.number(),
  socket: z.string(),
})

/** The place of a workspace. */
export function placeOf(workspace: string): DaemonPlace {
  const folder = join(resolve(workspace), '.rampart')
  return {
    workspace: resolve(workspace),
    folder,
    daemonFile: join(folder, 'daemon.json'),
    lockFile: join(folder, 'daemon.lock'),
    logFile: join(folder, 'daemon.log'),
    ledgerFile: join(folder, 'ledger.sqlite'),
    settingsFolder: join(folder, 'settings'),
    processesFolder: join(folder, 'processes'),
  }
}

/** What the daemon has written of itself; undefined when there is nothing, or nothing whole. */
export function readDaemonFile(place: DaemonPlace): DaemonFile | undefined {
  try {
    return DAEMON_FILE.safeParse(JSON.parse(readFileSync(place.daemonFile, 'utf8'))).data
  } catch {
    // Absent, or torn by a loss of power: either way no daemon can be found by it.
    return undefined
  }
}
