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

/** Asks about processes and sockets. Every answer is true of one instant only. */
export interface KernelProcesses {
  /** Another one after every boot of the machine. */
  bootId(): string
  /** Undefined when it is gone. */
  process(pid: number): KernelProcess | undefined
  /** Every living process that may be seen. */
  processes(): readonly KernelProcess[]
  /** Its command line, for people; empty when it is gone. */
  command(pid: number): string
  /**
   * Every wanted socket of a protocol, both families; undefined where the system does not tell.
   *
   * @param pid of the process whose network is meant, as a container has one; absent: this one's
   */
  sockets(
    protocol: PortProtocol,
    wanted: (state: SocketState, port: number) => boolean,
    pid?: number,
  ): readonly SocketRow[] | undefined
  /** Those of `pids` that hold one of the sockets, by inode; others' may not be looked at. */
  holders(
    inodes: ReadonlySet<string>,
    pids: readonly number[],
  ): ReadonlyMap<string, readonly number[]>
}
