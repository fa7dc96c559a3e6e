/**
 * Asks Linux, through /proc. Synchronous on purpose: /proc is memory, and an answer that is taken
 * apart by an await would be true of no instant at all.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import type { PortProtocol } from '../../../core/port/port-claim.ts'
import type { KernelProcess, SocketRow, SocketState } from '../../../seams/kernel-processes.ts'
import type { HeldSocket, Kernel, Listener } from './kernel.ts'
import { goneIsUndefined, readIfThere } from './read-if-there.ts'
import { findHolders } from './socket-holders.ts'
import { readSockets } from './socket-table.ts'

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

  sockets(
    protocol: PortProtocol,
    wanted: (state: SocketState, port: number) => boolean,
    pid?: number,
  ): readonly SocketRow[] | undefined {
    return readSockets(protocol, wanted, pid)
  }

  holders(
    inodes: ReadonlySet<string>,
    pids: readonly number[],
  ): ReadonlyMap<string, readonly number[]> {
    return findHolders(inodes, pids)
  }

  listeningPorts(): ReadonlySet<number> {
    return new Set(readListeners().map(({ port }) => port))
  }

  listenersOf(pids: readonly number[]): readonly Listener[] {
    const ports = new Map(readListeners().map(({ inode, port }) => [inode, port]))
    const found = new Map<string, Listener>()
    for (const [inode, holders] of findHolders(new Set(ports.keys()), pids)) {
      const port = ports.get(inode) ?? 0
      for (const pid of holders) found.set(`${pid}/${port}`, { port, pid })
    }
    return [...found.values()]
  }

  socketsOn(port: number, pids: readonly number[]): readonly HeldSocket[] {
    const rows = readListeners().filter((row) => row.port === port)
    const holders = findHolders(new Set(rows.map(({ inode }) => inode)), pids)
    return rows.map(({ inode, address }) => ({ address, pids: holders.get(inode) ?? [] }))
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

/** A third faster than reading the file as a whole, which counts when there are hundreds. */
function readLine(path: string): string {
  const file = openSync(path, 'r')
  try {
    return LINE.toString('latin1', 0, readSync(file, LINE, 0, LINE.length, 0))
  } finally {
    closeSync(file)
  }
}

/** Listening TCP sockets of this network namespace. */
function readListeners(): readonly SocketRow[] {
  return readSockets('tcp', (state) => state === 'listening') ?? []
}
