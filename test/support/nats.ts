/** A real NATS for tests, with JetStream: its own data folder, its own free port, gone when stopped. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { freePort } from './free-port.ts'

/** A server that can be started, stopped and started again on its port, with its data. */
export interface NatsServer {
  readonly port: number
  /** Starts it with more of its configuration; settles at once, before it accepts. */
  start(config?: string): void
  /** Starts it with JetStream and one user, as its configuration writes it. */
  startWithUser(user: string): void
  /** A connection that stays one; the server must accept by now. */
  connect(user?: string, password?: string): Promise<NatsConnection>
  /** A worker of a consumer, which takes messages until the server stops. */
  startWorker(options: NatsWorkerOptions): Promise<NatsWorker>
  stop(): Promise<void>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

/** What a worker does. */
export interface NatsWorkerOptions {
  readonly stream: string
  readonly consumer: string
  /** What it answers with; without one it does not answer. */
  readonly version?: string
  /** As `user:password`. */
  readonly user?: string
}

/** A process that works for a consumer. */
export interface NatsWorker {
  /** Goes on taking messages, and does nothing with them. */
  hold(): Promise<void>
  /** Works again, first on what it holds. */
  resume(): Promise<void>
  stop(): Promise<void>
}

/** Makes a server without starting it. */
export async function makeNats(always = ''): Promise<NatsServer> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'rampart-nats-'))
  const file = join(folder, 'nats.conf')
  let child: ChildProcess | undefined
  const closing: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0)) await close()
    await end(child)
    child = undefined
  }
  const jetstream = `jetstream { store_dir: "${folder}" }`
  const start = (config: string): void => {
    const own = `host: 127.0.0.1\nport: ${port}\n`
    writeFileSync(file, `${own}${always}\n${config}\n`)
    // Where root's PATH looks, and others' does not.
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` }
    child = spawn('nats-server', ['-c', file], { stdio: 'ignore', env })
  }
  return {
    port,
    start: (config = jetstream) => start(config),
    startWithUser: (user) => start(`${jetstream}\nauthorization { users: [${user}] }`),
    connect: async (user, pass) => {
      const signIn = user === undefined ? {} : { user, pass: pass ?? '' }
      const connection = await connect({
        servers: `127.0.0.1:${port}`,
        reconnect: false,
        ...signIn,
      })
      closing.push(() => connection.close())
      return connection
    },
    startWorker: async (options) => {
      const worker = await startWorker(port, options)
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

async function startWorker(port: number, options: NatsWorkerOptions): Promise<NatsWorker> {
  const words = [
    String(port),
    options.stream,
    options.consumer,
    options.version ?? '',
    options.user ?? '',
  ]
  const worker = fork(join(import.meta.dirname, 'nats-worker.ts'), words)
  const tell = async (word: string): Promise<void> => {
    const told = once(worker, 'message')
    worker.send(word)
    await told
  }
  await once(worker, 'message')
  return { hold: () => tell('hold'), resume: () => tell('resume'), stop: () => end(worker) }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
