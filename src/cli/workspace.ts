/** Which workspace a command is about, and its daemon. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RampartClient } from '../server/client/client.ts'
import type { CliParts } from './cli-parts.ts'
import type { WorkspaceOption } from './options.ts'

/** The workspace's folder: the one asked for, else the one that serves a folder. */
export function workspaceOf(parts: CliParts, options: WorkspaceOption, folder?: string): string {
  const { workspace } = options
  return parts.findWorkspace(
    workspace === undefined ? (folder ?? parts.cwd) : resolve(parts.cwd, workspace),
  )
}

/**
 * The folder that is to be served or filled: the one asked for, as it is; else as above. Whoever names
 * a new folder must not be given the workspace that it happens to lie in.
 */
export function ownWorkspaceOf(parts: CliParts, options: WorkspaceOption): string {
  const { workspace } = options
  return workspace === undefined ? parts.findWorkspace(parts.cwd) : resolve(parts.cwd, workspace)
}

/**
 * Runs something with the workspace's daemon, started when there is a record to read but nobody to
 * read it.
 *
 * @throws daemon-absent when nothing has ever been ramped in the workspace
 */
export async function withDaemon<Value>(
  parts: CliParts,
  options: WorkspaceOption,
  use: (client: RampartClient) => Promise<Value>,
): Promise<Value> {
  const workspace = workspaceOf(parts, options)
  const hasRecord = existsSync(join(workspace, '.rampart', 'ledger.sqlite'))
  const connect = hasRecord ? parts.ensureDaemon : parts.connectDaemon
  return closing(await connect(workspace), use)
}

/** Runs something with the workspace's daemon, started when it is absent. */
export async function withOwnDaemon<Value>(
  parts: CliParts,
  workspace: string,
  use: (client: RampartClient) => Promise<Value>,
): Promise<Value> {
  return closing(await parts.ensureDaemon(workspace), use)
}

async function closing<Value>(
  client: RampartClient,
  use: (client: RampartClient) => Promise<Value>,
): Promise<Value> {
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}
