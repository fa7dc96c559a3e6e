/** Which processes belong to which service: its leader, its session and group, and all they started. */
import { performance } from 'node:perf_hooks'
import type { KernelProcess, KernelProcesses } from '../../seams/kernel-processes.ts'
import type { ServiceProcess } from './access.ts'

/** How long the list is good enough for a client that is on none of it. @unit ms */
const FRESH_MS = 10

/** How long a number is taken for the same process's: far less than it takes to use up all numbers. @unit ms */
const SAME_MS = 1_000

interface Member {
  readonly service: string
  readonly started: string
}

/** The processes of services, looked up when somebody asks. */
export class ServiceProcesses {
  readonly #kernel: KernelProcesses
  readonly #leaders: readonly ServiceProcess[]
  readonly #members = new Map<number, Member>()
  /** Every process that was there, members or not. */
  #all = new Map<number, KernelProcess>()
  #readAtMs = Number.NEGATIVE_INFINITY
  #readAllAtMs = Number.NEGATIVE_INFINITY

  constructor(kernel: KernelProcesses, leaders: readonly ServiceProcess[]) {
    const bootId = kernel.bootId()
    this.#kernel = kernel
    this.#leaders = leaders.filter((leader) => leader.bootId === bootId)
  }

  /** The service whose process has the socket. */
  holding(inode: string): { readonly service: string; readonly pid: number } | undefined {
    const found = this.#find(inode)
    if (found !== undefined || performance.now() - this.#readAtMs < FRESH_MS) return found
    this.#read()
    this.#readAtMs = performance.now()
    return this.#find(inode)
  }

  #find(inode: string): { readonly service: string; readonly pid: number } | undefined {
    const holders = this.#kernel.holders(new Set([inode]), [...this.#members.keys()])
    for (const pid of holders.get(inode) ?? []) {
      const member = this.#members.get(pid)
      // The number may be another process's by now.
      const isSame = member !== undefined && this.#kernel.process(pid)?.started === member.started
      if (isSame) return { service: member.service, pid }
    }
    return undefined
  }

  /** Those that have come since; now and then all of them. */
  #read(): void {
    const nowMs = performance.now()
    if (nowMs - this.#readAllAtMs > SAME_MS) {
      this.#all.clear()
      this.#members.clear()
      this.#readAllAtMs = nowMs
    }
    const before = this.#all
    const pids = this.#kernel.pids()
    const known = pids.flatMap((pid) => before.get(pid) ?? [])
    const come = pids
      .filter((pid) => !before.has(pid))
      .flatMap((pid) => this.#kernel.process(pid) ?? [])
    this.#all = new Map([...known, ...come].map((one) => [one.pid, one]))
    for (const pid of this.#members.keys()) if (!this.#all.has(pid)) this.#members.delete(pid)
    for (const one of come) {
      const service = this.#serviceOf(one, this.#all)
      if (service !== undefined) this.#members.set(one.pid, { service, started: one.started })
    }
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
