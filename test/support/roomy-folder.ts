/**
 * Where a test keeps what is big and gone with it, such as images and installations: in memory, where
 * there is plenty, which spares the disk gigabytes; else where all temporary files are. Never a place
 * whose files cannot be run.
 */
import { readFileSync, statfsSync } from 'node:fs'

const MEMORY = '/dev/shm'
/** An image is a gigabyte while it is built, and tests run beside others. @unit bytes */
const ROOM = 8e9

/** The folder to make folders in; its name is short, since paths of sockets must be. */
export function roomyFolder(): string {
  return isInMemory() && hasRoom() ? MEMORY : '/tmp'
}

function isInMemory(): boolean {
  if (process.platform !== 'linux') return false
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const [, , kind, options = ''] = mounts.map((line) => line.split(' ')).find(isAtMemory) ?? []
  return kind === 'tmpfs' && !options.split(',').some((one) => one === 'noexec' || one === 'ro')
}

function isAtMemory([, place]: readonly string[]): boolean {
  return place === MEMORY
}

function hasRoom(): boolean {
  const { bavail, bsize } = statfsSync(MEMORY)
  return Math.min(bavail * bsize, process.availableMemory()) > ROOM
}
