/**
 * Asks Linux, through /proc and netlink. Synchronous on purpose: both are memory, and an answer that is
 * taken apart by an await would be true of no instant at all.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import type { PortProtocol } from '../../../core/port/port-claim.ts'
import type {
  ClientSocket,
  ConnectionEnds,
  KernelProcess,
  SocketRow,
  SocketState,
} from '../../../seams/kernel-processes.ts'
import { findClientSocket } from './client-socket.ts'
import type { HeldSocket, Kernel, Listener } from './kernel.ts'
import { goneIsUndefined, readIfThere } from './read-if-there.ts'
import { SocketDiag } from './socket-diag.ts'
import { findHolders } from './socket-holders.ts'
import { printBytes, readSockets } from './socket-table.ts'

/** One line of stat always fits; shared, since each reading is over before the next begins. */
const LINE = Buffer.alloc(4_096)

/** The kernel as /proc and netlink tell it. */
export class LinuxKernel implements Kernel {
  readonly blindSpots: readonly string[] = []
  readonly #openDiag: () => SocketDiag | undefined
  /** Empty inside when it cannot be asked; absent until the first question about sockets. */
  #diag: readonly [SocketDiag | undefined] | undefined

  /** @param openDiag how to ask by netlink; where it gives nothing, the tables of /proc are read */
  constructor(openDiag: () => SocketDiag | undefined = SocketDiag.open) {
    this.#openDiag = openDiag
  }

  bootId(): string {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  }

  process(pid: number): KernelProcess | undefined {
    const stat = goneIsUndefined(() => readLine(`/proc/${pid}/stat`))
    return stat === undefined ? undefined : parseStat(stat)
  }

  pids(): readonly number[] {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  }

  processes(): readonly KernelProcess[] {
    return this.pids().flatMap((pid) => this.process(pid) ?? [])
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

  listening(protocol: PortProtocol, pid?: number): readonly SocketRow[] | undefined {
    if (protocol === 'tcp' && pid === undefined) return this.#listeners()
    return readSockets(protocol, isListening, pid)
  }

  sockets(protocol: PortProtocol, port: number): readonly SocketRow[] | undefined {
    return readSockets(protocol, (_, one) => one === port)
  }

  client(ends: ConnectionEnds): ClientSocket | undefined {
    return findClientSocket(ends, this.#askDiag())
  }

  holders(
    inodes: ReadonlySet<string>,
    pids: readonly number[],
  ): ReadonlyMap<string, readonly number[]> {
    return findHolders(inodes, pids)
  }

  listeningPorts(): ReadonlySet<number> {
    return new Set(this.#listeners().map(({ port }) => port))
  }

  listenersOf(pids: readonly number[]): readonly Listener[] {
    const ports = new Map(this.#listeners().map(({ inode, port }) => [inode, port]))
    const found = new Map<string, Listener>()
    for (const [inode, holders] of findHolders(new Set(ports.keys()), pids)) {
      const port = ports.get(inode) ?? 0
      for (const pid of holders) found.set(`${pid}/${port}`, { port, pid })
    }
    return [...found.values()]
  }

  socketsOn(port: number, pids: readonly number[]): readonly HeldSocket[] {
    const rows = this.#listeners().filter((row) => row.port === port)
    const holders = findHolders(new Set(rows.map(({ inode }) => inode)), pids)
    return rows.map(({ inode, address }) => ({ address, pids: holders.get(inode) ?? [] }))
  }

  parseClaim(claim: string): { readonly pid: number; readonly started: string } | undefined {
    const stat = parseStat(claim)
    return stat === undefined || !(stat.pid > 1)
      ? undefined
      : { pid: stat.pid, started: stat.started }
  }

  /** TCP sockets of this network namespace that listen. */
  #listeners(): readonly SocketRow[] {
    const asked = this.#askDiag()?.listening()
    if (asked === undefined) return readSockets('tcp', isListening) ?? []
    return asked.map(({ address, port, inode }) => ({
      ...{ protocol: 'tcp', address: printBytes(address), port },
      ...{ state: 'listening', inode },
    }))
  }

  #askDiag(): SocketDiag | undefined {
    this.#diag ??= [this.#openDiag()]
    return this.#diag[0]
  }
}

function isListening(state: SocketState): boolean {
  return state === 'listening'
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
