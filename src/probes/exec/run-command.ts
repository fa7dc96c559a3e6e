/**
 * Runs one command in a process group of its own, with bounded output. When the command has ended,
 * or time is up, the whole group is killed, so that nothing it started stays behind.
 */
import { type ChildProcess, spawn } from 'node:child_process'

/** How long the pipes may stay open once the command has ended and its group is dead. @unit ms */
const DRAIN_MS = 100

/** What to run. */
export interface CommandToRun {
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly outputBytesMax: number
  readonly signal: AbortSignal
}

/** How it went. */
export interface CommandOutcome {
  /** `stopped`: killed because time was up; `flooded`: killed because it put out too much. */
  readonly end: 'exited' | 'stopped' | 'flooded' | 'unstarted'
  readonly code?: number
  readonly signal?: string
  /** Why it could not be started: `ENOENT`, `EACCES`. */
  readonly error?: string
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command; never rejects. */
export function runCommand(toRun: CommandToRun): Promise<CommandOutcome> {
  const { signal } = toRun
  if (signal.aborted) return Promise.resolve({ end: 'stopped', stdout: '', stderr: '' })
  return new Promise((resolve) => {
    const [program = '', ...args] = toRun.command
    const child = start(program, args, toRun)
    if (!('pid' in child)) return resolve({ end: 'unstarted', ...child, stdout: '', stderr: '' })
    let end: CommandOutcome['end'] = 'exited'
    let drained: NodeJS.Timeout | undefined
    const stop = (why: CommandOutcome['end']): void => {
      if (end === 'exited') end = why
      killGroup(child)
    }
    const abort = (): void => stop('stopped')
    const stdout = collect(child.stdout, toRun.outputBytesMax, () => stop('flooded'))
    const stderr = collect(child.stderr, toRun.outputBytesMax, () => stop('flooded'))
    signal.addEventListener('abort', abort, { once: true })
    child.once('exit', () => {
      killGroup(child)
      // Something that left the group may hold the pipes open for ever.
      drained = setTimeout(() => closePipes(child), DRAIN_MS)
    })
    child.once('error', (error) => {
      signal.removeEventListener('abort', abort)
      resolve({ end: 'unstarted', error: codeOf(error), stdout: '', stderr: '' })
    })
    child.once('close', (code, killedBy) => {
      clearTimeout(drained)
      signal.removeEventListener('abort', abort)
      resolve({
        end,
        ...(code === null ? {} : { code }),
        ...(killedBy === null ? {} : { signal: killedBy }),
        stdout: stdout(),
        stderr: stderr(),
      })
    })
  })
}

/** Some failures to start are thrown at once, others come as an event. */
function start(
  program: string,
  args: readonly string[],
  toRun: CommandToRun,
): ChildProcess | { readonly error: string } {
  try {
    return spawn(program, args, {
      cwd: toRun.cwd,
      env: toRun.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (thrown) {
    return { error: codeOf(thrown) }
  }
}

/** Keeps at most `bytesMax` of a stream; calls `flooded` when there is more. */
function collect(
  stream: NodeJS.ReadableStream | null,
  bytesMax: number,
  flooded: () => void,
): () => string {
  const chunks: Buffer[] = []
  let bytes = 0
  stream?.on('data', (chunk: Buffer) => {
    const room = bytesMax - bytes
    if (room > 0) chunks.push(chunk.subarray(0, room))
    bytes += chunk.length
    if (bytes > bytesMax) flooded()
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (thrown) {
    // ESRCH: nobody is left, which is what was wanted. EPERM: only dead members are left (macOS).
    if (!['ESRCH', 'EPERM'].includes(codeOf(thrown))) throw thrown
  }
}

function closePipes(child: ChildProcess): void {
  child.stdout?.destroy()
  child.stderr?.destroy()
}

function codeOf(thrown: unknown): string {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : 'UNKNOWN'
}
