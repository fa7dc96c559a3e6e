/** A server on the network with everything in memory, and tokens for whoever a test wants to be. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Agent, request } from 'undici'
import { openPortBroker } from '../../src/ports/broker.ts'
import { isPortFree } from '../../src/runtimes/placement/ports.ts'
import { openKernel } from '../../src/runtimes/process/kernel/open-kernel.ts'
import type { ServerParts } from '../../src/server/parts.ts'
import { openServer } from '../../src/server/server.ts'
import type { Grant, TokenReply } from '../../src/server/wire/access.ts'
import { makeServerParts, type SmallWorld } from './server-parts.ts'

/** What is asked. */
export interface Asked {
  readonly method?: string
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer; `body` is the JSON of it, if it was any. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
}

/** A server that serves over TCP, and what a test may look at. */
export interface NetServer {
  readonly origin: string
  readonly parts: ServerParts
  readonly world: SmallWorld
  readonly troubles: readonly unknown[]
  ask(path: string, asked?: Asked): Promise<Answered>
  /** Makes a token as the owner of the machine, at the Unix socket. */
  tokenFor(name: string, grants: readonly Grant[], lifetimeMs?: number): Promise<TokenReply>
}

/** Opens one, as if behind a proxy, so that a test may come from many addresses. */
export async function openNetServer(
  t: TestContext,
  more: Partial<ServerParts> = {},
  /** The folder of its dashboard, for who looks at it. */
  dashboard?: string,
): Promise<NetServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-net-'))
  const made = makeServerParts(folder)
  const ports = await openPortBroker({
    ...made.parts,
    folder: join(folder, 'ports'),
    processes: openKernel(),
    host: 'here',
    isFree: isPortFree,
    // What holds ports ends by itself, as soon as nobody asks it any more.
    keeperIdleMs: 100,
    log: () => undefined,
    onTrouble: (error) => made.troubles.push(error),
  })
  const parts = { ...made.parts, ports, ...more }
  const server = await openServer(parts, { forNetwork: true, isBehindProxy: true, dashboard })
  await parts.engine.start()
  const socketPath = join(folder, 'daemon.sock')
  await server.listen(socketPath)
  const { url: origin } = await server.listenOnNetwork({ host: '127.0.0.1', port: 0 })
  const overSocket = new Agent({ connect: { socketPath } })
  t.after(async () => {
    await overSocket.destroy()
    await parts.engine.close()
    await Promise.all(ports.leases().map(({ id }) => ports.release(id, 'The test is over.')))
    await ports.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    ...made,
    parts,
    origin,
    ask: (path, asked) => ask(`${origin}${path}`, asked),
    async tokenFor(name, grants, lifetimeMs = 3_600_000) {
      const body = { name, grants, lifetimeMs }
      const made = await ask(`${origin}/v1/tokens`, { method: 'POST', body }, overSocket)
      if (made.status !== 201) throw new Error(`no token: ${JSON.stringify(made.body)}`)
      return made.body as TokenReply
    },
  }
}

async function ask(url: string, asked: Asked = {}, dispatcher?: Agent): Promise<Answered> {
  const { method = 'GET', token, body, headers } = asked
  const response = await request(url, {
    method: method as 'GET',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
    ...(dispatcher === undefined ? {} : { dispatcher }),
  })
  const isJson = /json/.test(String(response.headers['content-type']))
  const isStream = /ndjson|event-stream/.test(String(response.headers['content-type']))
  if (isStream) {
    response.body.on('error', () => 'It was cut off, as it should be.').destroy()
    return { status: response.statusCode, headers: response.headers, body: undefined }
  }
  const text = await response.body.text()
  const parsed = isJson && text !== '' ? JSON.parse(text) : undefined
  return { status: response.statusCode, headers: response.headers, body: parsed }
}
