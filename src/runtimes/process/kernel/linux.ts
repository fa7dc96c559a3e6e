/**
 * Asks Linux, through /proc. Synchronous on purpose: /proc is memory, and an answer that is taken
 * apart by an await would be true of no instant at all.
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs'
import type { HeldSocket, Kernel, KernelProcess, Listener } from './kernel.ts'

const LISTEN_STATE = '0A'

/** One line of stat always fits; shared, since each reading is over before the next begins. */
const LINE = Buffer.alloc(4_096)

/** The kernel as /proc tells it. */
export class LinuxKernel implements Kernel {
  readonly blindSpots: readonly string[] = []

  bootId(): string {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  }

  process(pid: number): KernelProcess | undefined {
    const stat = goneIsUndefined(() => readLine(`/proc/${pid}/stat`))
    return stat === undefined ? undefined : parseStat(stat)
  }

  processes(): readonly KernelProcess[] {
    const found: KernelProcess[] = []
    for (const name of readdirSync('/proc')) {
      const pid = Number(name)
      const process = Number.isInteger(pid) ? this.process(pid) : undefined
      if (process !== undefined) found.push(process)
    }
    return found
  }

  children(pid: number): readonly number[] {
    const text = readIfThere(`/proc/${pid}/task/${pid}/children`)
    if (text !== undefined) return (text.match(/\d+/g) ?? []).map(Number)
    // A kernel built without this file, or a process that is gone.
    const children = this.processes().filter((process) => process.parentPid === pid)
    return children.map((process) => process.pid)
  }

  variables(pid: number): ReadonlyMap<string, string> | undefined {
    const text = readIfThere(`/proc/${pid}/environ`, 'utf8')
    if (text === undefined) return undefined
    const variables = new Map<string, string>()
    for (const pair of text.split('\0')) {
      const equals = pair.indexOf('=')
      if (equals > 0) variables.set(pair.slice(0, equals), pair.slice(equals + 1))
    }
    return variables
  }

  command(pid: number): string {
    return (readIfThere(`/proc/${pid}/cmdline`, 'utf8') ?? '').split('\0').join(' ').trim()
  }

  listeningPorts(): ReadonlySet<number> {
    return new Set([...readListeners().values()].map(({ port }) => port))
  }

  listenersOf(pids: readonly number[]): readonly Listener[] {
    const listenerOfInode = readListeners()
    const found = new Map<string, Listener>()
    for (const pid of pids) {
      for (const inode of readSocketInodes(pid)) {
        const port = listenerOfInode.get(inode)?.port
        if (port !== undefined) found.set(`${pid}/${port}`, { port, pid })
      }
    }
    return [...found.values()]
  }

  socketsOn(port: number, pids: readonly number[]): readonly HeldSocket[] {
    const listeners = [...readListeners()].filter(([, listener]) => listener.port === port)
    const holders = new Map(listeners.map(([inode]): [string, number[]] => [inode, []]))
    for (const pid of listeners.length === 0 ? [] : pids) {
      for (const inode of new Set(readSocketInodes(pid))) holders.get(inode)?.push(pid)
    }
    return listeners.map(([inode, { local }]) => ({
      address: printAddress(local),
      pids: holders.get(inode) ?? [],
    }))
  }

  parseClaim(claim: string): { readonly pid: number; readonly started: string } | undefined {
    const stat = parseStat(claim)
    return stat === undefined || !(stat.pid > 1)
      ? undefined
      : { pid: stat.pid, started: stat.started }
  }
}

/**
 * Parses one line of /proc/<pid>/stat.
 *
 * @returns undefined when the process has ended, or the line is not one of stat
 * @source proc_pid_stat(5): fields are counted after the last `)`, since a name may hold anything.
 */
export function parseStat(stat: string): KernelProcess | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, parentPid, groupId, sessionId] = fields
  const threads = fields[17]
  const started = fields[19]
  if (state === undefined || started === undefined) return undefined
  // A leader thread may have ended (Z) while the process goes on in its other threads.
  const ended = state === 'X' || (state === 'Z' && Number(threads) <= 1)
  if (ended) return undefined
  return {
    pid: Number.parseInt(stat, 10),
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    sessionId: Number(sessionId),
    started: started.trim(),
  }
}

/** What a listening socket is bound to. */
interface BoundTo {
  readonly port: number
  /** The address as the kernel prints it. */
  readonly local: string
}

/** Listening TCP sockets of this network namespace, by inode. */
function readListeners(): ReadonlyMap<string, BoundTo> {
  const found = new Map<string, BoundTo>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (readIfThere(table) ?? '').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/)
      const [, bound = '', , state] = fields
      const inode = fields[9]
      if (state !== LISTEN_STATE || inode === undefined) continue
      const [local = '', port = ''] = bound.split(':')
      found.set(inode, { local, port: Number.parseInt(port, 16) })
    }
  }
  return found
}

/**
 * The address that the kernel prints as 32-bit words in the machine's own byte order: `0100007F` is
 * 127.0.0.1. Addresses of IPv4 that are written in IPv6 become those of IPv4.
 */
export function printAddress(local: string): string {
  const words = (local.match(/.{8}/g) ?? []).map((word) => Number.parseInt(word, 16))
  const bytes = Buffer.from(new Uint32Array(words).buffer)
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16))
  const mapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff'
  if (mapped) return bytes.subarray(12).join('.')
  // The URL standard has the one canonical way to shorten an address.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

function readSocketInodes(pid: number): readonly string[] {
  const inodes: string[] = []
  const names = goneIsUndefined(() => readdirSync(`/proc/${pid}/fd`)) ?? []
  for (const name of names) {
    const target = goneIsUndefined(() => readlinkSync(`/proc/${pid}/fd/${name}`)) ?? ''
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
    if (inode !== undefined) inodes.push(inode)
  }
  return inodes
}

/** A third faster than reading the file as a whole, which counts when there are hundreds. */
function readLine(path: string): string {
  const file = openSync(path, 'r')
  try {
    return LINE.toString('latin1', 0, readSync(file, LINE, 0, LINE.length, 0))
  } finally {
    closeSync(file)
  }
}

function readIfThere(path: string, encoding: 'latin1' | 'utf8' = 'latin1'): string | undefined {
  return goneIsUndefined(() => readFileSync(path, encoding))
}

/** A process may end, or be another user's, between any two looks; that is an answer. */
function goneIsUndefined<Value>(look: () => Value): Value | undefined {
  try {
    return look()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') {
      return undefined
    }
    throw error
  }
}
