/** A real server in a process of its own, in a folder of the test's own, and a token that may do all. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { present } from '../../src/core/fault/assert.ts'
import type { JsonObject } from '../../src/core/units/json.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { placeOf, readDaemonFile } from '../../src/server/client/daemon-place.ts'
import type { TokenReply } from '../../src/server/wire/access.ts'
import { rampart, type Started, startRampart } from '../support/rampart.ts'
import { until } from '../support/until.ts'
import { builtDashboard } from './built-dashboard.ts'

/** A server that is there. */
export interface Served {
  readonly url: string
  readonly workspace: string
  /** Secret of a token that is an admin's. */
  readonly token: string
  /** Ends it, and all that it started. */
  close(): Promise<void>
}

/** A part that listens, and is ready for as long as no file of its name with `.flag` is there. */
const PART = `import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
const { PORT, FLAG } = process.env
createServer((request, response) => {
  response.writeHead(existsSync(FLAG) ? 503 : 200).end('{}')
}).listen(Number(PORT), '127.0.0.1', () => console.log('listens on ' + PORT))
`

/** Starts it. */
export async function openServed(): Promise<Served> {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-browser-')))
  const dashboard = await builtDashboard()
  const started = startRampart(['serve', '--listen', '127.0.0.1:0', '--workspace', workspace], {
    cwd: workspace,
    env: { RAMPART_DASHBOARD: dashboard },
  })
  const address = (): string | undefined =>
    /Listening at (https?:\S+?)\.["\s]/.exec(started.stderr())?.[1]
  await until('the server listens', () => address() !== undefined || hasEnded(started), 60_000)
  const url = present(address(), `it listens: ${started.stderr()}`)
  const { secret } = await askLocally<TokenReply>(workspace, '/v1/tokens', {
    name: 'browser',
    grants: [{ role: 'admin', scope: {} }],
    lifetimeMs: 3_600_000,
  })
  const close = async (): Promise<void> => {
    started.child.kill('SIGTERM')
    await started.finished
    for (const { pid } of leftovers(workspace).processes) process.kill(pid, 'SIGKILL')
    rmSync(workspace, { recursive: true, force: true, maxRetries: 3 })
  }
  return { url, workspace, token: secret, close }
}

function hasEnded({ child }: Started): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Writes a contract of components that listen, each of which needs the one before. */
export function writeContract(
  { workspace }: Served,
  name: string,
  components: readonly string[],
  more = '',
): string {
  const folder = join(workspace, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'part.mjs'), PART)
  writeFileSync(join(folder, 'rampart.yaml'), contractText(name, components, more))
  return folder
}

/** The text of such a contract. */
export function contractText(name: string, components: readonly string[], more = ''): string {
  const parts = components.map(
    (component, place) => `    ${component}:
      owner: team-${component}
      needs: [${components.slice(Math.max(0, place - 1), place).join(', ')}]
      run:
        command: [node, part.mjs]
        ports: { http: {} }
        env: { PORT: "\${self.ports.http}", FLAG: ${component}.flag }
      ready:
        - exit: running
        - name: answers
          http: { url: "http://\${self.host}:\${self.ports.http}/ready" }
${more}`,
  )
  return `apiVersion: rampart/v1
kind: Environment
metadata: { name: ${name}, labels: { team: store } }
spec:
  components:
${parts.join('')}`
}

/** The same as a document. */
export function contractDocument(...args: Parameters<typeof contractText>): JsonObject {
  return parse(contractText(...args)) as JsonObject
}

/** Flags a component of a contract as not ready. */
export function flag(folder: string, component: string): void {
  writeFileSync(join(folder, `${component}.flag`), '')
}

/** Brings a contract up by the command line, as anybody would. */
export async function bringUp({ workspace }: Served, folder: string): Promise<void> {
  const { exitCode, stderr } = await rampart(['up', folder, '--workspace', workspace], {
    cwd: workspace,
  })
  assert.equal(exitCode, 0, stderr)
}

/** Asks the server of a workspace over its socket, as its owner. */
export function askLocally<Reply>(workspace: string, path: string, body?: object): Promise<Reply> {
  const { socket } = present(readDaemonFile(placeOf(workspace)), 'the server has said where it is')
  return askAt(socket, path, body)
}

/** Asks a server at its socket. */
export function askAt<Reply>(socket: string, path: string, body?: object): Promise<Reply> {
  const method = body === undefined ? 'GET' : 'POST'
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const headers = { 'content-type': 'application/json' }
  const asking = request({ socketPath: socket, method, path, headers }, async (response) => {
    let text = ''
    for await (const chunk of response) text += String(chunk)
    const isGood = (response.statusCode ?? 500) < 400
    if (isGood) resolve(JSON.parse(text) as Reply)
    else reject(new Error(`${method} ${path}: ${text}`))
  })
  asking.on('error', reject)
  asking.end(body === undefined ? undefined : JSON.stringify(body))
  return promise
}
