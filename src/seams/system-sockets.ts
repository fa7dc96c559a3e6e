/** The seam to sockets of the operating system that somebody else is to accept on. */
import type { PortProtocol } from '../core/port/port-claim.ts'

/** What is to be listened on. */
export interface SocketWish {
  readonly protocol: PortProtocol
  readonly address: string
  readonly port: number
}

/** An open socket, or the name of the system's error. */
export type SocketOutcome =
  | { readonly fd: number; readonly inode: string }
  | { readonly error: string }

/** Opens and closes sockets; nobody accepts on them here. */
export interface SystemSockets {
  open(wish: SocketWish): SocketOutcome
  /** A copy of the socket that a process has, where the system lets one be had. */
  copy(pid: number, inode: string): SocketOutcome
  /** Once only: the number may be another socket's afterwards. */
  close(fd: number): void
}
