/** A real Redis for tests: its own data folder, its own free port, gone when stopped. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'

/** A server that can be started, stopped and started again on its port, with its data. */
export interface RedisServer {
  readonly port: number
  /** Starts it with more flags; settles at once, before it accepts. */
  start(...flags: readonly string[]): void
  /** A client that waits for it. */
  client(): Redis
  /** Ends it at once; what was not saved is lost. */
  stop(): Promise<void>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

/** Makes a server without starting it. */
export async function makeRedis(...always: readonly string[]): Promise<RedisServer> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'rampart-redis-'))
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
  let child: ChildProcess | undefined
  const clients: Redis[] = []
  const stop = async (): Promise<void> => {
    for (const client of clients.splice(0)) client.disconnect()
    if (child === undefined) return
    const ended = child
    child = undefined
    ended.kill('SIGKILL')
    if (ended.exitCode === null && ended.signalCode === null) await once(ended, 'exit')
  }
  return {
    port,
    start: (...flags) => {
      child = spawn('redis-server', [...own, ...always, ...flags], { stdio: 'ignore' })
    },
    client: () => {
      const client = new Redis(port, '127.0.0.1', {
        enableReadyCheck: false,
        maxRetriesPerRequest: null,
        retryStrategy: () => 20,
      })
      client.on('error', () => 'It is not up yet; the client tries again.')
      clients.push(client)
      return client
    },
    stop,
    remove: async () => {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
