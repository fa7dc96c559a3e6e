/**
 * A real RabbitMQ for tests, with its management plugin: its own data folder and free ports, and its own
 * epmd, because the one that Erlang would start goes on after the test. Users, vhosts and queues are
 * made by the management plugin.
 */
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

/** A server that can be started, stopped and started again on its ports, with its data. */
export interface RabbitmqServer {
  readonly port: number
  readonly management: string
  /** Settles at once, before it accepts. */
  start(): void
  /** Asks the management plugin; the path is counted from `/api/`. */
  api(method: string, path: string, body?: unknown): Promise<unknown>
  /** Runs rabbitmqctl. */
  control(...words: readonly string[]): Promise<void>
  /** A worker of a queue, which takes messages until the server stops. */
  startWorker(options: RabbitmqWorkerOptions): Promise<RabbitmqWorker>
  stop(): Promise<void>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

/** What a worker does. */
export interface RabbitmqWorkerOptions {
  readonly queue: string
  /** What it answers with; without one it answers without saying. */
  readonly version?: string
}

/** A process that works on a queue. */
export interface RabbitmqWorker {
  /** Goes on taking messages, and does nothing with them. */
  hold(): Promise<void>
  /** Works again, first on what it holds. */
  resume(): Promise<void>
  /** How many messages it was given. */
  count(): Promise<number>
  stop(): Promise<void>
}

/** The folder of programs that run as whoever calls them, where Debian's wrappers would not. */
const UNWRAPPED = '/usr/lib/rabbitmq/bin'

/** Makes a server without starting it. */
export async function makeRabbitmq(): Promise<RabbitmqServer> {
  const ports = [await freePort(), await freePort(), await freePort(), await freePort()]
  const [port = 0, managementPort = 0, distributionPort = 0, epmdPort = 0] = ports
  const folder = await mkdtemp(join(tmpdir(), 'rampart-rabbitmq-'))
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(epmdPort),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_NODENAME: `rampart${port}@localhost`,
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none',
  }
  await mkdir(env.RABBITMQ_LOG_BASE)
  await writeFile(env.RABBITMQ_ENABLED_PLUGINS_FILE, '[rabbitmq_management].\n')
  await writeFile(
    env.RABBITMQ_CONFIG_FILE,
    `listeners.tcp.1 = 127.0.0.1:${port}
management.tcp.ip = 127.0.0.1
management.tcp.port = ${managementPort}
collect_statistics_interval = 500
`,
  )
  const options = { env, stdio: 'ignore' as const }
  const children: ChildProcess[] = []
  const closing: (() => Promise<unknown>)[] = []
  const management = `http://127.0.0.1:${managementPort}`
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0)) await close()
    for (const child of children.splice(0)) await end(child)
  }
  return {
    port,
    management,
    start: () => {
      const epmd = spawn('epmd', ['-port', String(epmdPort)], options)
      // In a process group of its own: the program is a script that starts the broker.
      const broker = spawn(program('rabbitmq-server'), { ...options, detached: true })
      children.push(broker, epmd)
    },
    api: (method, path, body) => askApi(`${management}/api/${path}`, method, body),
    control: async (...words) => {
      await promisify(execFile)(program('rabbitmqctl'), words, { env })
    },
    startWorker: async (wanted) => {
      const worker = await startWorker(port, wanted)
      closing.push(() => worker.stop())
      return worker
    },
    stop,
    remove: async () => {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function program(name: string): string {
  const unwrapped = join(UNWRAPPED, name)
  return existsSync(unwrapped) ? unwrapped : name
}

async function askApi(url: string, method: string, body: unknown): Promise<unknown> {
  const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`
  const headers = { authorization, 'content-type': 'application/json' }
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(url, { method, headers, ...sent })
  const text = await response.text()
  if (!response.ok) throw new TypeError(`${method} ${url}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

async function startWorker(port: number, options: RabbitmqWorkerOptions): Promise<RabbitmqWorker> {
  const words = [String(port), options.queue, options.version ?? '']
  const worker = fork(join(import.meta.dirname, 'rabbitmq-worker.ts'), words)
  const tell = async (word: string): Promise<number> => {
    const told = once(worker, 'message')
    worker.send(word)
    const [count] = await told
    return Number(count)
  }
  await once(worker, 'message')
  return {
    hold: async () => void (await tell('hold')),
    resume: async () => void (await tell('resume')),
    count: () => tell('count'),
    stop: () => end(worker),
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  try {
    // The whole group, where there is one.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
  await ended
}
