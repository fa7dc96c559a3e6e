/**
 * Which socket of this machine a connection comes from, as the kernel tells. Synchronous on purpose: an
 * answer taken apart by an await would be true of no instant.
 *
 * @source proc_net_tcp(5)
 */
import { isIPv4 } from 'node:net'
import type { ClientSocket, ConnectionEnds } from '../../../seams/kernel-processes.ts'
import { readIfThere } from './read-if-there.ts'
import { type SocketDiag, TCP_LISTEN } from './socket-diag.ts'

/** The client's socket; undefined when it is not of this machine, is closed, or is not told of. */
export function findClientSocket(
  ends: ConnectionEnds,
  diag: SocketDiag | undefined,
): ClientSocket | undefined {
  // The client's own ends: what is remote to us is local to it.
  const [local, server] = [bytesOf(ends.remoteAddress), bytesOf(ends.localAddress)]
  if (local === undefined || server?.length !== local.length) return undefined
  const here = { address: Uint8Array.from(local), port: ends.remotePort }
  const there = { address: Uint8Array.from(server), port: ends.localPort }
  const found = diag?.between(here, there)
  if (found === undefined) return readClientSocket(here, there)
  const socket = found.find(({ state, inode }) => state !== TCP_LISTEN && inode !== '0')
  return socket && { user: socket.user, inode: socket.inode }
}

interface End {
  readonly address: Uint8Array
  readonly port: number
}

function readClientSocket(local: End, remote: End): ClientSocket | undefined {
  for (const [table, needle] of needlesOf(local, remote)) {
    const text = readIfThere(`/proc/self/net/${table}`) ?? ''
    const at = text.indexOf(needle)
    if (at === -1) continue
    const line = text.slice(at, text.indexOf('\n', at))
    const [, , , , , , user = '', , inode = '0'] = line.trim().split(/\s+/)
    if (inode !== '0') return { user: Number(user), inode }
  }
  return undefined
}

/** How its row begins, in which table. */
function needlesOf(local: End, remote: End): readonly (readonly [string, string])[] {
  const row = (before: readonly number[]): string => {
    const [from, to] = [local, remote].map((end) => printAddress([...before, ...end.address]))
    return `${from}:${hex(local.port)} ${to}:${hex(remote.port)} `
  }
  if (local.address.length === 16) return [['tcp6', row([])]]
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
