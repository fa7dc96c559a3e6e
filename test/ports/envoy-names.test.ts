/**
 * Names of a Ports contract, from `rampart up` to a real Envoy: a real daemon, a component that really
 * serves, and an Envoy that asks for it by the name that the contract gives, in every way there is.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { killDaemon, openWorkspace } from '../support/daemon.ts'
import { listenerTo, startEnvoy } from '../support/envoy.ts'
import { edsByGrpc, edsByHttp, edsCluster, edsDoor } from '../support/envoy-eds.ts'
import { freePort } from '../support/free-port.ts'
import { type Finished, rampart } from '../support/rampart.ts'
import { requireRealPart } from '../support/require-part.ts'
import { until } from '../support/until.ts'

const FIRST = 15_000 + (process.pid % 900)

const SHOP = `apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec:
  components:
    api:
      run:
        command: [node, api.cjs]
        ports: { http: {} }
        env: { PORT: "\${self.ports.http}" }
      ready: [{ http: { url: "http://127.0.0.1:\${self.ports.http}/", status: 200 } }]
  watch: false
`

const PROGRAM = `require('node:http')
  .createServer((_, response) => response.end('api'))
  .listen(process.env.PORT, '127.0.0.1')
`

/** @param names as a contract writes them */
function ports(names: string): string {
  return `apiVersion: rampart/v1
kind: Ports
metadata: { name: shop-ports }
spec:
  ranges: { shop: { ports: ${FIRST}-${FIRST + 9}, for: { service: shop/* } } }
  names: ${names}
`
}

/** A workspace whose daemons open doors for Envoy. */
class Bench {
  readonly folder: string
  readonly #discovery: string

  constructor(context: TestContext, doors: { readonly http: number; readonly envoy: number }) {
    this.folder = openWorkspace(context)
    this.#discovery = `http=${doors.http} envoy=${doors.envoy}`
    this.write('rampart.yaml', SHOP)
    this.write('api.cjs', PROGRAM)
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content)
  }

  /** What has to succeed. */
  async runs(...words: readonly string[]): Promise<Finished> {
    const env = { RAMPART_DISCOVERY: this.#discovery }
    const finished = await rampart(words, { cwd: this.folder, env })
    assert.equal(finished.exitCode, 0, finished.stderr)
    return finished
  }
}

/** The clusters: what each asks for, and how. */
const CLUSTERS = {
  'backend/http': edsCluster('backend/http', edsByGrpc('GRPC')),
  'http.backend': edsCluster('http.backend', edsByGrpc('DELTA_GRPC')),
  'by HTTP': edsCluster('by HTTP', edsByHttp(), 'backend/http'),
  'http.entry': edsCluster('http.entry', edsByGrpc('GRPC')),
} as const

type Cluster = keyof typeof CLUSTERS

const BACKEND: readonly Cluster[] = ['backend/http', 'http.backend', 'by HTTP']

async function openEnvoy(
  context: TestContext,
  folder: string,
  doors: { readonly http: number; readonly envoy: number },
) {
  const listening = new Map<Cluster, number>()
  for (const name of Object.keys(CLUSTERS) as Cluster[]) listening.set(name, await freePort())
  const envoy = await startEnvoy(context, folder, {
    adminPort: await freePort(),
    listeners: [...listening].map(([name, port]) => listenerTo(name, port)),
    clusters: [
      ...Object.values(CLUSTERS),
      edsDoor('GRPC', doors.envoy),
      edsDoor('REST', doors.http),
    ],
  })
  /** What a client is answered by a cluster: what the service says, else the status of Envoy's own answer. */
  const ask = async (name: Cluster): Promise<string> => {
    const port = listening.get(name) ?? assert.fail('it has a listener')
    const sent = request({ host: '127.0.0.1', port, agent: false }).end()
    const [response] = await once(sent, 'response')
    const said = await text(response)
    return response.statusCode === 200 ? said : String(response.statusCode)
  }
  const untilAll = async (names: readonly Cluster[], says: string): Promise<void> => {
    for (const name of names) {
      await until(`${name} answers ${says}`, async () => (await ask(name)) === says)
    }
  }
  return { envoy, ask, untilAll }
}

test('Envoy sends to a service by the name that a contract gives, until the contract says otherwise', {
  ...requireRealPart('Envoy'),
}, async (context) => {
  const doors = { http: await freePort(), envoy: await freePort() }
  const bench = new Bench(context, doors)
  bench.write('ports.yaml', ports('{ backend: shop/api/http }'))
  await bench.runs('up', 'ports.yaml')
  const { envoy, ask, untilAll } = await openEnvoy(context, bench.folder, doors)
  for (const name of BACKEND) assert.equal(await ask(name), '503', 'nobody serves yet')
  await bench.runs('up')
  await untilAll(BACKEND, 'api')
  assert.equal(await ask('http.entry'), '503', 'the contract says nothing of it')

  // Envoy keeps what it was told while nobody answers, and the next daemon knows the name from its record.
  const joined = (): Promise<number> => envoy.stat('cluster.rampart.upstream_cx_total')
  const before = await joined()
  killDaemon(bench.folder)
  for (const name of BACKEND) assert.equal(await ask(name), 'api')
  const { stdout } = await bench.runs('ports', 'list')
  assert.match(stdout, /shop\/api/)
  await until('Envoy is told by the next daemon', async () => (await joined()) > before)
  for (const name of BACKEND) assert.equal(await ask(name), 'api')

  bench.write('ports.yaml', ports('{ entry: shop/api/http }'))
  await bench.runs('up', 'ports.yaml')
  await untilAll(['http.entry'], 'api')
  await untilAll(BACKEND, '503')
  bench.write('ports.yaml', ports('{ backend: shop/api/http, entry: shop/api/http }'))
  await bench.runs('up', 'ports.yaml')
  await untilAll([...BACKEND, 'http.entry'], 'api')
  await bench.runs('down')
  await untilAll([...BACKEND, 'http.entry'], '503')
  for (const name of Object.keys(CLUSTERS)) {
    const stat = (of: string): Promise<number> => envoy.stat(`cluster.${name}.${of}`)
    assert.equal(await stat('update_rejected'), 0, name)
    assert.ok((await stat('update_success')) >= 2, name)
  }
})
