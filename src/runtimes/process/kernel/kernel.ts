/**
 * What the operating system can be asked about processes and listening ports. Two implementations:
 * Linux reads /proc, other systems ask `ps` and `lsof`. Only looks; signals are sent elsewhere.
 */
import type { ProcessIdentity } from '../../../core/port/port-lease.ts'
import type { KernelProcesses } from '../../../seams/kernel-processes.ts'

/** A listening TCP port, and who holds it when that can be told. */
export interface Listener {
  readonly port: number
  readonly pid: number
}

/** A socket that listens on a port, and those of the processes asked about that hold it. */
export interface HeldSocket {
  /** What it is bound to, as people write it: `127.0.0.1`, `::`. */
  readonly address: string
  readonly pids: readonly number[]
}

/** Asks the operating system. Every answer is true of one instant only. */
export interface Kernel extends KernelProcesses {
  /** What this implementation cannot tell, in sentences for people; empty when there is nothing. */
  readonly blindSpots: readonly string[]
  /** The pids of its children; empty when it is gone. */
  children(pid: number): readonly number[]
  /** The variables it was started with; undefined when it is gone or may not be looked at. */
  variables(pid: number): ReadonlyMap<string, string> | undefined
  /** Every TCP port that anybody listens on, IPv4 and IPv6; undefined when this cannot be told. */
  listeningPorts(): ReadonlySet<number> | undefined
  /** The TCP ports that these processes listen on. */
  listenersOf(pids: readonly number[]): readonly Listener[]
  /** Every socket that listens on the port, each with those of `pids` that hold it. */
  socketsOn(port: number, pids: readonly number[]): readonly HeldSocket[]
  /** What the start claim written by the wrapper says: its first field is the pid. */
  parseClaim(claim: string): { readonly pid: number; readonly started: string } | undefined
}

/** Which process has that pid now, so that the next one with its number is not taken for it. */
export function identityOf(kernel: Kernel, pid: number): ProcessIdentity | undefined {
  const found = kernel.process(pid)
  return found && { pid, started: found.started, bootId: kernel.bootId() }
}
