/** Walking into a trap, by each of us as its users do: a program to start, a place to look. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openKernel } from '../src/runtimes/process/kernel/open-kernel.ts'
import type { SetTrap } from '../test/traps/set-trap.ts'
import type { Claim } from '../test/traps/trap.ts'
import { ROOT } from './measure/machine.ts'

/** Walks into a trap until it is held to be ready or given up. */
export type Walk = (set: SetTrap) => Promise<Claim>

/** `program & wait-on -t <limit> <resource>` */
export function waitOnWalk(limitMs: number): Walk {
  const waitOn = join(ROOT, 'node_modules/.bin/wait-on')
  return async (set) => {
    const server = start(set.command, set)
    try {
      const waiting = start([process.execPath, waitOn, '-t', String(limitMs), resourceOf(set)], set)
      const exitCode = await exited(waiting)
      return { is: exitCode === 0 ? 'ready' : 'failed', atMs: Date.now() }
    } finally {
      await endGroup(server)
    }
  }
}

/** `start-server-and-test <program> <resource> <test>`; it is ready once the test is run. */
export function serverAndTestWalk(limitMs: number): Walk {
  const program = join(import.meta.dirname, 'programs/one-after-another.ts')
  return async (set) => {
    const tested = join(set.folder, 'tested')
    const services = [{ start: set.command.join(' '), url: resourceOf(set) }]
    const test = `date +%s%3N > '${tested}'`
    const words = [process.execPath, program, JSON.stringify(services), test]
    const child = start(words, set, { WAIT_ON_TIMEOUT: String(limitMs) })
    await exited(child)
    const atMs = Date.now()
    await endGroup(child)
    if (!existsSync(tested)) return { is: 'failed', atMs }
    return { is: 'ready', atMs: Number(readFileSync(tested, 'utf8')) }
  }
}

/** Ends a child with all that is in its group, also when it has ended itself. */
export async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return
  const ended = child.exitCode === null && child.signalCode === null
  const exit = ended ? once(child, 'exit') : undefined
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
  await exit
}

/** Ends whatever still has the variables of a trap, such as a server in the background. */
export function endRest({ env }: SetTrap): void {
  const kernel = openKernel()
  for (const { pid } of kernel.processes()) {
    if (kernel.variables(pid)?.get('TRUTH') === env['TRUTH']) process.kill(pid, 'SIGKILL')
  }
}

/** Where to look, for wait-on and what is made of it: HTTP by GET, as its page advises. */
function resourceOf({ trap, place }: SetTrap): string {
  return trap.resource.replace('<port>', place.port).replace('http://', 'http-get://')
}

function start(
  words: readonly string[],
  set: SetTrap,
  more: Readonly<Record<string, string>> = {},
): ChildProcess {
  const [program = '', ...rest] = words
  const env = { ...process.env, ...set.env, ...more }
  return spawn(program, rest, { detached: true, stdio: 'ignore', env })
}

async function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}
