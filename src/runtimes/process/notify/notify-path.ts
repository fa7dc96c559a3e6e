/**
 * Where the socket of an instance lies: in its folder or, since the path of a Unix socket may not be
 * long, in a folder of its owner's own below the system's temporary folder. Nobody else may reach it.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../../core/fault/fault.ts'

/** The longest path that every system takes, without the NUL. @unit bytes */
const PATH_MAX = 103

/** @throws workspace-unusable when the folder for it belongs to somebody else */
export function notifySocketPath(instanceFolder: string): string {
  const near = join(instanceFolder, 'notify.sock')
  if (Buffer.byteLength(near) <= PATH_MAX) return near
  const name = `${createHash('sha256').update(instanceFolder).digest('hex').slice(0, 16)}.notify`
  const owner = `rampart-${userInfo().uid}`
  const far = join(tmpdir(), owner)
  const folder = Buffer.byteLength(join(far, name)) <= PATH_MAX ? far : join('/tmp', owner)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  if (uid !== userInfo().uid || (mode & 0o077) !== 0) {
    throw new Fault({
      code: 'workspace-unusable',
      operation: 'open the folder for sockets',
      subject: folder,
      hint: 'it must belong to you and be closed to others; remove it, or set TMPDIR',
    })
  }
  return join(folder, name)
}
