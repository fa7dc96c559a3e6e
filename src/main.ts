/**
 * The only place where all parts are put together: the command line with what it reaches the outside
 * through, and the daemon. Whatever a command does not need is loaded only when it is needed.
 */
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { CliParts, RunAgentOptions, RunDaemonOptions } from './cli/cli-parts.ts'
import { runCli } from './cli/program.ts'
import { SystemClock } from './clock/system-clock.ts'
import type { ProcessIdentity } from './core/port/port-lease.ts'
import { findWorkspace } from './server/client/find-workspace.ts'
import type { Log } from './telemetry/log-about.ts'

const clock = new SystemClock()
const ROOT = new URL('../', import.meta.url)
const version = readVersion()

/** Runs one command. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  surviveClosedStreams()
  let wasDaemon = false
  const runDaemon = (options: RunDaemonOptions): Promise<number> => {
    wasDaemon = true
    return runDaemonHere(options)
  }
  const runAgent = (options: RunAgentOptions): Promise<number> => {
    wasDaemon = true
    return runAgentHere(options)
  }
  const exitCode = await runCli(argv, { ...cliParts(), runDaemon, runAgent })
  // Commands may be under way for as long as they like; the next daemon repeats them.
  if (wasDaemon) process.exit(exitCode)
  return exitCode
}

/**
 * Whoever reads may stop reading, as `head` does; what is done goes on, or ends as it would have. A log
 * that cannot be written, on a disk that is full, ends nothing either: nobody could be told of it.
 */
function surviveClosedStreams(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  process.stderr.on('error', () => undefined)
}

function cliParts(): Omit<CliParts, 'runDaemon' | 'runAgent'> {
  return {
    version,
    cwd: process.cwd(),
    settings: { ...process.env },
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    user: userName(),
    nowMs: () => clock.nowMs(),
    identify,
    async openKernel() {
      const { openKernel } = await import('./runtimes/process/kernel/open-kernel.ts')
      return openKernel()
    },
    async openSockets() {
      const { openSystemSockets } = await import('./ports/keeper/system-sockets.ts')
      return await openSystemSockets()
    },
    onInterrupt,
    onTermination,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask, askSecret } : {}),
    findWorkspace,
    async connectDaemon(workspace, options) {
      const { connectDaemon } = await import('./server/client/connect-daemon.ts')
      const anyVersion = options?.anyVersion === true
      return connectDaemon(anyVersion ? { workspace } : { workspace, version })
    },
    async ensureDaemon(workspace) {
      const { ensureDaemon } = await import('./server/client/ensure-daemon.ts')
      return ensureDaemon({ workspace, version, program: program() })
    },
    async moveStore(options) {
      const { transfer } = await import('./daemon/transfer/transfer.ts')
      return transfer({ ...options, settings: process.env, clock })
    },
    async openContainers(workspace) {
      const { openCopiedContainers } = await import('./daemon/copied-containers.ts')
      return openCopiedContainers(workspace, definedOnly(process.env))
    },
  }
}

/** How this very program is started again: with the same Node, in the repository and when installed. */
function program(): readonly string[] {
  return [process.execPath, fileURLToPath(new URL('bin/rampart.mjs', ROOT))]
}

async function runDaemonHere(options: RunDaemonOptions): Promise<number> {
  const { runDaemon } = await import('./daemon/daemon.ts')
  const settings = definedOnly(process.env)
  const signal = untilTold()
  const log = options.doors === undefined ? logText : await openLog(settings)
  await runDaemon({ ...options, version, settings, user: userName(), signal, log })
  return 0
}

/** Sentences for a person at a terminal, JSON for whoever collects what servers and agents write. */
async function openLog(settings: Readonly<Record<string, string>>): Promise<Log> {
  const form = settings['RAMPART_LOG'] || (process.stderr.isTTY ? 'text' : 'json')
  if (form === 'text') return logText
  const { openJsonLog } = await import('./telemetry/json-log.ts')
  return await openJsonLog(version)
}

async function runAgentHere(options: RunAgentOptions): Promise<number> {
  const { runAgentProcess } = await import('./daemon/agent.ts')
  const settings = definedOnly(process.env)
  const log = await openLog(settings)
  await runAgentProcess({ ...options, version, settings, signal: untilTold(), log })
  return 0
}

/** Aborted when this process is told to end. */
function untilTold(): AbortSignal {
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // The terminal that started it may go away.
  process.on('SIGHUP', () => undefined)
  return stopping.signal
}

/** Asked by commands that are run with ports; every other one does without looking at processes. */
async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const { openKernel } = await import('./runtimes/process/kernel/open-kernel.ts')
  const { identityOf } = await import('./runtimes/process/kernel/kernel.ts')
  return identityOf(openKernel(), pid)
}

function logText(line: string): void {
  process.stderr.write(`${new Date(clock.nowMs()).toISOString()} ${line}\n`)
}

function onInterrupt(callback: () => void): () => void {
  process.on('SIGINT', callback)
  return () => process.off('SIGINT', callback)
}

function onTermination(callback: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, callback)
  return () => {
    for (const signal of signals) process.off(signal, callback)
  }
}

/** Asks on standard error, so that what is asked never ends up in a file of data. */
async function ask(question: string): Promise<string | undefined> {
  return await askAt(process.stderr, question)
}

/** What is typed goes nowhere: neither who looks on nor the scrollback is to have it. */
async function askSecret(question: string): Promise<string | undefined> {
  const { Writable } = await import('node:stream')
  process.stderr.write(question)
  const nowhere = new Writable({ write: (_piece, _encoding, done) => done() })
  try {
    return await askAt(nowhere, '')
  } finally {
    process.stderr.write('\n')
  }
}

async function askAt(output: NodeJS.WritableStream, question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output, terminal: true })
  const gone = new AbortController()
  lines.once('SIGINT', () => gone.abort())
  lines.once('close', () => gone.abort())
  try {
    return await lines.question(question, { signal: gone.signal })
  } catch (error) {
    if (gone.signal.aborted) return undefined
    throw error
  } finally {
    lines.close()
  }
}

function readVersion(): string {
  const text = readFileSync(new URL('package.json', ROOT), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user without a name, as in many containers.
    return `uid-${process.getuid?.() ?? 'unknown'}`
  }
}

function definedOnly(
  variables: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const defined = Object.entries(variables).filter((pair): pair is [string, string] => {
    return pair[1] !== undefined
  })
  return Object.fromEntries(defined)
}
