/** Starts a process that inherits held sockets. It depends on neither the keeper nor the daemon. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { listenVariables } from '../../core/port/listen-variables.ts'
import type { Holds } from './holds.ts'
import type { HeirWish } from './keeper-words.ts'

/**
 * Starts it, in a session of its own; the holds stay.
 *
 * @throws the system's own error when it refused, `not-held` as its code when a hold is missing
 */
export async function spawnHeir(heir: HeirWish, holds: Holds): Promise<ChildProcess> {
  const sockets = heir.holds.flatMap(({ id, name }) => {
    const fds = holds.descriptors(id)
    if (fds === undefined)
      throw Object.assign(new TypeError(`${id} is not held`), { code: 'not-held' })
    return fds.map((fd) => ({ fd, name }))
  })
  const [program = '', ...words] = heir.command
  const files = [heir.out, heir.err].map((path) => {
    return path === undefined ? undefined : openSync(path, 'a', 0o600)
  })
  try {
    const child = spawn(program, words, {
      cwd: heir.cwd,
      env: { ...heir.env, ...listenVariables(sockets) },
      detached: true,
      stdio: ['ignore', ...files.map((fd) => fd ?? 'ignore'), ...sockets.map(({ fd }) => fd)],
    })
    // The pid is there at once, unless the system refused: then an error follows.
    if (child.pid === undefined) await new Promise((_, reject) => child.once('error', reject))
    child.unref()
    return child
  } finally {
    for (const fd of files) if (fd !== undefined) closeSync(fd)
  }
}
