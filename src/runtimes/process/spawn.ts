/**
 * Spawns the wrapper of one start, in a session of its own, its output going straight into files,
 * so that the component depends on the daemon for nothing.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { WRAPPER } from './wrapper.ts'

/** The shell that wrappers run in. */
export const SHELL = '/bin/sh'

/** What to spawn. */
export interface SpawnRequest {
  /** The instance's folder. */
  readonly path: string
  /** The program as an absolute path, then its arguments. */
  readonly command: readonly string[]
  readonly cwd: string
  readonly variables: Readonly<Record<string, string>>
}

/** The raw output files of an instance. */
export function rawFiles(path: string): { readonly out: string; readonly err: string } {
  return { out: join(path, 'out'), err: join(path, 'err') }
}

/**
 * Spawns, and answers as soon as the system has accepted or refused.
 *
 * @throws the system's own error (EAGAIN, ENOMEM, …) when it refused
 */
export async function spawnWrapper(request: SpawnRequest): Promise<ChildProcess> {
  const files = rawFiles(request.path)
  const out = openSync(files.out, 'a', 0o600)
  const err = openSync(files.err, 'a', 0o600)
  try {
    const child = spawn(SHELL, ['-c', WRAPPER, request.path, ...request.command], {
      cwd: request.cwd,
      env: { ...request.variables },
      detached: true,
      stdio: ['ignore', out, err],
    })
    // The pid is there at once, unless the system refused: then an error follows.
    if (child.pid === undefined) await new Promise((_, reject) => child.once('error', reject))
    child.unref()
    return child
  } finally {
    closeSync(out)
    closeSync(err)
  }
}
