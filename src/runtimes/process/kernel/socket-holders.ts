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
    for (const inode of new Set(socketsOf(pid))) {
      if (!inodes.has(inode)) continue
      const holders = found.get(inode)
      if (holders === undefined) found.set(inode, [pid])
      else holders.push(pid)
    }
  }
  return found
}

function socketsOf(pid: number): readonly string[] {
  const names = goneIsUndefined(() => readdirSync(`/proc/${pid}/fd`)) ?? []
  return names.flatMap((name) => {
    const target = goneIsUndefined(() => readlinkSync(`/proc/${pid}/fd/${name}`)) ?? ''
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
    return inode === undefined ? [] : [inode]
  })
}
