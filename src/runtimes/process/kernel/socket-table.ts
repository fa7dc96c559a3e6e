/**
 * The kernel's tables of sockets, read as text: who is bound to which port of this network namespace.
 * Synchronous on purpose: /proc is memory, and an answer that is taken apart by an await would be
 * true of no instant at all.
 *
 * @source proc_net_tcp(5)
 */
import type { PortProtocol } from '../../../core/port/port-claim.ts'
import type { SocketRow, SocketState } from '../../../seams/kernel-processes.ts'
import { readIfThere } from './read-if-there.ts'

const TCP_STATES: Readonly<Record<string, SocketState>> = {
  '01': 'established',
  '06': 'time-wait',
  '0A': 'listening',
}

/** Unconnected; a connected UDP socket is `01`. */
const UDP_BOUND = '07'

/**
 * Every socket of a protocol, both families, of this process's network or another one's; undefined where
 * there are no such tables.
 */
export function readSockets(
  protocol: PortProtocol,
  wanted: (state: SocketState, port: number) => boolean,
  pid?: number,
): readonly SocketRow[] | undefined {
  const folder = pid === undefined ? '/proc/net' : `/proc/${pid}/net`
  const tables = [readIfThere(`${folder}/${protocol}`), readIfThere(`${folder}/${protocol}6`)]
  if (tables[0] === undefined) return undefined
  return tables.flatMap((table) => parseSockets(table ?? '', protocol, wanted))
}

/** The rows of one table that are wanted. */
export function parseSockets(
  table: string,
  protocol: PortProtocol,
  wanted: (state: SocketState, port: number) => boolean,
): readonly SocketRow[] {
  const rows: SocketRow[] = []
  for (const line of table.split('\n').slice(1)) {
    const [, bound = '', , code = '', , , , , , inode = ''] = line.trim().split(/\s+/)
    const [local = '', hexPort = ''] = bound.split(':')
    const port = Number.parseInt(hexPort, 16)
    const state = stateOf(protocol, code)
    if (inode === '' || !wanted(state, port)) continue
    rows.push({ protocol, address: printAddress(local), port, state, inode })
  }
  return rows
}

/**
 * The address that the kernel prints as 32-bit words in the machine's own byte order: `0100007F` is
 * 127.0.0.1. Addresses of IPv4 that are written in IPv6 become those of IPv4.
 */
export function printAddress(local: string): string {
  const words = (local.match(/.{8}/g) ?? []).map((word) => Number.parseInt(word, 16))
  return printBytes(Buffer.from(new Uint32Array(words).buffer))
}

/** An address of 4 or 16 bytes, as people write it. */
export function printBytes(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16))
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return bytes.subarray(12).join('.')
  // The URL standard has the one canonical way to shorten an address.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

function stateOf(protocol: PortProtocol, code: string): SocketState {
  if (protocol === 'udp') return code === UDP_BOUND ? 'listening' : 'other'
  return TCP_STATES[code] ?? 'other'
}
