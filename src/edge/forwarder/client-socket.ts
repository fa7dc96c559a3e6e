/**
 * Which socket of this machine a connection comes from, and which process has it, as the kernel's
 * tables tell. Synchronous on purpose: an answer taken apart by an await would be true of no instant.
 *
 * @source proc_net_tcp(5)
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { isIPv4 } from 'node:net'

/** Both ends of a connection, as the one who accepted it sees them. */
export interface ConnectionEnds {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
}

/** The client's socket. */
export interface ClientSocket {
  /** The user that opened it, by number. */
  readonly user: number
  readonly inode: string
}

/** The client's socket; undefined when it is not of this machine, is closed, or is not told of. */
export function findClientSocket(ends: ConnectionEnds): ClientSocket | undefined {
  for (const [table, needle] of needlesOf(ends)) {
    const text = read(table)
    const at = text.indexOf(needle)
    if (at === -1) continue
    const line = text.slice(at, text.indexOf('\n', at))
    const [, , , , , , user = '', , inode = '0'] = line.trim().split(/\s+/)
    if (inode !== '0') return { user: Number(user), inode }
  }
  return undefined
}

/** Those of the processes that have the socket; what may not be looked at is passed over. */
export function holdersOf(inode: string, pids: Iterable<number>): readonly number[] {
  const target = `socket:[${inode}]`
  return [...pids].filter((pid) => {
    const names = goneIsNothing(() => readdirSync(`/proc/${pid}/fd`)) ?? []
    return names.some(
      (name) => goneIsNothing(() => readlinkSync(`/proc/${pid}/fd/${name}`)) === target,
    )
  })
}

/** How the client's own row begins, in which table: its local end is what is remote to us. */
function needlesOf(ends: ConnectionEnds): readonly (readonly [string, string])[] {
  const [client, server] = [bytesOf(ends.remoteAddress), bytesOf(ends.localAddress)]
  if (client === undefined || server?.length !== client.length) return []
  const row = (before: readonly number[]): string => {
    const [from, to] = [
      [...before, ...client],
      [...before, ...server],
    ].map(printAddress)
    return `${from}:${hex(ends.remotePort)} ${to}:${hex(ends.localPort)} `
  }
  if (client.length === 16) return [['tcp6', row([])]]
  // A socket of IPv6 may speak IPv4.
  return [
    ['tcp', row([])],
    ['tcp6', row(MAPPED)],
  ]
}

const MAPPED: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

/** Of IPv6 only loopback is told apart: it is the one that is always this machine. */
function bytesOf(address: string): readonly number[] | undefined {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (isIPv4(plain)) return plain.split('.').map(Number)
  return plain === '::1' ? [...Array.from({ length: 15 }, () => 0), 1] : undefined
}

/** The kernel prints each word as the machine has it in memory. */
function printAddress(bytes: readonly number[]): string {
  const words = new Uint32Array(Uint8Array.from(bytes).buffer)
  return [...words].map((word) => word.toString(16).toUpperCase().padStart(8, '0')).join('')
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}

function read(table: string): string {
  return goneIsNothing(() => readFileSync(`/proc/self/net/${table}`, 'latin1')) ?? ''
}

/** A process may end, or be another user's, between any two looks; that is an answer. */
function goneIsNothing<Value>(look: () => Value): Value | undefined {
  try {
    return look()
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return undefined
    throw error
  }
}
