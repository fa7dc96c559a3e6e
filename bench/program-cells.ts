/** Each of us as a program on the command line: a server gets ready, and what waited for it starts. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { FlipServer } from './measure/flip-server.ts'
import { ROOT } from './measure/machine.ts'
import { Pipe } from './measure/pipe.ts'

const run = promisify(execFile)

/** The end of every chain: a shell whose first instruction is to say so. */
export class Dependent {
  readonly #pipe: Pipe
  #heard: (atMs: number) => void = () => undefined

  constructor(folder: string) {
    this.#pipe = new Pipe(join(folder, 'first-instruction'))
    this.#pipe.listen((_line, atMs) => this.#heard(atMs))
  }

  /** What it does first, for a shell. */
  get script(): string {
    return `echo here > '${this.#pipe.path}'`
  }

  /** Resolves when its first instruction has run. @unit ms, monotonic */
  first(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>()
    this.#heard = resolve
    return promise
  }

  close(): void {
    this.#pipe.stopListening()
  }
}

/** From the flip to the dependent's first instruction, when it flips after `delayMs`. @unit ms */
export type ProgramTrial = (delayMs: number) => Promise<number>

/** What a trial works with. */
export interface Place {
  readonly folder: string
  readonly server: FlipServer
  readonly dependent: Dependent
}

/** `rampart up`, with the daemon running already, as it does after the first use. */
export function rampartTrial({ folder, server, dependent }: Place, every: object): ProgramTrial {
  const file = join(folder, 'rampart.yaml')
  const command = ['/bin/sh', '-c', `${dependent.script}; exec sleep 600`]
  const components = {
    server: { ready: [{ http: { url: server.url }, ...every }] },
    dependent: { needs: ['server'], run: { command } },
  }
  const spec = { components }
  const metadata = { name: 'flip' }
  const contract = { apiVersion: 'rampart/v1', kind: 'Environment', metadata, spec }
  return async (delayMs) => {
    // JSON is YAML as well.
    writeFileSync(file, JSON.stringify(contract))
    const flip = await server.arm(delayMs)
    const first = dependent.first()
    await rampart(folder, 'up', '--detach')
    const latencyMs = (await first) - (await flip.flipped).atMs
    await rampart(folder, 'down')
    return latencyMs
  }
}

/** One command of Rampart in a folder, run to its end. */
export async function rampart(folder: string, ...words: readonly string[]): Promise<void> {
  await run(process.execPath, [join(ROOT, 'bin/rampart.mjs'), ...words], { cwd: folder })
}

/** `wait-on <url> && …` */
export function waitOnTrial({ server, dependent }: Place, flags: string): ProgramTrial {
  const program = join(ROOT, 'node_modules/.bin/wait-on')
  return async (delayMs) => {
    const flip = await server.arm(delayMs)
    const first = dependent.first()
    const child = shell(`'${program}' ${flags} ${getUrl(server)} && ${dependent.script}`, {})
    const latencyMs = (await first) - (await flip.flipped).atMs
    await ended(child)
    return latencyMs
  }
}

/** `start-server-and-test <server> <url> <test>`; the server it starts only stays. */
export function serverAndTestTrial(
  { server, dependent }: Place,
  env: Readonly<Record<string, string>>,
): ProgramTrial {
  const program = join(ROOT, 'node_modules/.bin/start-server-and-test')
  return async (delayMs) => {
    const flip = await server.arm(delayMs)
    const first = dependent.first()
    const child = shell(`'${program}' 'sleep 600' ${getUrl(server)} "${dependent.script}"`, env)
    const latencyMs = (await first) - (await flip.flipped).atMs
    await ended(child)
    return latencyMs
  }
}

function shell(script: string, env: Readonly<Record<string, string>>): ChildProcess {
  return spawn('/bin/sh', ['-c', script], { stdio: 'ignore', env: { ...process.env, ...env } })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await once(child, 'exit')
}

function getUrl(server: FlipServer): string {
  return server.url.replace('http://', 'http-get://')
}
