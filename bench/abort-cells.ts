/** An environment of two servers, of which one breaks while the other is waited for, brought up by each. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openKernel } from '../src/runtimes/process/kernel/open-kernel.ts'
import { PROGRAM } from '../test/support/daemon.ts'
import { freePort } from '../test/support/free-port.ts'
import { ROOT } from './measure/machine.ts'
import { withFolder } from './measure/temporary-folder.ts'
import { rampart } from './program-cells.ts'

/** How the server breaks. */
export type Breakage = 'crash' | 'wrong' | 'hang'

/** What became of it. */
export interface Aborted {
  /** From breaking until whoever brought it up had ended. @unit ms */
  readonly afterMs: number
  /** How many of the two servers were still there then. */
  readonly left: number
}

/** The two servers of one trial. */
interface Pair {
  readonly folder: string
  readonly ports: readonly [api: number, late: number]
  /** The variables of each. */
  readonly env: readonly [api: Variables, late: Variables]
}

type Variables = Readonly<Record<string, string>>

/** Brings both up once; resolves with when the tool had ended. @unit ms since 1970 */
export type Attempt = (pair: Pair) => Promise<number>

const SERVER = [process.execPath, join(import.meta.dirname, 'programs/breaking.ts')] as const

/** One trial. */
export function abortTrial(attempt: Attempt, breakage: Breakage): Promise<Aborted> {
  return withFolder(async (folder) => {
    const ports = [await freePort(), await freePort()] as const
    const broke = join(folder, 'broke')
    const variables = (mode: string, port: number): Variables => {
      return { MODE: mode, PORT: String(port), BROKE: broke }
    }
    const env = [variables(breakage, ports[0]), variables('never', ports[1])] as const
    const endedAtMs = await attempt({ folder, ports, env })
    const left = stillThere(broke)
    for (const pid of left) process.kill(pid, 'SIGKILL')
    return { afterMs: endedAtMs - Number(readFileSync(broke, 'utf8')), left: left.length }
  })
}

/** `rampart up`, and the daemon stopped afterwards. */
export function rampartAttempt(condition: object, limitMs: number): Attempt {
  return async ({ folder, ports, env }) => {
    const component = (index: 0 | 1): object => ({
      run: { command: SERVER, env: env[index] },
      ready: [{ http: urlOf(ports[index]), ...condition }],
      deadline: `${limitMs}ms`,
    })
    const spec = { components: { api: component(0), late: component(1) } }
    const metadata = { name: 'pair' }
    const contract = { apiVersion: 'rampart/v1', kind: 'Environment', metadata, spec }
    writeFileSync(join(folder, 'rampart.yaml'), JSON.stringify(contract))
    const endedAtMs = await ended(start([...PROGRAM, 'up'], { cwd: folder }))
    await rampart(folder, 'daemon', 'stop')
    return endedAtMs
  }
}

/** Both in the background, then `wait-on -t <limit>` for both. */
export function waitOnAttempt(limitMs: number): Attempt {
  const waitOn = join(ROOT, 'node_modules/.bin/wait-on')
  return async ({ folder, ports, env }) => {
    for (const variables of env) start(SERVER, { cwd: folder, env: variables })
    const urls = ports.map((port) => urlOf(port).replace('http:', 'http-get:'))
    return await ended(
      start([process.execPath, waitOn, '-t', String(limitMs), ...urls], { cwd: folder }),
    )
  }
}

/** `start-server-and-test`, one after the other, as it does. */
export function serverAndTestAttempt(limitMs: number): Attempt {
  const program = join(import.meta.dirname, 'programs/one-after-another.ts')
  return async ({ folder, ports, env }) => {
    const services = env.map((variables, index) => {
      const words = Object.entries(variables).map(([name, value]) => `${name}='${value}'`)
      const url = urlOf(ports[index] ?? 0).replace('http:', 'http-get:')
      return { start: `${words.join(' ')} ${SERVER.join(' ')}`, url }
    })
    const words = [process.execPath, program, JSON.stringify(services), 'true']
    return await ended(start(words, { cwd: folder, env: { WAIT_ON_TIMEOUT: String(limitMs) } }))
  }
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}/`
}

function stillThere(broke: string): readonly number[] {
  const kernel = openKernel()
  const found = kernel.processes().filter(({ pid }) => {
    const variables = kernel.variables(pid)
    return variables?.get('BROKE') === broke && variables.get('MODE') !== undefined
  })
  // A shell that only starts the server is not one more server.
  return found.map(({ pid }) => pid).filter((pid) => kernel.command(pid).includes('breaking.ts'))
}

function start(
  words: readonly string[],
  around: { readonly cwd: string; readonly env?: Variables },
): ChildProcess {
  const [program = '', ...rest] = words
  const env = { ...process.env, ...around.env }
  return spawn(program, rest, { cwd: around.cwd, env, detached: true, stdio: 'ignore' })
}

async function ended(child: ChildProcess): Promise<number> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return Date.now()
}
