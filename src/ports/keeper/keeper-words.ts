/** What daemons and the keeper say to each other: one JSON object a line, over a Unix socket. */
import type { PortClaim } from '../../core/port/port-claim.ts'

/** Something to hold, under a name that the daemon gives: the lease's id. */
export interface HoldWish {
  readonly id: string
  readonly claim: PortClaim
  /** Where its sockets are already: they are copied where the address is in use. @default nowhere */
  readonly had?: readonly HadSocket[]
}

/** A socket that a process has. */
export interface HadSocket {
  readonly address: string
  readonly inode: string
  readonly pid: number
}

/** What is held. */
export interface Hold extends Pick<HoldWish, 'id' | 'claim'> {
  /** Of the sockets, one for each address that this machine has, as /proc names them. */
  readonly inodes: readonly string[]
}

/** How holding went: inodes, or the system's error and the address it was about. */
export type HoldOutcome =
  | { readonly id: string; readonly inodes: readonly string[] }
  | { readonly id: string; readonly error: string; readonly address: string }

/** A process to be started with the sockets of holds, from descriptor 3 on. */
export interface HeirWish {
  /** The program as an absolute path, then its arguments. */
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Files that its output is appended to; absent: nowhere. */
  readonly out?: string
  readonly err?: string
  /** Holds, and what LISTEN_FDNAMES calls the sockets of each. */
  readonly holds: readonly { readonly id: string; readonly name: string }[]
}

/** What a daemon says. */
export type KeeperHears = { readonly request: number } & (
  | { readonly do: 'hold'; readonly wishes: readonly HoldWish[] }
  | { readonly do: 'let-go'; readonly ids: readonly string[] }
  | { readonly do: 'list' }
  | { readonly do: 'spawn'; readonly heir: HeirWish }
)

/** What the keeper says; `hello` comes first, `ended` of its own accord. */
export type KeeperSays =
  | {
      readonly says: 'hello'
      readonly pid: number
      /** Why it can hold nothing; absent: it can. */
      readonly cannotHold?: string
    }
  | { readonly says: 'held'; readonly request: number; readonly outcomes: readonly HoldOutcome[] }
  | { readonly says: 'let-go'; readonly request: number }
  | { readonly says: 'list'; readonly request: number; readonly holds: readonly Hold[] }
  | { readonly says: 'spawned'; readonly request: number; readonly pid: number }
  | { readonly says: 'refused'; readonly request: number; readonly error: string }
  | {
      readonly says: 'ended'
      readonly pid: number
      readonly code: number | null
      readonly signal: string | null
    }
