/**
 * Runs the shop's programs by hand, without Rampart, for the tests: each in a process group of its
 * own, with no variables but those given. Never leaves a program behind once `endAll` has returned.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../test/support/free-port.ts'
import { ShopFailure } from './program.ts'

/** Variables of a program. */
export type Variables = Readonly<Record<string, string>>

/** How a program ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program that was started. */
export interface Started {
  readonly pid: number
  /** What it has put out so far, standard output and error together. */
  readonly lines: readonly string[]
  readonly ended: Promise<Ending>
  /** Resolves with the first line that matches; rejects when it ends without one. */
  line(pattern: RegExp): Promise<string>
  /** Asks the whole group to end, and measures how long that takes. */
  stop(): Promise<Ending & { readonly tookMs: number }>
  /** Kills the whole group, as after a crash of everything. */
  kill(): Promise<Ending>
}

const LINE_WITHIN_MS = 15_000
const running = new Set<Started>()

/** Starts one of the shop's programs. */
export function start(file: string, variables: Variables): Started {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [file], {
    cwd: import.meta.dirname,
    env: { PATH, HOME, ...variables },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new ShopFailure(`${file} could not be started`)
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  const ended = once(child, 'close').then(([code, signal]): Ending => ({ code, signal }))
  const signalGroup = (signal: NodeJS.Signals): Promise<Ending> => {
    if (groupExists(pid)) process.kill(-pid, signal)
    return ended
  }
  const started: Started = {
    pid,
    lines,
    ended,
    line: (pattern) => firstLine(started, pattern),
    stop: async () => {
      const askedAtMs = performance.now()
      return { ...(await signalGroup('SIGTERM')), tookMs: performance.now() - askedAtMs }
    },
    kill: () => signalGroup('SIGKILL'),
  }
  running.add(started)
  ended.then(() => running.delete(started))
  return started
}

/** Runs a program that ends by itself. */
export async function run(
  file: string,
  variables: Variables,
): Promise<Ending & { readonly text: string }> {
  const started = start(file, variables)
  const ending = await started.ended
  return { ...ending, text: started.lines.join('\n') }
}

/** Kills whatever a failed test has left running. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map((started) => started.kill()))
}

/** Whether any process of the group is left. */
export function groupExists(pid: number): boolean {
  return isAlive(-pid)
}

/** Whether a process is there and has not ended; a zombie has ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const status = `/proc/${pid}/stat`
  return !existsSync(status) || !readFileSync(status, 'utf8').includes(') Z ')
}

/** Asks again and again until there is an answer; fails after the deadline. */
export async function eventually<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined> | Answer | undefined,
  withinMs = 30_000,
): Promise<Answer> {
  const startedAtMs = performance.now()
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() - startedAtMs > withinMs) {
      throw new ShopFailure(`${what}: not within ${withinMs} ms`)
    }
    await pause(5)
  }
}

/** Ports that nobody uses now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}

async function firstLine(started: Started, pattern: RegExp): Promise<string> {
  let hasEnded = false
  started.ended.then(() => {
    hasEnded = true
  })
  const find = (): string | undefined => {
    const found = started.lines.find((line) => pattern.test(line))
    if (found !== undefined || !hasEnded) return found
    throw new ShopFailure(`it ended without ${pattern}:\n${started.lines.join('\n')}`)
  }
  return await eventually(`a line like ${pattern}`, find, LINE_WITHIN_MS)
}
