/** The seam to the kernel's word on processes and sockets, for those who judge who listens on a port. */
import type { PortProtocol } from '../core/port/port-claim.ts'

/** A living process. One that has ended but was not yet reaped (a zombie) counts as gone. */
export interface KernelProcess {
  readonly pid: number
  readonly parentPid: number
  readonly groupId: number
  /** Equal to `groupId` where the system does not tell sessions. */
  readonly sessionId: number
  /** When it started, in the system's own words; with the pid and the boot id it is unique. */
  readonly started: string
}

/** What a socket does. UDP sockets that are bound count as listening. */
export type SocketState = 'listening' | 'established' | 'time-wait' | 'other'

/** One socket of this network namespace. */
export interface SocketRow {
  readonly protocol: PortProtocol
  /** What it is bound to, as people write it: `127.0.0.1`, `::`. */
  readonly address: string
  readonly port: number
  readonly state: SocketState
  /** `0` when no process holds it any more, as in TIME_WAIT. */
  readonly inode: string
}

/** Both ends of a connection, as the one who accepted it sees them. */
export interface ConnectionEnds {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
}

/** The socket of a client of this machine. */
export interface ClientSocket {
  /** The user that opened it, by number. */
  readonly user: number
  readonly inode: string
}

/** Asks about processes and sockets. Every answer is true of one instant only. */
export interface KernelProcesses {
  /** Another one after every boot of the machine. */
  bootId(): string
  /** Undefined when it is gone. */
  process(pid: number): KernelProcess | undefined
  /** The numbers of all processes that may be seen, some of which may have ended. Costs far less than who they are. */
  pids(): readonly number[]
  /** Every living process that may be seen. */
  processes(): readonly KernelProcess[]
  /** Its command line, for people; empty when it is gone. */
  command(pid: number): string
  /**
   * Every socket of a protocol that listens, both families; undefined where the system does not tell.
   *
   * @param pid of the process whose network is meant, as a container has one; absent: this one's
   */
  listening(protocol: PortProtocol, pid?: number): readonly SocketRow[] | undefined
  /** The sockets of one port in any state; undefined where the system does not tell. */
  sockets(protocol: PortProtocol, port: number): readonly SocketRow[] | undefined
  /** The other end's own socket; undefined when it is not of this machine, is closed, or is not told of. */
  client(ends: ConnectionEnds): ClientSocket | undefined
  /** Those of `pids` that hold one of the sockets, by inode; others' may not be looked at. */
  holders(
    inodes: ReadonlySet<string>,
    pids: readonly number[],
  ): ReadonlyMap<string, readonly number[]>
}
