/** Services that change hands, and load whose every request is accounted for. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'

const SERVICE = join(import.meta.dirname, 'fixtures/counting-server.ts')

/** Whoever cleans up: a test, or a bench. */
export type Afterwards = Pick<TestContext, 'after'>

/** A scratch folder that goes with its test. */
export function scratch(context: Afterwards): string {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-handover-'))
  writeFileSync(join(folder, 'tally'), '')
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

/** One instance of the service. */
export interface Service {
  readonly child: ChildProcess
  readonly port: number
}

/** How a service is started. */
export interface ServiceWishes {
  readonly port?: number
  readonly ending?: string
  /** How long it takes over each answer. @unit ms @default 0 */
  readonly answerMs?: number
}

/** The command of one that counts in a scratch folder. */
export function serviceCommand(folder: string, ending = 'drain'): string[] {
  return [process.execPath, SERVICE, join(folder, 'tally'), ending]
}

/** Starts one, and waits until it listens. */
export async function startService(
  context: Afterwards,
  folder: string,
  given: ServiceWishes = {},
): Promise<Service> {
  const { port = 0, ending = 'drain', answerMs = 0 } = given
  const [program = '', ...words] = serviceCommand(folder, ending)
  const child = spawn(program, words, {
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      LINGER_MS: '1000',
      ANSWER_MS: String(answerMs),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  context.after(() => child.kill('SIGKILL'))
  assert.ok(child.stdout !== null)
  const [line] = await once(createInterface(child.stdout), 'line')
  return { child, port: Number(String(line).split(' ')[1]) }
}

/** Asks it to end, and waits until it has. */
export async function stopService(
  { child }: Service,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

/** What wrk has seen. */
export interface WrkReport {
  readonly requests: number
  /** What wrk calls socket errors (none were refused: `connect` among them is 0), and non-2xx. */
  readonly errors: number
  readonly connectErrors: number
  /** Of all its requests. @unit ms */
  readonly latencyMsP99: number
  /** @unit requests a second */
  readonly rate: number
  readonly report: string
}

/** What came of some load. */
export interface LoadReport extends WrkReport {
  readonly posted: number
  readonly postFailures: number
  /** Posts that a client was told of and that were not counted, and those that were counted twice. */
  readonly lost: number
  readonly doubled: number
}

/** Load under way: wrk with many connections, and eight clients that post. */
export interface Load {
  /** Resolves once so many more posts have been answered. */
  pass(count: number): Promise<void>
  stop(): Promise<LoadReport>
}

/** Begins to load a server. */
export function startLoad(
  context: Afterwards,
  folder: string,
  target: {
    readonly port: number
    readonly keepsAlive: boolean
    /** Of wrk. @default 64 */
    readonly connections?: number
  },
): Load {
  const { port, keepsAlive, connections = 64 } = target
  const close = keepsAlive ? [] : ['-H', 'Connection: close']
  // Slow is not lost: that many processes may well keep two processors busy for seconds.
  const words = [
    '-t1',
    `-c${connections}`,
    '-d120s',
    '--latency',
    '--timeout',
    '30s',
    ...close,
    `http://127.0.0.1:${port}/`,
  ]
  const wrk = spawn('wrk', words, { stdio: ['ignore', 'pipe', 'inherit'] })
  context.after(() => wrk.kill('SIGKILL'))
  const report = text(wrk.stdout)
  const agent = new Agent({ keepAlive: keepsAlive })
  let [isStopped, next, failures] = [false, 0, 0]
  const answered: string[] = []
  const poster = async (): Promise<void> => {
    while (!isStopped) {
      next += 1
      const name = `post-${next}`
      if (await post(port, agent, name)) answered.push(name)
      else failures += 1
    }
  }
  const posters = Array.from({ length: 8 }, poster)
  return {
    pass: async (count) => {
      const goal = next + count
      const untilMs = performance.now() + 20_000
      while (next < goal) {
        assert.ok(performance.now() < untilMs, 'the load goes on')
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    stop: async () => {
      isStopped = true
      await Promise.all(posters)
      agent.destroy()
      wrk.kill('SIGINT')
      const printed = await report
      const tally = readFileSync(join(folder, 'tally'), 'utf8').trim().split('\n')
      const counted = new Set(tally)
      return {
        ...readWrk(printed),
        posted: answered.length,
        postFailures: failures,
        lost: answered.filter((name) => !counted.has(name)).length,
        doubled: tally.length - counted.size,
      }
    },
  }
}

/** What wrk has printed. */
export function readWrk(report: string): WrkReport {
  const number = (pattern: RegExp): number => Number(pattern.exec(report)?.[1] ?? 0)
  const sockets = /connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(report) ?? []
  const socketErrors = sockets.slice(1).reduce((sum, count) => sum + Number(count), 0)
  return {
    requests: number(/(\d+) requests in/),
    errors: socketErrors + number(/Non-2xx or 3xx responses: (\d+)/),
    connectErrors: Number(sockets[1] ?? 0),
    latencyMsP99: readMs(/99%\s+(\S+)/.exec(report)?.[1] ?? ''),
    rate: number(/Requests\/sec:\s+([\d.]+)/),
    report,
  }
}

function readMs(text: string): number {
  const [, value = '', unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? []
  return Number(value) * (unit === 's' ? 1_000 : unit === 'us' ? 0.001 : 1)
}

function post(port: number, agent: Agent, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ port, host: '127.0.0.1', method: 'POST', agent }, (response) => {
      response.resume()
      response.once('error', () => resolve(false))
      response.once('end', () => resolve(response.statusCode === 200))
    })
    sent.once('error', () => resolve(false))
    sent.end(name)
  })
}
