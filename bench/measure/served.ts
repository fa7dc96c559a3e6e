/** A real `rampart serve` in a process of its own, over a folder that may hold a ledger already. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { present } from '../../src/core/fault/assert.ts'
import { RampartClient } from '../../src/server/client/client.ts'
import { findDaemon } from '../../src/server/client/connect-daemon.ts'
import { ROOT } from './machine.ts'

/** A server that is up. */
export interface Served {
  readonly url: string
  /** May everything. */
  readonly token: string
  readonly client: RampartClient
  readonly process: ChildProcess
  close(): Promise<void>
}

/** Starts one on a free port. */
export async function serve(workspace: string): Promise<Served> {
  const words = [join(ROOT, 'bin/rampart.mjs'), 'serve', '--listen', '127.0.0.1:0']
  const env = { ...process.env, RAMPART_LOG: 'text' }
  const child = spawn(process.execPath, [...words, '--workspace', workspace], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const url = await addressOf(child)
  const daemon = present(await findDaemon({ workspace }), 'it has said that it listens')
  const grants = [{ role: 'admin', scope: {} }] as const
  const { secret: token } = await daemon.createToken({
    name: 'bench',
    grants,
    lifetimeMs: 3_600_000,
  })
  await daemon.close()
  const client = new RampartClient({ url, token })
  return {
    url,
    token,
    client,
    process: child,
    async close() {
      await client.close()
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  const errors = present(child.stderr, 'its standard error is a pipe')
  const lines = createInterface({ input: errors })
  for await (const line of lines) {
    const [, url] = /Listening at (\S+)\./.exec(line) ?? []
    if (url === undefined) continue
    errors.resume()
    return url
  }
  throw new AggregateError([], 'the server ended before it listened')
}
