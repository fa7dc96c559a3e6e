import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import type { RampartClient } from '../../src/server/client/client.ts'
import { placeOf, readDaemonFile } from '../../src/server/client/daemon-place.ts'
import { ensureDaemon } from '../../src/server/client/ensure-daemon.ts'

/** How this repository's command is started. */
export const PROGRAM: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('../../bin/rampart.mjs', import.meta.url)),
]

/** A new workspace; when the test ends, its daemon and everything it started are killed. */
export function openWorkspace(t: TestContext, ...below: readonly string[]): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-daemon-')))
  const workspace = join(root, ...below)
  mkdirSync(workspace, { recursive: true })
  t.after(() => {
    killDaemon(workspace)
    for (const { pid } of leftovers(workspace).processes) kill(pid)
    rmSync(root, { recursive: true, force: true, maxRetries: 3 })
  })
  return workspace
}

/** A client of the workspace's daemon, started when absent; closed when the test ends. */
export async function openDaemon(
  t: TestContext,
  workspace: string,
  options: { readonly idleExitMs?: number; readonly version?: string } = {},
): Promise<RampartClient> {
  const client = await ensureDaemon({ workspace, program: PROGRAM, ...options })
  t.after(() => client.close())
  return client
}

/** Kills the daemon of a workspace as a crash would, and waits until it is gone. */
export function killDaemon(workspace: string): void {
  const found = readDaemonFile(placeOf(workspace))
  if (found === undefined) return
  kill(found.pid)
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
