/**
 * nginx as a data plane: the servers of each upstream are in a file of their own that its configuration
 * includes, and every change is a reload. What is under way goes on in the old workers, which are
 * watched until they are gone. nginx closes idle kept connections when it reloads: a client that just
 * sends a request on one loses it, so that this is not the plane for clients that never repeat.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { Fault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Backend, DataPlane, RoutedBackend } from '../../seams/data-plane.ts'
import type { KernelProcesses } from '../../seams/kernel-processes.ts'
import { pause } from '../../seams/pause.ts'
import { checkBackend } from '../backend/check-backend.ts'
import { readServers, writeServers } from './servers-file.ts'
import { type NginxWorker, workersOf } from './workers.ts'

const run = promisify(execFile)

/** How long a reload may take until the new workers are there. @unit ms */
const RELOAD_MS = 10_000
const LOOK_MS = 10

/** Where nginx is, and what it reads. */
export interface NginxOptions {
  /** Its main configuration, as an absolute path. */
  readonly configPath: string
  /** Where its master writes its number, as `pid` in the configuration says. */
  readonly pidPath: string
  /** For each front the file that its `upstream` includes: `upstream api { include …; }`. */
  readonly serverFiles: Readonly<Record<string, string>>
  /** @default nginx, as PATH finds it */
  readonly program?: string
  readonly kernel: KernelProcesses
  readonly clock: Clock
  /** One line for the daemon's log: what was cut off. */
  readonly log: (line: string) => void
}

/** The data plane. Workers are told apart by the kernel, so that nginx needs no module. */
export class NginxPlane implements DataPlane {
  readonly name = 'nginx'
  readonly #options: NginxOptions
  /** Workers that knew a backend when it was drained, by front and id. */
  readonly #old = new Map<string, readonly NginxWorker[]>()
  #doing: Promise<unknown> = Promise.resolve()

  constructor(options: NginxOptions) {
    this.#options = options
  }

