/**
 * Where a process that outlives daemons listens: beside the workspace's other files, or, since the
 * path of a Unix socket may not be long, in a folder of its owner's own below the temporary folder.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../core/fault/fault.ts'

/** The longest path that every system takes: 104 on macOS, with the NUL. @unit bytes */
const PATH_MAX = 103

/**
 * The path of the socket of that name; its folder is there afterwards, open to its owner alone.
 *
 * @throws workspace-unusable when the folder belongs to somebody else
 */
export function socketPathOf(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const near = join(folder, `${name}.sock`)
  if (Buffer.byteLength(near) <= PATH_MAX) return near
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const own = join(tmpdir(), `rampart-${userInfo().uid}`)
  mkdirSync(own, { recursive: true, mode: 0o700 })
  const found = lstatSync(own)
  if (!found.isDirectory() || found.uid !== userInfo().uid) {
    throw new Fault({
      code: 'workspace-unusable',
      operation: 'make a folder for sockets',
      subject: own,
      hint: 'It belongs to somebody else; move it away, or set TMPDIR to a folder of your own.',
    })
  }
  return join(own, `${digest}-${name}.sock`)
}
