/**
 * Asks `ps` and `lsof`, where there is no /proc (macOS, the BSDs). Each question costs a process of
 * its own (about 10 ms), and some cannot be answered: `blindSpots` says which.
 */
import { spawnSync } from 'node:child_process'
import type { KernelProcess } from '../../../seams/kernel-processes.ts'
import type { HeldSocket, Kernel, Listener } from './kernel.ts'

const COLUMNS = 'pid=,ppid=,pgid=,state=,lstart='
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/

/** The kernel as `ps` and `lsof` tell it. */
export class PsKernel implements Kernel {
  readonly blindSpots: readonly string[] = [
    'Start times are whole seconds: a pid reused within one second is not noticed.',
    'Sessions are not told: a child in a group of its own is found by parent or variables only.',
    'The variables of programs protected by the system, or of another user, are hidden.',
    'Values of variables are told up to the first white space.',
    'Sockets are not told: nobody is named who takes a leased port, and nothing in flight is counted.',
    'Listening ports are told only where lsof is installed, and those of other users not at all.',
  ]

  bootId(): string {
    return (
      ask('sysctl', ['-n', 'kern.bootsessionuuid']) ??
      ask('sysctl', ['-n', 'kern.boottime']) ??
      ask('who', ['-b']) ??
      'unknown'
    ).trim()
  }

  process(pid: number): KernelProcess | undefined {
    return parseProcesses(ask('ps', ['-p', String(pid), '-o', COLUMNS]) ?? '')[0]
  }

  pids(): readonly number[] {
    return this.processes().map(({ pid }) => pid)
  }

  processes(): readonly KernelProcess[] {
    return parseProcesses(ask('ps', ['-A', '-o', COLUMNS]) ?? '')
  }

  children(pid: number): readonly number[] {
    const children = this.processes().filter((process) => process.parentPid === pid)
    return children.map((process) => process.pid)
  }

  variables(pid: number): ReadonlyMap<string, string> | undefined {
    const text = ask('ps', ['eww', '-o', 'command=', '-p', String(pid)])
    if (text === undefined) return undefined
    return new Map(
      [...text.matchAll(/(?<=\s)([A-Za-z_][A-Za-z0-9_]*)=(\S*)/g)].map((match) => [
        match[1] ?? '',
        match[2] ?? '',
      ]),
    )
  }

  command(pid: number): string {
    return (ask('ps', ['-ww', '-o', 'command=', '-p', String(pid)]) ?? '').trim()
  }

  listening(): undefined {
    return undefined
  }

  sockets(): undefined {
    return undefined
  }

  client(): undefined {
    return undefined
  }

  holders(): ReadonlyMap<string, readonly number[]> {
    return new Map()
  }

  listeningPorts(): ReadonlySet<number> | undefined {
    const text = ask('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-Fpn'])
    return text === undefined ? undefined : new Set(parseListeners(text).map(({ port }) => port))
  }

  listenersOf(pids: readonly number[]): readonly Listener[] {
    if (pids.length === 0) return []
    const only = ['-a', '-p', pids.join(',')]
    return parseListeners(ask('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-Fpn', ...only]) ?? '')
  }

  socketsOn(port: number, pids: readonly number[]): readonly HeldSocket[] {
    return parseSockets(ask('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fptn']) ?? '', pids)
  }

  parseClaim(claim: string): { readonly pid: number; readonly started: string } | undefined {
    const match = /^([1-9]\d+|[2-9])\s+(\S.*?)\s*$/.exec(claim)
    return match === null
      ? undefined
      : { pid: Number(match[1]), started: normalize(match[2] ?? '') }
  }
}

/** Parses `ps -o pid=,ppid=,pgid=,state=,lstart=`; zombies are left out. */
export function parseProcesses(text: string): readonly KernelProcess[] {
  const found: KernelProcess[] = []
  for (const line of text.split('\n')) {
    const [, pid, parentPid, groupId, state = '', started = ''] = LINE.exec(line) ?? []
    if (pid === undefined || state.startsWith('Z')) continue
    const group = Number(groupId)
    found.push({
      pid: Number(pid),
      parentPid: Number(parentPid),
      groupId: group,
      sessionId: group,
      started: normalize(started),
    })
  }
  return found
}

/** Parses `lsof -F pn`: a line `p<pid>`, then lines `n<address>:<port>`. */
export function parseListeners(text: string): readonly Listener[] {
  const found: Listener[] = []
  let pid = 0
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1))
    const port = /^n.*:(\d+)$/.exec(line)?.[1]
    if (port !== undefined) found.push({ port: Number(port), pid })
  }
  return found
}

/** Parses `lsof -F ptn`: a line `p<pid>`, then for every socket lines `t<IPv4|IPv6>`, `n<address>:<port>`. */
export function parseSockets(text: string, pids: readonly number[]): readonly HeldSocket[] {
  const holders = new Map<string, number[]>()
  let pid = 0
  let family = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1))
    if (line.startsWith('t')) family = line.slice(1)
    const bound = /^n\[?([^\]]*?)\]?:\d+$/.exec(line)?.[1]
    if (bound === undefined) continue
    const wildcard = family === 'IPv6' ? '::' : '0.0.0.0'
    const address = bound === '*' ? wildcard : bound
    const found = holders.get(address) ?? []
    if (pids.includes(pid)) found.push(pid)
    holders.set(address, found)
  }
  return [...holders].map(([address, held]) => ({ address, pids: held }))
}

function normalize(started: string): string {
  return started.trim().replace(/\s+/g, ' ')
}

/** Undefined when the program is missing or has nothing to say. */
function ask(program: string, words: readonly string[]): string | undefined {
  const answer = spawnSync(program, words, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
  return answer.error !== undefined || answer.status !== 0 ? undefined : answer.stdout
}
