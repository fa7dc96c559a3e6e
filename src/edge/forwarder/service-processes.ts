/** Which processes belong to which service: its leader, its session and group, and all they started. */
import { performance } from 'node:perf_hooks'
import type { KernelProcess, KernelProcesses } from '../../seams/kernel-processes.ts'
import type { ServiceProcess } from './access.ts'
import { holdersOf } from './client-socket.ts'

/** How long the list is good enough for a client that is on none of it. @unit ms */
const FRESH_MS = 50

interface Member {
  readonly service: string
  readonly started: string
}

/** The processes of services, looked up when somebody asks. */
export class ServiceProcesses {
  readonly #kernel: KernelProcesses
  readonly #leaders: readonly ServiceProcess[]
  #members: ReadonlyMap<number, Member> = new Map()
  #readAtMs = Number.NEGATIVE_INFINITY

  constructor(kernel: KernelProcesses, leaders: readonly ServiceProcess[]) {
    const bootId = kernel.bootId()
    this.#kernel = kernel
    this.#leaders = leaders.filter((leader) => leader.bootId === bootId)
  }

  /** The service whose process has the socket. */
  holding(inode: string): { readonly service: string; readonly pid: number } | undefined {
    const found = this.#find(inode)
    if (found !== undefined || performance.now() - this.#readAtMs < FRESH_MS) return found
    this.#members = this.#read()
    this.#readAtMs = performance.now()
    return this.#find(inode)
  }

  #find(inode: string): { readonly service: string; readonly pid: number } | undefined {
    for (const pid of holdersOf(inode, this.#members.keys())) {
      const member = this.#members.get(pid)
      // The number may be another process's by now.
      const isSame = member !== undefined && this.#kernel.process(pid)?.started === member.started
      if (isSame) return { service: member.service, pid }
    }
    return undefined
  }

  #read(): ReadonlyMap<number, Member> {
    const all = this.#kernel.processes()
    const byPid = new Map(all.map((one) => [one.pid, one]))
    const members = new Map<number, Member>()
    for (const one of all) {
      const service = this.#serviceOf(one, byPid)
      if (service !== undefined) members.set(one.pid, { service, started: one.started })
    }
    return members
  }

  #serviceOf(one: KernelProcess, byPid: ReadonlyMap<number, KernelProcess>): string | undefined {
    const seen = new Set<number>()
    let at: KernelProcess | undefined = one
    while (at !== undefined && !seen.has(at.pid)) {
      seen.add(at.pid)
      const { pid, sessionId, groupId, parentPid } = at
      const leader = this.#leaders.find((it) => [pid, sessionId, groupId].includes(it.pid))
      const found = leader && byPid.get(leader.pid)
      // A dead leader's number is nobody else's as long as its session or group is there.
      if (leader !== undefined && (found === undefined || found.started === leader.started)) {
        return leader.service
      }
      at = byPid.get(parentPid)
    }
    return undefined
  }
}
