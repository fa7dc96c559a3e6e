/**
 * One replica as its own process, with a way of its own to the database: it is killed and started
 * again, stopped for a while, and cut off. Nothing of it is left once the storm is over.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROGRAM } from '../support/daemon.ts'
import { freePort } from '../support/free-port.ts'
import { startTcpRelay, type TcpRelay } from '../support/tcp-relay.ts'

/** Where a process lives and what it is told. */
export interface Surroundings {
  /** The storm's folder. */
  readonly folder: string
  readonly settings: Readonly<Record<string, string>>
}

/** A `rampart` that runs until it is ended; everything it says goes into a file. */
export class RampartProcess {
  readonly name: string
  readonly workspace: string
  readonly #args: readonly string[]
  readonly #around: Surroundings
  #child: ChildProcess | undefined

  constructor(name: string, args: readonly string[], around: Surroundings) {
    this.name = name
    this.workspace = join(around.folder, name)
    mkdirSync(this.workspace, { recursive: true })
    this.#args = args
    this.#around = around
  }

  /** The file of its words. */
  get logFile(): string {
    return join(this.#around.folder, `${this.name}.log`)
  }

  /** All that it has said, in every life. */
  words(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : ''
  }

  start(): void {
    const [node = process.execPath, ...program] = PROGRAM
    const args = [...program, ...this.#args, '--workspace', this.workspace]
    const env = { ...process.env, NO_COLOR: '1', ...this.#around.settings }
    const child = spawn(node, args, {
      cwd: this.workspace,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece: Buffer) => appendFileSync(this.logFile, piece))
    }
    this.#child = child
  }

  /** Ends it as a crash would. Idempotent. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  }

  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  /** How it ended, if it has. */
  get ending(): string | undefined {
    const { exitCode, signalCode } = this.#child ?? {}
    if (signalCode !== null && signalCode !== undefined) return signalCode
    return exitCode === null || exitCode === undefined ? undefined : `exit ${exitCode}`
  }
}

/** A replica and its way to the database. */
export interface Replica {
  readonly process: RampartProcess
  readonly relay: TcpRelay
  readonly url: string
}

/** What a replica is made of. */
export interface ReplicaOptions {
  readonly name: string
  readonly around: Surroundings
  readonly database: { readonly url: string; readonly port: number }
  readonly keyFile: string
  readonly leaseMs: number
}

/** Makes one without starting it. */
export async function makeReplica(options: ReplicaOptions): Promise<Replica> {
  const { name, around, database, keyFile, leaseMs } = options
  const relay = await startTcpRelay(database.port)
  const port = await freePort()
  const through = database.url.replace(`:${database.port}/`, `:${relay.port}/`)
  const args = ['serve', '--listen', `127.0.0.1:${port}`, '--replica', name, '--key-file', keyFile]
  const settings = {
    ...around.settings,
    RAMPART_DATABASE: through,
    RAMPART_LEASE_MS: String(leaseMs),
  }
  const running = new RampartProcess(name, args, { ...around, settings })
  return { process: running, relay, url: `http://127.0.0.1:${port}` }
}
