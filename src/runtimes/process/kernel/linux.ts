/**
 * Asks Linux, through /proc. Synchronous on purpose: /proc is memory, and an answer that is taken
 * apart by an await would be true of no instant at all.
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs'
import type { Kernel, KernelProcess, Listener } from './kernel.ts'

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
    return new Set(readListeners().values())
  }

  listenersOf(pids: readonly number[]): readonly Listener[] {
    const portOfInode = readListeners()
    const found = new Map<string, Listener>()
    for (const pid of pids) {
      for (const inode of readSocketInodes(pid)) {
        const port = portOfInode.get(inode)
        if (port !== undefined) found.set(`${pid}/${port}`, { port, pid })
      }
    }
    return [...found.values()]
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

/** Listening TCP sockets of this network namespace: inode to port. */
function readListeners(): ReadonlyMap<string, number> {
  const portOfInode = new Map<string, number>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (readIfThere(table) ?? '').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/)
      const [, local = '', , state] = fields
      const inode = fields[9]
      if (state !== LISTEN_STATE || inode === undefined) continue
      portOfInode.set(inode, Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16))
    }
  }
  return portOfInode
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
