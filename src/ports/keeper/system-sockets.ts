/**
 * Sockets of the operating system, without anybody who accepts on them: Node's own servers begin to
 * accept at once. TCP listens, since a socket that is only bound can be taken from its holder; UDP is
 * bound without SO_REUSEADDR, which is a hold.
 *
 * @source what may be bound beside what was measured on Linux 5 and 6; see docs/decisions
 */
import { fstatSync, readdirSync, readlinkSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import type { SocketOutcome, SocketWish, SystemSockets } from '../../seams/system-sockets.ts'
import { AF_INET, SOCKET_CONSTANTS, type SocketConstants, socketAddress } from './socket-address.ts'

const SOCK_STREAM = 1
const SOCK_DGRAM = 2

/** How many connections may wait for whoever gets it; the kernel lowers it to its own limit. */
const BACKLOG = 4_096

/** The same on every architecture of Linux. @source pidfd_open(2), pidfd_getfd(2) */
const PIDFD_OPEN = 434
const PIDFD_GETFD = 438

interface Calls {
  socket(family: number, type: number, protocol: number): number
  setsockopt(fd: number, level: number, name: number, value: Buffer, length: number): number
  bind(fd: number, address: Buffer, length: number): number
  listen(fd: number, backlog: number): number
  close(fd: number): number
  syscall(number: number, one: number, two: number, three: number): number
  errno(): number
}

const NAMES = new Map(Object.entries(osConstants.errno).map(([name, value]) => [value, name]))

/** @returns why nothing can be held here, as a sentence, when that is so */
export async function openSystemSockets(): Promise<SystemSockets | { readonly why: string }> {
  const constants = SOCKET_CONSTANTS[process.platform]
  if (constants === undefined)
    return { why: `Nobody knows how to hold ports on ${process.platform}.` }
  try {
    return new NativeSockets(await loadCalls(), constants)
  } catch (error) {
    return { why: `The addon that calls the system cannot be loaded: ${(error as Error).message}` }
  }
}

async function loadCalls(): Promise<Calls> {
  const { default: koffi } = await import('koffi')
  const system = koffi.load(null)
  return {
    socket: system.func('int socket(int, int, int)'),
    setsockopt: system.func('int setsockopt(int, int, int, const void *, uint32_t)'),
    bind: system.func('int bind(int, const void *, uint32_t)'),
    listen: system.func('int listen(int, int)'),
    close: system.func('int close(int)'),
    syscall: system.func('long syscall(long, int, int, uint32_t)'),
    errno: () => koffi.errno(),
  }
}

const ON = Buffer.from(new Int32Array([1]).buffer)

class NativeSockets implements SystemSockets {
  readonly #calls: Calls
  readonly #constants: SocketConstants

  constructor(calls: Calls, constants: SocketConstants) {
    this.#calls = calls
    this.#constants = constants
  }

  open(wish: SocketWish): SocketOutcome {
    const address = socketAddress(wish, this.#constants)
    if (address === undefined) return { error: 'EINVAL' }
    const isV6 = address.length > 16
    const type = (wish.protocol === 'tcp' ? SOCK_STREAM : SOCK_DGRAM) | this.#constants.closeOnExec
    const fd = this.#calls.socket(isV6 ? this.#constants.inet6 : AF_INET, type, 0)
    if (fd < 0) return this.#failed()
    const error = this.#prepare(fd, { protocol: wish.protocol, isV6, address })
    if (error === undefined) return { fd, inode: String(fstatSync(fd).ino) }
    this.#calls.close(fd)
    return error
  }

  copy(pid: number, inode: string): SocketOutcome {
    const theirs = descriptorOf(pid, inode)
    if (theirs === undefined) return { error: 'ENOENT' }
    const handle = this.#calls.syscall(PIDFD_OPEN, pid, 0, 0)
    if (handle < 0) return this.#failed()
    const fd = this.#calls.syscall(PIDFD_GETFD, handle, theirs, 0)
    const failed = fd < 0 ? this.#failed() : undefined
    this.#calls.close(handle)
    if (failed !== undefined) return failed
    // Another socket may have come by that number meanwhile, or another process by that pid.
    if (String(fstatSync(fd).ino) === inode) return { fd, inode }
    this.#calls.close(fd)
    return { error: 'ENOENT' }
  }

  close(fd: number): void {
    this.#calls.close(fd)
  }

  #prepare(
    fd: number,
    how: { readonly protocol: PortProtocol; readonly isV6: boolean; readonly address: Buffer },
  ): { readonly error: string } | undefined {
    const { solSocket, reuseAddress, ipv6, ipv6Only } = this.#constants
    const isTcp = how.protocol === 'tcp'
    // For TCP it lets us pass connections that linger in TIME_WAIT; for UDP it would share the port.
    if (isTcp && this.#calls.setsockopt(fd, solSocket, reuseAddress, ON, ON.length) < 0) {
      return this.#failed()
    }
    if (how.isV6 && this.#calls.setsockopt(fd, ipv6, ipv6Only, ON, ON.length) < 0) {
      return this.#failed()
    }
    if (this.#calls.bind(fd, how.address, how.address.length) < 0) return this.#failed()
    return isTcp && this.#calls.listen(fd, BACKLOG) < 0 ? this.#failed() : undefined
  }

  #failed(): { readonly error: string } {
    const number = this.#calls.errno()
    return { error: NAMES.get(number) ?? `E${number}` }
  }
}

/** By which number a process has a socket; undefined: it has not, or may not be looked at. */
function descriptorOf(pid: number, inode: string): number | undefined {
  const folder = `/proc/${pid}/fd`
  try {
    const name = readdirSync(folder).find(
      (one) => linkOf(`${folder}/${one}`) === `socket:[${inode}]`,
    )
    return name === undefined ? undefined : Number(name)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return undefined
    throw error
  }
}

/** Where a descriptor leads; undefined when it was closed in between. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
