/** Which processes hold which sockets: inode to pid, by the descriptors that /proc shows. */
import { readdirSync, readlinkSync } from 'node:fs'
import { goneIsUndefined } from './read-if-there.ts'

/** Those of the processes that hold one of the sockets; others' may not be looked at. */
export function findHolders(
  inodes: ReadonlySet<string>,
  pids: readonly number[],
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>()
  for (const pid of inodes.size === 0 ? [] : pids) {
    for (const inode of heldBy(pid, inodes)) {
      const holders = found.get(inode)
      if (holders === undefined) found.set(inode, [pid])
      else holders.push(pid)
    }
  }
  return found
}

/** Those of the sockets that the process holds; looks no further once it has all of them. */
function heldBy(pid: number, inodes: ReadonlySet<string>): ReadonlySet<string> {
  const held = new Set<string>()
  for (const name of goneIsUndefined(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
    const target = goneIsUndefined(() => readlinkSync(`/proc/${pid}/fd/${name}`)) ?? ''
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
    if (inode !== undefined && inodes.has(inode)) held.add(inode)
    if (held.size === inodes.size) break
  }
  return held
}
