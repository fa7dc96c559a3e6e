/**
 * A storm: many processes that ask for ports at the same instant, and bind them a while later. The
 * same for Rampart and for what looks for free ports and lets go of them again.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { keeperOf } from './workbench.ts'

/** How one is made. */
export interface StormOptions {
  readonly strategy: 'rampart' | 'get-port' | 'portfinder' | 'detect-port'
  readonly processes: number
  readonly claims: number
  /** Between the answer and the bind. @unit ms */
  readonly delayMs: number
  readonly rounds: number
  /** Kills the broker this long after the storm began, and starts another one. @unit ms */
  readonly killAtMs?: number
}

/** What came of it. */
export interface StormResult {
  readonly asked: number
  /** Ports that two processes were given at the same time. */
  readonly doubles: number
  readonly failed: readonly string[]
  /** From the word to begin to the last answer, all rounds. @unit ms */
  readonly tookMs: number
}

interface Told {
  readonly ports: readonly number[]
  readonly failed: readonly string[]
}

/** Makes one, and leaves nothing behind. */
export async function runStorm(options: StormOptions): Promise<StormResult> {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-storm-'))
  const daemon = options.strategy === 'rampart' ? await Daemon.start(folder) : undefined
  const told: Told[][] = []
  let tookMs = 0
  try {
    for (let round = 0; round < options.rounds; round++) {
      const beganMs = performance.now()
      told.push(await runRound(options, round, folder, daemon))
      tookMs += performance.now() - beganMs
    }
  } finally {
    await daemon?.stop()
    const keeper = daemon === undefined ? undefined : await keeperOf(folder)
    if (keeper !== undefined) process.kill(keeper, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  const doubles = told.reduce((sum, round) => {
    const ports = round.flatMap((one) => one.ports)
    return sum + ports.length - new Set(ports).size
  }, 0)
  return {
    asked: told.flat().reduce((sum, { ports }) => sum + ports.length, 0),
    doubles,
    failed: told.flat().flatMap(({ failed }) => failed),
    tookMs: Math.round(tookMs),
  }
}

async function runRound(
  { strategy, processes, claims, delayMs, killAtMs }: StormOptions,
  round: number,
  folder: string,
  daemon: Daemon | undefined,
): Promise<Told[]> {
  const path = join(folder, 'broker.sock')
  const program = join(import.meta.dirname, 'storm-program.ts')
  const ones = Array.from({ length: processes }, (_, at) => {
    const words = [program, strategy, `${round}-${at}`, String(claims), String(delayMs), path]
    return new Client(spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] }))
  })
  try {
    await Promise.all(ones.map((one) => one.next()))
    for (const one of ones) one.say()
    const killing = killAtMs === undefined ? undefined : killLater(daemon, killAtMs)
    const told = await Promise.all(ones.map(async (one) => JSON.parse(await one.next()) as Told))
    await killing
    return told
  } finally {
    await Promise.all(ones.map((one) => one.end()))
  }
}

async function killLater(daemon: Daemon | undefined, afterMs: number): Promise<void> {
  await delay(afterMs)
  await daemon?.restart()
}

/** One process of the storm. */
class Client {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(child: ChildProcess) {
    this.#process = child
    if (child.stdout === null) throw new TypeError('it has no output')
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  }

  async next(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new TypeError('a process of the storm ended early')
    return String(value)
  }

  say(): void {
    this.#process.stdin?.write('\n')
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }
}

/** The broker program, which is killed without warning. */
class Daemon {
  readonly #folder: string
  #process: ChildProcess | undefined

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async start(folder: string): Promise<Daemon> {
    const daemon = new Daemon(folder)
    await daemon.#spawn()
    return daemon
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.#spawn()
  }

  async stop(): Promise<void> {
    if (this.#process === undefined) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
    this.#process = undefined
  }

  async #spawn(): Promise<void> {
    const program = join(import.meta.dirname, 'broker-program.ts')
    this.#process = spawn(process.execPath, [program, this.#folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (this.#process.stdout !== null) await once(this.#process.stdout, 'data')
  }
}
