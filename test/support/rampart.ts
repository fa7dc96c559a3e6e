/** The real `rampart` command as its own process, in a workspace of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { killDaemon, openWorkspace, PROGRAM } from './daemon.ts'

/** How a program ended, and what it wrote. */
export interface Finished {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A program that was started. */
export interface Started {
  readonly child: ChildProcess
  /** What it has written to standard error so far. */
  stderr(): string
  /** Resolves once it has ended and its streams are closed. */
  readonly finished: Promise<Finished>
}

/** Where and with which variables a program runs. */
export interface Surroundings {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The Node that runs it. @default the one that runs the tests */
  readonly node?: string
}

/** Starts a program of Node, for example `['examples/shop/demo.ts', '--exit']`. */
export function startNode(args: readonly string[], around: Surroundings): Started {
  const { node = process.execPath } = around
  // Components are started by the name `node`, which must be this very one.
  const path = [dirname(node), process.env['PATH']].join(delimiter)
  const env = { ...process.env, PATH: path, NO_COLOR: '1', ...around.env }
  const child = spawn(node, args, {
    cwd: around.cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
    })
  }
  const finished = once(child, 'close').then(([exitCode]) => ({ exitCode, ...texts }))
  return { child, stderr: () => texts.stderr, finished }
}

/** Starts `rampart`. */
export function startRampart(args: readonly string[], around: Surroundings): Started {
  return startNode([...PROGRAM.slice(1), ...args], around)
}

/** Runs `rampart` to its end. */
export function rampart(args: readonly string[], around: Surroundings): Promise<Finished> {
  return startRampart(args, around).finished
}

/** An empty folder, in which whatever a test ramps is ended with it. */
export function openFolder(t: TestContext, ...below: readonly string[]): string {
  return openWorkspace(t, ...below)
}

/** Stops the daemon of a folder, if there is one; the test fails when it does not obey. */
export async function stopDaemon(folder: string): Promise<void> {
  if (!existsSync(join(folder, '.rampart', 'daemon.json'))) return
  const { exitCode, stderr } = await rampart(['daemon', 'stop', '--workspace', folder], {
    cwd: folder,
  })
  if (exitCode === 0) return
  killDaemon(folder)
  throw new Error(`the daemon did not stop: ${stderr}`)
}
