/** A real nginx in front of one upstream, in a scratch folder. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { NginxPlane } from '../../src/edge/nginx/nginx-plane.ts'
import { LinuxKernel } from '../../src/runtimes/process/kernel/linux.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import type { Afterwards } from './support.ts'

/** An nginx that runs. */
export interface StartedNginx {
  readonly plane: NginxPlane
  readonly port: number
  readonly url: string
  /** The file with the servers of its upstream. */
  readonly servers: string
  readonly log: readonly string[]
  /** Of its master. */
  readonly pid: number
}

/** Starts it, and ends it after the test. */
export async function startNginx(
  context: Afterwards,
  folder: string,
  front: string,
): Promise<StartedNginx> {
  const port = await freePort()
  const [configPath, pidPath, servers] = ['nginx.conf', 'nginx.pid', 'api.servers'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  // Its workers may be another user's.
  chmodSync(folder, 0o755)
  writeFileSync(servers, 'server 127.0.0.1:9 down;\n')
  writeFileSync(configPath, config(folder, port))
  const words = ['-e', join(folder, 'error.log'), '-c', configPath]
  const child = spawn('nginx', words, { stdio: 'inherit' })
  context.after(async () => {
    const isOver = child.exitCode !== null || child.signalCode !== null
    const ended = isOver ? undefined : once(child, 'exit')
    child.kill('SIGTERM')
    await ended
    // It makes its own folders in there for as long as it runs.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  })
  await until('nginx listens', () => existsSync(pidPath))
  const log: string[] = []
  const plane = new NginxPlane({
    configPath,
    pidPath,
    serverFiles: { [front]: servers },
    kernel: new LinuxKernel(),
    clock: new SystemClock(),
    log: (line) => log.push(line),
  })
  return { plane, port, servers, log, pid: child.pid ?? 0, url: `http://127.0.0.1:${port}/` }
}

function config(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
daemon off;
worker_processes 2;
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')} warn;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map((kind) => `${kind}_temp_path ${join(folder, kind)};`).join('\n  ')}
  upstream api { least_conn; include ${join(folder, 'api.servers')}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    location / {
      proxy_pass http://api;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`
}
