/** A real nginx for tests that caches what another server answers: its own free port, gone when stopped. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './free-port.ts'

/** A server, configured, that can be started. */
export interface CachingNginx {
  readonly url: string
  /** Settles at once, before it accepts. */
  start(): void
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

/**
 * Makes a server without starting it; `behind` is the port of 127.0.0.1 whose answers it keeps for an
 * hour. Its header `x-cache` says HIT or MISS.
 */
export async function makeCachingNginx(behind: number): Promise<CachingNginx> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'rampart-nginx-'))
  const config = join(folder, 'nginx.conf')
  await writeFile(config, configOf(folder, port, behind))
  let child: ChildProcess | undefined
  return {
    url: `http://127.0.0.1:${port}`,
    start: () => {
      const PATH = [process.env['PATH'], '/usr/sbin', '/usr/local/sbin'].join(delimiter)
      child = spawn('nginx', ['-c', config, '-e', join(folder, 'error.log')], {
        stdio: 'ignore',
        env: { ...process.env, PATH },
      })
    },
    remove: async () => {
      if (child !== undefined && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configOf(folder: string, port: number, behind: number): string {
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (place) => `${place}_temp_path ${folder}/${place};`,
  )
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  ${places.join('\n  ')}
  proxy_cache_path ${folder}/cache keys_zone=pages:1m;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${behind};
      proxy_cache pages;
      proxy_cache_valid 200 1h;
      add_header x-cache $upstream_cache_status always;
    }
  }
}
`
}
