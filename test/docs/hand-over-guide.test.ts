/** The guide to handing over shows what is so: its service is run and ended, its configurations are loaded. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { drain, watchConnections } from '../../src/service.ts'
import { findImports } from '../../tools/layers.ts'
import { guideCluster } from '../handover/envoy.ts'
import { findProgramOf } from '../support/real-parts.ts'
import { requireRealPart } from '../support/require-part.ts'
import { until } from '../support/until.ts'
import { blocksOf } from './markdown-blocks.ts'

const ROOT = join(import.meta.dirname, '../..')
const blocks = blocksOf(readFileSync(join(ROOT, 'docs/guides/hand-over.md'), 'utf8'))
const [service = '', byHand = ''] = blocksIn('js')
const [haproxy = '', nginx = ''] = blocksIn('text')

function blocksIn(language: string): readonly string[] {
  return blocks.filter((block) => block.language === language).map(({ text }) => text)
}

function scratch(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-guide-'))
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

async function ask(port: number, agent: Agent): Promise<IncomingMessage> {
  const [response] = await once(get({ port, host: '127.0.0.1', agent }), 'response')
  response.resume()
  await once(response, 'end')
  return response
}

test('the service ends well', async (context) => {
  const file = join(scratch(context), 'service.mjs')
  const door = join(ROOT, 'src/service.ts')
  // Shorter, so that nobody waits for it here.
  const text = service.replace("'rampart/service'", JSON.stringify(door)).replace('5_000', '2_000')
  assert.ok(text.includes('lingerMs: 2_000'))
  writeFileSync(file, text)
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  context.after(() => child.kill('SIGKILL'))
  assert.ok(child.stdout !== null)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const port = Number(/\d+$/.exec(String((await lines.next()).value))?.[0])
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  assert.equal((await ask(port, agent)).headers.connection, 'keep-alive')
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  // The connection is open still: what comes on it is answered, and told to go elsewhere next.
  const isTold = async (): Promise<boolean> =>
    (await ask(port, agent)).headers.connection === 'close'
  await until('it has heard the signal', isTold)
  assert.equal((await lines.next()).value, 'ended')
  assert.deepEqual(await ended, [0, null])
})

test('draining by hand says how it went', async () => {
  assert.match(byHand, /watchConnections\(server\).*\n.*await drain\(server, \{ lingerMs: 5_000/)
  const server = createServer()
  watchConnections(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { verdict, cutCount } = await drain(server, { lingerMs: 0 })
  assert.deepEqual([verdict, cutCount], ['clean', 0])
})

test('the door for services brings no other part of Rampart along', () => {
  const packages = new Set<string>()
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    for (const { specifier } of findImports(readFileSync(file, 'utf8'))) {
      if (specifier.startsWith('.')) visit(join(file, '..', specifier))
      else if (!specifier.startsWith('node:')) packages.add(specifier)
    }
  }
  visit(join(ROOT, 'src/service.ts'))
  assert.ok(seen.size > 5)
  const heavy = [...packages].filter((name) => !name.startsWith('@noble/hashes/'))
  assert.deepEqual(heavy, [])
  assert.ok([...seen].every((file) => /src\/(service\.ts|sdk\/|core\/)/.test(file)))
})

test('HAProxy takes its lines', requireRealPart('HAProxy'), (context) => {
  const folder = scratch(context)
  const file = join(folder, 'haproxy.cfg')
  const defaults =
    'defaults\n  mode http\n  timeout connect 2s\n  timeout client 2s\n  timeout server 2s\n'
  const text = haproxy
    .replace('/run/', `${folder}/`)
    .replace('backend api', `${defaults}backend api`)
  writeFileSync(file, text)
  execFileSync('haproxy', ['-c', '-f', file])
})

test('Envoy takes its lines', requireRealPart('Envoy'), (context) => {
  const folder = scratch(context)
  const [file, endpoints] = [join(folder, 'envoy.json'), join(folder, 'api.json')]
  writeFileSync(endpoints, '{"resources": []}')
  const bootstrap = {
    node: { id: 'a', cluster: 'b' },
    static_resources: { clusters: [guideCluster(endpoints)] },
  }
  writeFileSync(file, JSON.stringify(bootstrap))
  const program = findProgramOf('Envoy') ?? ''
  execFileSync(program, ['--mode', 'validate', '-c', file, '-l', 'error'])
})

test('nginx takes its line', requireRealPart('nginx'), (context) => {
  const folder = scratch(context)
  const [file, servers] = [join(folder, 'nginx.conf'), join(folder, 'api.servers')]
  writeFileSync(servers, 'server 127.0.0.1:9 down;\n')
  const upstream = nginx.replace('/etc/nginx/rampart/api.servers', servers)
  const text = `pid ${folder}/pid; error_log ${folder}/log; events {} http { ${upstream} }`
  writeFileSync(file, text)
  execFileSync('nginx', ['-t', '-q', '-e', join(folder, 'log'), '-c', file])
})
