/** A real Envoy in a scratch folder, with the configuration that a test wants. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Json } from '../../src/core/units/json.ts'
import { findProgramOf } from './real-parts.ts'
import { until } from './until.ts'

/** One that is started. */
export interface StartedEnvoy {
  /** Its admin door. */
  readonly admin: string
  /** A counter or a gauge, by its whole name; 0 when it was never counted. */
  stat(name: string): Promise<number>
  /** Ends it at once. */
  stop(): Promise<void>
  /** Starts it again. */
  start(): Promise<void>
}

/** What of a configuration is the test's. */
export interface EnvoyConfig {
  readonly adminPort: number
  readonly listeners: readonly Json[]
  readonly clusters: readonly Json[]
}

/** Starts it, and ends it after the test. */
export async function startEnvoy(
  context: Pick<TestContext, 'after'>,
  folder: string,
  { adminPort, listeners, clusters }: EnvoyConfig,
): Promise<StartedEnvoy> {
  const program = findProgramOf('Envoy') ?? assert.fail('tests that need it ask whether it is here')
  const [file, log] = [join(folder, 'envoy.json'), join(folder, 'envoy.log')]
  const words = ['-c', file, '--concurrency', '2', '--disable-hot-restart', '--log-level', 'warn']
  const bootstrap = {
    node: { id: 'test', cluster: 'test' },
    admin: { address: socketAddress(adminPort) },
    static_resources: { listeners, clusters },
  }
  writeFileSync(file, JSON.stringify(bootstrap))
  const admin = `127.0.0.1:${adminPort}`
  let ended: Promise<unknown> = Promise.resolve()
  let end = (): void => undefined
  const start = async (): Promise<void> => {
    const fd = openSync(log, 'a')
    const child = spawn(program, words, { stdio: ['ignore', fd, fd] })
    closeSync(fd)
    ended = once(child, 'exit')
    end = () => child.kill('SIGKILL')
    await until('Envoy is ready', async () => {
      if (child.exitCode !== null) assert.fail(readFileSync(log, 'utf8'))
      return (await fetch(`http://${admin}/ready`).catch(() => undefined))?.status === 200
    })
  }
  const stop = async (): Promise<void> => {
    end()
    await ended
  }
  context.after(stop)
  await start()
  const stat = async (name: string): Promise<number> => {
    const lines = (await (await fetch(`http://${admin}/stats`)).text()).split('\n')
    return Number(lines.find((line) => line.startsWith(`${name}: `))?.split(': ')[1] ?? 0)
  }
  return { admin, stat, start, stop }
}

/** A listener that sends every request to one cluster, and none twice. */
export function listenerTo(cluster: string, port: number): Json {
  const router = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router'
  const route = { match: { prefix: '/' }, route: { cluster, timeout: '0s' } }
  return {
    name: `to ${cluster}`,
    address: socketAddress(port),
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              stat_prefix: 'front',
              route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [route] }] },
              http_filters: [
                { name: 'envoy.filters.http.router', typed_config: { '@type': router } },
              ],
            },
          },
        ],
      },
    ],
  }
}

/** A place of this machine, as Envoy writes it. */
export function socketAddress(port: number): Json {
  return { socket_address: { address: '127.0.0.1', port_value: port } }
}
