/**
 * The kernel's word on ports: who listens, whether that is the process that should, and who it is
 * otherwise. Beside what is recorded, this is what happens.
 */
import type { PortClaim, PortProtocol } from '../../core/port/port-claim.ts'
import type { PortLease, PortThief, ProcessIdentity } from '../../core/port/port-lease.ts'
import { portKey } from '../../core/port/port-table.ts'
import type { KernelProcess, KernelProcesses, SocketRow } from '../../seams/kernel-processes.ts'
import { isEngineProgram } from './engine-programs.ts'

/** How much of a command line is told of. @unit characters */
const COMMAND_MAX = 120

/** Sockets by protocol and port, as `tcp/15000`, at one instant. */
export type Listening = ReadonlyMap<string, readonly SocketRow[]>

/** Somebody who listens on a port. */
export interface PortHolder extends PortThief {
  readonly isOwn: boolean
}

/** Asks the kernel about ports. */
export class PortKernel {
  readonly #processes: KernelProcesses
  readonly #bootId: string

  constructor(processes: KernelProcesses) {
    this.#processes = processes
    this.#bootId = processes.bootId()
  }

  /** Every socket that listens, TCP and UDP; undefined when this machine does not tell. */
  listening(): Listening | undefined {
    const rows = (['tcp', 'udp'] as const).map((it) => this.#processes.listening(it))
    if (rows[0] === undefined) return undefined
    return Map.groupBy(
      rows.flatMap((some) => some ?? []),
      ({ protocol, port }) => portKey(protocol, port),
    )
  }

  /** The sockets of one port in any state; empty when this machine does not tell. */
  socketsOn(protocol: PortProtocol, port: number): readonly SocketRow[] {
    return this.#processes.sockets(protocol, port) ?? []
  }

  /** Who that process is, so that nobody with its number is taken for it later. */
  identify(pid: number): ProcessIdentity | undefined {
    const found = this.#processes.process(pid)
    return found && { pid, started: found.started, bootId: this.#bootId }
  }

  /** Whether that very process lives. */
  isAlive({ pid, started, bootId }: ProcessIdentity): boolean {
    return bootId === this.#bootId && this.#processes.process(pid)?.started === started
  }

  /**
   * Who holds these sockets: first the owner's own, then whoever else may be looked at. A container's
   * own are its engine's as well: what has started it, what is known for a program of engines, and who
   * may not be looked at, since the engine is often another user's.
   */
  holders(
    rows: readonly SocketRow[],
    owner: Pick<PortLease, 'process' | 'container'>,
    keeper: number | undefined,
  ): readonly PortHolder[] {
    if (rows.length === 0) return []
    const all = this.#processes.processes()
    const own = new Set(this.#ownOf(owner, all))
    const inodes = new Set(rows.map(({ inode }) => inode))
    const byOwn = this.#processes.holders(inodes, [...own])
    const strange = rows.filter(({ inode }) => !byOwn.has(inode))
    const others = all.map(({ pid }) => pid).filter((pid) => pid !== keeper && !own.has(pid))
    const byOthers = this.#processes.holders(new Set(strange.map(({ inode }) => inode)), others)
    return rows.map(({ inode, address }) => {
      const pids = byOwn.get(inode) ?? byOthers.get(inode) ?? []
      // What leads a start has what its program inherits as well, and never accepts on it.
      const pid = pids.find((one) => one !== owner.process?.pid) ?? pids[0]
      const command = pid === undefined ? '' : this.#processes.command(pid)
      const isEngine =
        owner.container !== undefined && (pid === undefined || isEngineProgram(command))
      const told = pid === undefined ? {} : { pid, command: shortened(command) }
      return { isOwn: byOwn.has(inode) || isEngine, address, ...told }
    })
  }

  /**
   * What listens in a container's own network where its port leads to; undefined when it has none, or
   * this machine does not show it.
   */
  inside({
    claim,
    process,
    container,
  }: Pick<PortLease, 'claim' | 'process' | 'container'>): readonly SocketRow[] | undefined {
    if (process === undefined || container?.port === undefined) return undefined
    if (!this.isAlive(process)) return undefined
    const rows = this.#processes.listening(claim.protocol, process.pid)
    return rows?.filter(({ port }) => port === container.port)
  }

  #ownOf(
    { process, container }: Pick<PortLease, 'process' | 'container'>,
    all: readonly KernelProcess[],
  ): readonly number[] {
    if (process === undefined) return []
    const tree = this.#treeOf(process, all)
    const first = all.find(({ pid, started }) => pid === process.pid && started === process.started)
    return container === undefined || first === undefined ? tree : [...tree, first.parentPid]
  }

  /** It, what is in its session or group, and all that they have started. Also when it is dead. */
  #treeOf(owner: ProcessIdentity, all: readonly KernelProcess[]): readonly number[] {
    if (owner.bootId !== this.#bootId) return []
    const leader = all.find(({ pid }) => pid === owner.pid)
    // The number is somebody else's by now, and so are its session and group.
    if (leader !== undefined && leader.started !== owner.started) return []
    const children = Map.groupBy(all, ({ parentPid }) => parentPid)
    const found = new Set<number>()
    const waiting = all.filter(
      ({ pid, sessionId, groupId }) =>
        pid === owner.pid || sessionId === owner.pid || groupId === owner.pid,
    )
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (found.has(next.pid)) continue
      found.add(next.pid)
      waiting.push(...(children.get(next.pid) ?? []))
    }
    return [...found]
  }
}

/** The same without the word on whose it is. */
export function thiefOf({ isOwn: _, ...thief }: PortHolder): PortThief {
  return thief
}

/** On one line, and no longer than a person reads; programs may be whole arguments. */
function shortened(command: string): string {
  const line = command.replaceAll(/\s+/g, ' ')
  return line.length <= COMMAND_MAX ? line : `${line.slice(0, COMMAND_MAX - 1)}…`
}

/** Of the sockets on a claim's port, those that listen where the claim does. */
export function rowsOf(claim: PortClaim, listening: Listening): readonly SocketRow[] {
  const rows = listening.get(portKey(claim.protocol, claim.port)) ?? []
  return rows.filter(({ address }) => claim.addresses.some((mine) => isReachedBy(mine, address)))
}

/**
 * On which of a claim's addresses one gets to the owner's own: where somebody listens on that very
 * address, it is they who are reached, and not whoever listens on all.
 */
export function servedAddresses(
  claim: PortClaim,
  holders: readonly PortHolder[],
): readonly string[] {
  return claim.addresses.filter((mine) => {
    const there = holders.filter(({ address }) => address === mine)
    const reached = holders.filter(({ address }) => isReachedBy(mine, address))
    return (there.length > 0 ? there : reached).some(({ isOwn }) => isOwn)
  })
}

/** What listens on every address of IPv6 usually takes IPv4 too; the tables do not tell. */
function isReachedBy(mine: string, bound: string): boolean {
  if (mine === bound || bound === '::') return true
  const isSameFamily = mine.includes(':') === bound.includes(':')
  return isSameFamily && (bound === '0.0.0.0' || mine === '0.0.0.0' || mine === '::')
}
