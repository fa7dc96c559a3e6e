/** A real Prometheus for tests, scraping one target often: its own free port, gone when stopped. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

/** A server, configured, that can be started. */
export interface PrometheusServer {
  readonly url: string
  /** Settles at once, before it accepts. */
  start(): void
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

/** Makes a server without starting it; `target` is the port of 127.0.0.1 that it scrapes, as `job`. */
export function makePrometheus(target: number, job = 'shop'): Promise<PrometheusServer> {
  return makePrometheusOf(`global: { scrape_interval: 100ms, scrape_timeout: 100ms }
scrape_configs:
  - job_name: ${job}
    static_configs: [{ targets: ["127.0.0.1:${target}"] }]
`)
}

/** Makes a server with this configuration, without starting it. */
export async function makePrometheusOf(configuration: string): Promise<PrometheusServer> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'rampart-prometheus-'))
  const config = join(folder, 'prometheus.yml')
  await writeFile(config, configuration)
  let child: ChildProcess | undefined
  return {
    url: `http://127.0.0.1:${port}`,
    start: () => {
      const flags = [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ]
      child = spawn('prometheus', flags, { stdio: 'ignore' })
    },
    remove: async () => {
      if (child !== undefined && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}
