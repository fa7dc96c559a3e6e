/**
 * Who listens on a port: the instance's own processes, or a stranger such as a server that an earlier
 * run left behind. Costs a look at every process of the machine, more when there is a stranger.
 */

import type { KernelProcess } from '../../seams/kernel-processes.ts'
import type { PortListener } from '../../seams/processes.ts'
import type { Identity } from './instance.ts'
import type { Kernel } from './kernel/kernel.ts'
import { findMembers, isMarked } from './members.ts'

/** Whose processes count as its own. */
export interface PortOwner {
  readonly instance: string
  readonly workspace: string
  readonly leader: Identity | undefined
}

/** Every socket that listens on the port. */
export function findListeners(
  kernel: Kernel,
  owner: PortOwner,
  port: number,
): readonly PortListener[] {
  const members = findMembers(kernel, { ...owner, known: [], byMark: false })
  const pids = members.map(({ pid }) => pid)
  const sockets = kernel.socketsOn(port, pids)
  if (sockets.every((socket) => socket.pids.length > 0)) return sockets.map(asOwn)
  const all = new Map(kernel.processes().map((process) => [process.pid, process]))
  return kernel.socketsOn(port, [...all.keys()]).map(({ address, pids: holders }) => {
    // What has left the session, but carries the mark, is no stranger.
    if (holders.some((pid) => descendsFrom(kernel, owner, all, pid))) return asOwn({ address })
    const [pid] = holders
    return {
      address,
      isOwn: false,
      ...(pid === undefined ? {} : { pid, command: kernel.command(pid) }),
    }
  })
}

/** Whether it, or a process above it, carries the mark of the instance. */
function descendsFrom(
  kernel: Kernel,
  owner: PortOwner,
  all: ReadonlyMap<number, KernelProcess>,
  pid: number,
): boolean {
  const passed = new Set<number>()
  let at = all.get(pid)
  while (at !== undefined && at.pid > 1 && !passed.has(at.pid)) {
    if (isMarked(kernel, at.pid, owner)) return true
    passed.add(at.pid)
    at = all.get(at.parentPid)
  }
  return false
}

function asOwn({ address }: { readonly address: string }): PortListener {
  return { address, isOwn: true }
}
