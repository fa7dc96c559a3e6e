/**
 * Where a daemon listens: in the workspace, or, since the path of a Unix socket may not be long, in a
 * folder of its owner's own below the system's temporary folder.
 */
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { openWorkspaceFolder } from '../server/client/workspace-folder.ts'

/** The longest path that every system takes: 104 on macOS, with the NUL. @unit bytes */
const PATH_MAX = 103

/**
 * The path of the socket, free to be listened on. Only the holder of the workspace's lock may call
 * this: what lies there is then the socket of a daemon that is dead, and is removed.
 *
 * @param folder the workspace's `.rampart`
 * @throws workspace-unusable when the folder for it belongs to somebody else
 */
export function freeSocketPath(folder: string): string {
  const path = socketPathOf(folder)
  rmSync(path, { force: true })
  return path
}

function socketPathOf(folder: string): string {
  const near = join(folder, 'daemon.sock')
  if (Buffer.byteLength(near) <= PATH_MAX) return near
  const name = `${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.sock`
  const owner = `rampart-${userInfo().uid}`
  const far = join(tmpdir(), owner)
  const fits = Buffer.byteLength(join(far, name)) <= PATH_MAX
  const short = fits ? far : join('/tmp', owner)
  openWorkspaceFolder(short)
  return join(short, name)
}
