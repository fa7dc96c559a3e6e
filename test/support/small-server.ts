/** A server on a socket of its own with everything in memory, and a way to ask it. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { CelExpressions } from '../../src/daemon/daemon-expressions.ts'
import { Engine } from '../../src/engine/engine.ts'
import { MemoryLedger } from '../../src/ledger/memory/memory-ledger.ts'
import { SystemRandom } from '../../src/random/system-random.ts'
import type { RampSettings } from '../../src/seams/settings.ts'
import type { ServerParts } from '../../src/server/parts.ts'
import { Server } from '../../src/server/server.ts'

/** An answer. */
export interface Sent<Body> {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Body
}

/** Sends a request with a JSON body. */
export type Send = <Body>(
  method: string,
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<Sent<Body>>

/** A server whose processes start at once and never become ready. */
export async function openServer(
  t: TestContext,
  more: Partial<ServerParts> = {},
): Promise<{ readonly send: Send; readonly ledger: MemoryLedger; readonly socket: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-small-'))
  const clock = new SystemClock()
  const ledger = new MemoryLedger()
  const kept = new Map<string, RampSettings>()
  const settings = {
    keep: async (ramp: string, values: RampSettings) => void kept.set(ramp, values),
    load: async (ramp: string) => kept.get(ramp),
  }
  const done = { verdict: 'done', reason: 'spawned', sentence: 'It was started.' } as const
  const failing = {
    verdict: 'failed',
    outlook: 'notYet',
    reason: 'no',
    sentence: 'Not yet.',
  } as const
  const engine = new Engine({
    clock,
    random: new SystemRandom(),
    ledger,
    probes: [{ kind: 'exit', ask: async () => ({ ...failing, evidence: {} }) }],
    actuators: [{ name: 'process', run: async () => ({ ...done, outputs: {}, retryable: false }) }],
    expressions: new CelExpressions(),
    settings,
  })
  const server = new Server({
    identity: { pid: process.pid, version: '1.2.3', workspace: folder, startedAtMs: 1 },
    clock,
    engine,
    ledger,
    settings,
    components: {
      list: () => [],
      logs: async function* () {},
      leftovers: () => ({ processes: [], ports: [] }),
    },
    stop: () => undefined,
    onTrouble: (error) => {
      throw error
    },
    ...more,
  })
  await engine.start()
  const socket = join(folder, 'daemon.sock')
  await server.listen(socket)
  t.after(async () => {
    await engine.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { send: sender(socket), ledger, socket }
}

function sender(socketPath: string): Send {
  return async (method, path, body, headers = {}) => {
    const sent = request({
      socketPath,
      method,
      path,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    let text = ''
    for await (const chunk of response) text += String(chunk)
    return { status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) }
  }
}
