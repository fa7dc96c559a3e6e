/** A real HAProxy in front of one backend, in a scratch folder. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tellHaproxy } from '../../src/edge/haproxy/runtime-socket.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import type { Afterwards } from './support.ts'

/** One that is started. */
export interface StartedHaproxy {
  readonly port: number
  readonly socketPath: string
  /** Ends it and starts it again: it remembers nothing. */
  restart(): Promise<void>
}

/** Starts it with a backend `api`, and ends it after the test. */
export async function startHaproxy(
  context: Afterwards,
  folder: string,
  given: { readonly level?: string; readonly servers?: string; readonly isPatient?: boolean } = {},
): Promise<StartedHaproxy> {
  const { level = 'admin', servers = '', isPatient = false } = given
  // So often, and with so long a pause, what is refused is tried again, at whoever is there then.
  const patience = isPatient ? '\n  retries 100\n  option redispatch 1' : ''
  const port = await freePort()
  const socketPath = join(folder, 'haproxy.sock')
  const file = join(folder, 'haproxy.cfg')
  const lines = [
    `global\n  stats socket ${socketPath} mode 600 level ${level}\n  maxconn 2000`,
    'defaults\n  mode http\n  timeout client 30s\n  timeout server 30s',
    `  timeout connect ${isPatient ? '200ms' : '2s'}${patience}`,
    `frontend front\n  bind 127.0.0.1:${port}\n  default_backend api`,
    `backend api\n  balance leastconn\n${servers}`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  const start = async () => {
    const child = spawn('haproxy', ['-db', '-q', '-f', file], { stdio: 'ignore' })
    const answers = (): Promise<boolean> =>
      tellHaproxy(socketPath, 'show info').then(
        (text) => text !== '',
        () => false,
      )
    await until('HAProxy answers', async () => existsSync(socketPath) && (await answers()))
    return child
  }
  let child = await start()
  context.after(() => child.kill('SIGKILL'))
  const restart = async (): Promise<void> => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    child = await start()
  }
  return { port, socketPath, restart }
}
