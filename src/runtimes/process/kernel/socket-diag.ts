/**
 * The kernel's word on TCP sockets by netlink, for one question at a time, in some 20 µs. The tables of
 * /proc tell the same, but each reading walks all connections there can be: 10 ms and more on a machine
 * with much memory. Synchronous on purpose, as those are.
 *
 * @source sock_diag(7), netlink(7), linux/inet_diag.h
 */
import { createRequire } from 'node:module'
import { endianness } from 'node:os'

/** A socket of TCP. */
export interface DiagSocket {
  readonly state: number
  /** What it is bound to: 4 or 16 bytes. */
  readonly address: Buffer
  readonly port: number
  /** The user that opened it, by number. */
  readonly user: number
  /** `0` when no process holds it any more. */
  readonly inode: string
}

/** One end of a connection. */
export interface DiagEnd {
  /** 4 or 16 bytes. */
  readonly address: Uint8Array
  readonly port: number
}

/** @source linux/tcp.h */
export const TCP_LISTEN = 10

const AF_INET = 2
const AF_INET6 = 10
const AF_NETLINK = 16
const NETLINK_SOCK_DIAG = 4
const SOCK_RAW = 3
const SOCK_CLOEXEC = 0o2000000
const MSG_DONTWAIT = 0x40
const IPPROTO_TCP = 6

const SOCK_DIAG_BY_FAMILY = 20
const NLM_F_REQUEST = 1
const NLM_F_DUMP = 0x300
const NLMSG_ERROR = 2
const NLMSG_DONE = 3
const ENOENT = 2

/** The length of a message's head, and of a request with it. @unit bytes */
const HEAD = 16
const REQUEST = 72

/** The kernel fills no more than half of it at once. @unit bytes */
const ANSWER = 65_536

interface Calls {
  socket(family: number, type: number, protocol: number): number
  send(fd: number, message: Buffer, length: number, flags: number): number
  recv(fd: number, into: Buffer, length: number, flags: number): number
}

interface Question {
  readonly isDump: boolean
  readonly family: number
  /** A bit for each state that is wanted. */
  readonly states: number
  readonly local?: DiagEnd
  readonly remote?: DiagEnd
}

/** Asks by one netlink socket, which is this process's for good. */
export class SocketDiag {
  readonly #calls: Calls
  readonly #fd: number
  readonly #answer = Buffer.alloc(ANSWER)
  #sequence = 0

  private constructor(calls: Calls, fd: number) {
    this.#calls = calls
    this.#fd = fd
  }

  /** Undefined where the kernel, or the addon that calls it, cannot be asked so. */
  static open(): SocketDiag | undefined {
    if (process.platform !== 'linux' || endianness() !== 'LE') return undefined
    const calls = loadCalls()
    const fd = calls?.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG) ?? -1
    if (calls === undefined || fd < 0) return undefined
    const diag = new SocketDiag(calls, fd)
    return diag.listening() === undefined ? undefined : diag
  }

  /** Every socket that listens, of both families; undefined when the kernel did not say. */
  listening(): readonly DiagSocket[] | undefined {
    const found: DiagSocket[] = []
    for (const family of [AF_INET, AF_INET6]) {
      const some = this.#ask({ isDump: true, family, states: 1 << TCP_LISTEN })
      if (some === undefined) return undefined
      found.push(...some)
    }
    return found
  }

  /** The socket with these two ends, or one that listens at the first; undefined when the kernel did not say. */
  between(local: DiagEnd, remote: DiagEnd): readonly DiagSocket[] | undefined {
    const family = local.address.length === 4 ? AF_INET : AF_INET6
    return this.#ask({ isDump: false, family, states: 0xfff, local, remote })
  }

  #ask(question: Question): readonly DiagSocket[] | undefined {
    this.#sequence = (this.#sequence + 1) >>> 0
    const message = requestOf(question, this.#sequence)
    if (this.#calls.send(this.#fd, message, message.length, MSG_DONTWAIT) !== message.length)
      return undefined
    const found: DiagSocket[] = []
    for (;;) {
      const length = this.#calls.recv(this.#fd, this.#answer, ANSWER, MSG_DONTWAIT)
      if (length <= 0) return undefined
      const end = this.#take(length, found)
      if (end === 'failed') return undefined
      if (end === 'done' || (end === 'more' && !question.isDump && found.length > 0)) return found
    }
  }

  /** What came at once; what is left of an answer that was broken off is passed over. */
  #take(length: number, into: DiagSocket[]): 'more' | 'done' | 'failed' {
    for (let at = 0; at + HEAD <= length; ) {
      const size = this.#answer.readUInt32LE(at)
      const type = this.#answer.readUInt16LE(at + 4)
      if (this.#answer.readUInt32LE(at + 8) === this.#sequence) {
        if (type === NLMSG_DONE) return 'done'
        if (type === NLMSG_ERROR) {
          return this.#answer.readInt32LE(at + HEAD) === -ENOENT ? 'done' : 'failed'
        }
        into.push(socketOf(this.#answer.subarray(at + HEAD, at + size)))
      }
      // Messages begin at multiples of four.
      at += Math.max(HEAD, (size + 3) & ~3)
    }
    return 'more'
  }
}

/** Undefined where there is no such addon for this machine, or it cannot be loaded. */
function loadCalls(): Calls | undefined {
  try {
    // When it is first needed, and at once: whoever asks is not asynchronous.
    const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi')
    const system = koffi.load(null)
    return {
      socket: system.func('int socket(int, int, int)'),
      send: system.func('intptr_t send(int, const void *, size_t, int)'),
      recv: system.func('intptr_t recv(int, void *, size_t, int)'),
    }
  } catch {
    return undefined
  }
}

/** A `nlmsghdr` and an `inet_diag_req_v2`. */
function requestOf({ isDump, family, states, local, remote }: Question, sequence: number): Buffer {
  const message = Buffer.alloc(REQUEST)
  message.writeUInt32LE(REQUEST, 0)
  message.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4)
  message.writeUInt16LE(isDump ? NLM_F_REQUEST | NLM_F_DUMP : NLM_F_REQUEST, 6)
  message.writeUInt32LE(sequence, 8)
  message.writeUInt8(family, HEAD)
  message.writeUInt8(IPPROTO_TCP, HEAD + 1)
  message.writeUInt32LE(states, HEAD + 4)
  message.writeUInt16BE(local?.port ?? 0, HEAD + 8)
  message.writeUInt16BE(remote?.port ?? 0, HEAD + 10)
  message.set(local?.address ?? [], HEAD + 12)
  message.set(remote?.address ?? [], HEAD + 28)
  // Any cookie.
  message.fill(0xff, HEAD + 48, HEAD + 56)
  return message
}

/** An `inet_diag_msg`. */
function socketOf(bytes: Buffer): DiagSocket {
  const length = bytes.readUInt8(0) === AF_INET ? 4 : 16
  return {
    state: bytes.readUInt8(1),
    port: bytes.readUInt16BE(4),
    address: Buffer.from(bytes.subarray(8, 8 + length)),
    user: bytes.readUInt32LE(64),
    inode: String(bytes.readUInt32LE(68)),
  }
}
