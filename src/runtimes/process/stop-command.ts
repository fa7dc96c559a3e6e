/**
 * Runs the command by which a component wants to be asked to end (`pg_ctl stop`, `nginx -s quit`).
 * Its failure is a note, never the end of stopping: the signal comes after it in any case.
 */
import { spawn } from 'node:child_process'
import { type Placement, substitute } from '../placement/variables.ts'
import { findCommandFile } from './command-file.ts'

/** What to run. */
export interface StopCommand {
  readonly command: readonly string[]
  readonly cwd: string
  readonly placement: Placement
  /** The component's own variables. */
  readonly variables: Readonly<Record<string, string>>
  readonly searchPath: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Runs it to its end. Answers with what went wrong, as a verb phrase, or undefined. */
export async function runStopCommand(stop: StopCommand): Promise<string | undefined> {
  const [name = '', ...words] = stop.command.map((word) => substitute(word, stop.placement))
  const file = findCommandFile(name, stop.cwd, stop.variables['PATH'] ?? stop.searchPath)
  if (stop.signal.aborted) return 'was given up'
  if (file.path === undefined) return `could not be run: ${file.sentence}`
  const child = spawn(file.path, words, {
    cwd: stop.cwd,
    env: { ...stop.variables },
    detached: true,
    stdio: 'ignore',
  })
  return await new Promise((resolve) => {
    const giveUp = (why: string): void => {
      if (child.pid !== undefined && child.exitCode === null) killGroup(child.pid)
      settle(why)
    }
    const aborted = (): void => giveUp('was given up')
    const timer = setTimeout(() => giveUp(`took longer than ${stop.timeoutMs} ms`), stop.timeoutMs)
    const settle = (problem: string | undefined): void => {
      clearTimeout(timer)
      stop.signal.removeEventListener('abort', aborted)
      resolve(problem)
    }
    stop.signal.addEventListener('abort', aborted, { once: true })
    child.once('error', (error) => settle(`could not be run: ${error.message}`))
    child.once('exit', (code, signal) => {
      settle(code === 0 ? undefined : `ended with ${code ?? signal}`)
    })
  })
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