  async route(front: string, backend: Backend): Promise<void> {
    checkBackend(front, backend)
    const routed = { ...plain(backend), state: 'routed' } as const
    await this.#change(front, (servers) => {
      const isKnown = servers.some(({ id }) => id === backend.id)
      if (!isKnown) return [...servers, routed]
      return servers.map((one) => (one.id === backend.id ? routed : one))
    })
    this.#old.delete(keyOf(front, backend))
  }

  async drain(front: string, backend: Backend): Promise<void> {
    checkBackend(front, backend)
    const before = await this.#change(front, (servers) =>
      servers.map((one) => (one.id === backend.id ? { ...one, state: 'draining' } : one)),
    )
    const key = keyOf(front, backend)
    if (before !== undefined) this.#old.set(key, [...before, ...(this.#old.get(key) ?? [])])
  }

  /**
   * Of one that drains: how many old workers are left that may still have a request there, at least
   * one request each. While it is routed nobody can tell.
   */
  async inFlight(front: string, backend: Backend): Promise<number | undefined> {
    const known = (await this.backends(front)).find(({ id }) => id === backend.id)
    if (known === undefined) return 0
    if (known.state === 'routed') return undefined
    return this.#left(front, backend).length
  }

  async remove(front: string, backend: Backend): Promise<void> {
    const known = (await this.backends(front)).find(({ id }) => id === backend.id)
    if (known === undefined) return
    const left = known.state === 'draining' ? this.#left(front, backend) : undefined
    const before = await this.#change(front, (servers) =>
      servers.filter(({ id }) => id !== backend.id),
    )
    const workers = (left ?? before ?? []).filter((one) => this.#isAlive(one))
    this.#old.delete(keyOf(front, backend))
    if (workers.length === 0) return
    const { log } = this.#options
    log(`${workers.length} old workers of nginx were cut off with what they had of ${front}.`)
    for (const { pid } of workers) endWorker(pid)
  }

  /** What its file says, which it has loaded: what it refuses, or does not load, is taken back. */
  async backends(front: string): Promise<readonly RoutedBackend[]> {
    return readServers(this.#fileOf(front))
  }

  /**
   * Writes, checks, reloads, and waits until no worker that has read the old file takes new
   * connections. One change at a time.
   *
   * @returns the workers from before; undefined when nothing had to be loaded
   */
  #change(
    front: string,
    edit: (servers: readonly RoutedBackend[]) => readonly RoutedBackend[],
  ): Promise<readonly NginxWorker[] | undefined> {
    const doing = this.#doing.then(async () => {
      const file = this.#fileOf(front)
      const old = readServers(file)
      const wanted = edit(old)
      if (JSON.stringify(wanted) === JSON.stringify(old) && existsSync(file)) return undefined
      // Where nobody reads it, nothing is written: it would seem to be so from then on.
      if (needsReload(old, wanted)) this.#master()
      writeServers(file, wanted)
      try {
        await this.#test()
        return needsReload(old, wanted) ? await this.#reload() : undefined
      } catch (error) {
        // Else the next try would find what it wants in the file, and never load it.
        writeServers(file, old)
        throw error
      }
    })
    // Whoever asked for this change is told of its failure; the next one begins all the same.
    this.#doing = doing.catch(() => undefined)
    return doing
  }

  async #test(): Promise<void> {
    const { program = 'nginx', configPath } = this.#options
    try {
      await run(program, ['-t', '-q', '-c', configPath])
    } catch (cause) {
      const { stderr = '', message } = cause as {
        readonly stderr?: string
        readonly message: string
      }
      throw failed('check its configuration', stderr.trim() || message)
    }
  }

  async #reload(): Promise<readonly NginxWorker[]> {
    const { kernel, clock } = this.#options
    const master = this.#master()
    const before = workersOf(kernel, master)
    process.kill(master, 'SIGHUP')
    const untilMs = performance.now() + RELOAD_MS
    const known = new Set(before.map(({ pid }) => pid))
    for (;;) {
      const now = workersOf(kernel, master)
      const hasNew = now.some(({ pid, isEnding }) => !known.has(pid) && !isEnding)
      if (hasNew && now.every(({ pid, isEnding }) => isEnding || !known.has(pid))) return before
      if (performance.now() > untilMs) {
        throw failed('reload', 'no new workers came in time; its error log says why.')
      }
      await pause(clock, LOOK_MS)
    }
  }

  /** The master's number, if that process is nginx: a file may outlive what it speaks of. */
  #master(): number {
    const { pidPath, kernel } = this.#options
    const pid = existsSync(pidPath) ? Number(readFileSync(pidPath, 'utf8').trim()) : Number.NaN
    if (pid > 1 && kernel.command(pid).startsWith('nginx: master process')) return pid
    throw failed('reload', `it does not run: ${pidPath} names no master process of nginx.`)
  }

  #left(front: string, backend: Backend): readonly NginxWorker[] {
    const old = this.#old.get(keyOf(front, backend))
    if (old !== undefined) return old.filter((one) => this.#isAlive(one))
    // Drained by an earlier daemon: whoever is ending now may have known it.
    return workersOf(this.#options.kernel, this.#master()).filter(({ isEnding }) => isEnding)
  }

  #isAlive({ pid, started }: NginxWorker): boolean {
    return this.#options.kernel.process(pid)?.started === started
  }

  #fileOf(front: string): string {
    const file = this.#options.serverFiles[front]
    if (file !== undefined) return file
    throw failed(`find the servers of ${front}`, 'no file was named for this front.')
  }
}

/** One that is switched off gets nothing, whether it is still known or not; each reload costs clients. */
function needsReload(old: readonly RoutedBackend[], wanted: readonly RoutedBackend[]): boolean {
  const routed = (servers: readonly RoutedBackend[]): string =>
    JSON.stringify(servers.filter(({ state }) => state === 'routed'))
  return routed(old) !== routed(wanted)
}

/** Quiet when it has just ended by itself. */
function endWorker(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function plain({ id, address, port }: Backend): Backend {
  return { id, address, port }
}

function keyOf(front: string, { id }: Backend): string {
  return `${front} ${id}`
}

function failed(operation: string, hint: string): Fault {
  return new Fault({ code: 'data-plane-failed', operation, subject: 'nginx', hint })
}
