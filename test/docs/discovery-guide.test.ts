/** The guide to discovery shows what is so: each of its blocks is asked for, printed, run or read. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { parseContracts } from '../../src/contracts/index.ts'
import { parseDoors } from '../../src/daemon/discovery-doors.ts'
import { EndpointTable } from '../../src/edge/discovery/endpoint-table.ts'
import { replaceBlock } from '../../src/edge/discovery/env/managed-block.ts'
import { printVariables, variablesOf } from '../../src/edge/discovery/env/print-variables.ts'
import { ClusterAssignments } from '../../src/edge/discovery/envoy/cluster-assignment.ts'
import { exportedGroups } from '../../src/edge/discovery/export/exported-groups.ts'
import {
  printHaproxyBackends,
  printHaproxyMap,
} from '../../src/edge/discovery/export/print-haproxy.ts'
import { printNginxUpstreams } from '../../src/edge/discovery/export/print-nginx.ts'
import { LocalNames } from '../../src/edge/discovery/localhost/find-port.ts'
import { namedEndpoints } from '../../src/edge/discovery/named-ports.ts'
import { DiscoveryServer } from '../../src/edge/discovery/server/discovery-server.ts'
import type { Endpoint } from '../../src/seams/endpoints.ts'
import { discover } from '../../src/service.ts'
import { findProgramOf } from '../support/real-parts.ts'
import { requireRealPart } from '../support/require-part.ts'
import { blocksOf } from './markdown-blocks.ts'

const run = promisify(execFile)
const page = join(import.meta.dirname, '../../docs/guides/discovery.md')
const blocks = blocksOf(readFileSync(page, 'utf8'))

function shown(language: string): readonly string[] {
  return blocks.filter((block) => block.language === language).map(({ text }) => text)
}

/** The services of the first block. */
const [listed = '', map = ''] = shown('text')
const ALL: readonly Endpoint[] = listed
  .trim()
  .split('\n')
  .map((line) => {
    const [service = '', port = '', target = ''] = line.split(' ')
    const [address = '', number = ''] = target.split(':')
    return { service, port, protocol: 'tcp', address, number: Number(number) }
  })

function tableOf(endpoints: readonly Endpoint[]): EndpointTable {
  const table = new EndpointTable()
  table.set(endpoints)
  return table
}

describe('the guide to discovery', () => {
  const endpoints = new EndpointTable()
  let server: DiscoveryServer

  before(async () => {
    endpoints.set(ALL)
    server = await DiscoveryServer.open({
      endpoints,
      clock: new SystemClock(),
      random: { integer: () => 0 },
      onTrouble: (error) => assert.fail(String(error)),
    })
  })

  after(() => server.close())

  const here = (text: string): string => text.replace(':4690', `:${server.port}`)

  it('shows the answers of the HTTP view', async () => {
    const [text = ''] = shown('console')
    const pairs = [...text.matchAll(/^\$ curl -s '(.*)'\n(.*)$/gm)]
    assert.equal(pairs.length, 2)
    for (const [, url = '', answer] of pairs) {
      assert.equal(await (await fetch(here(url))).text(), answer)
    }
  })

  it('follows a service from Node', async () => {
    const [text = ''] = shown('js')
    const [imported = '', code = ''] = text.split('\n\n')
    assert.equal(imported, "import { discover } from 'rampart/service'")
    const told: unknown[] = []
    const variables = { RAMPART_DISCOVERY_URL: `http://127.0.0.1:${server.port}` }
    const program = new Function('discover', 'console', `return (async () => {${code}})()`)
    const find: typeof discover = (name, options) => discover(name, { ...options, variables })
    await program(find, { log: (...words: readonly unknown[]) => told.push(...words) })
    assert.deepEqual(told, ['http://127.0.0.1:20001', 1])
  })

  it('shows the files that are written', () => {
    const lines = printVariables(variablesOf(ALL, {}), 'dotenv')
    const [doors = '', block] = shown('sh')
    assert.equal(block, String(replaceBlock(Buffer.alloc(0), lines, { path: '.env' })))
    const [, text = ''] = /^export RAMPART_DISCOVERY="(.*)"\n$/.exec(doors) ?? []
    const named = Object.keys(parseDoors(text, '.')).sort()
    assert.deepEqual(named, ['blocks', 'dns', 'envoy', 'files', 'http', 'localhost'])
    assert.deepEqual(shown('haproxy'), [printHaproxyBackends(ALL)])
    assert.deepEqual(shown('nginx'), [printNginxUpstreams(ALL)])
    assert.equal(map, printHaproxyMap(ALL))
  })

  it('names services as they are called', () => {
    const names = new LocalNames(ALL)
    for (const name of ['api.shop', 'metrics.api.shop']) {
      assert.equal(names.find(name).verdict, 'port', name)
    }
    const [, , envoy = ''] = shown('yaml')
    const { clusters } = parse(envoy) as { readonly clusters: readonly Record<string, string>[] }
    const asked = clusters.filter(({ type }) => type === 'EDS').map(({ name = '' }) => name)
    const assignments = new ClusterAssignments(endpoints)
    for (const name of [...asked, 'http.api.shop']) {
      assert.equal(assignments.find(name).hosts.length, 1, name)
    }
  })

  it('has a configuration that Envoy takes', requireRealPart('Envoy'), async (t) => {
    const [, , envoy = ''] = shown('yaml')
    const file = join(folder(t), 'envoy.json')
    const bootstrap = { node: { id: 'a', cluster: 'b' }, static_resources: parse(envoy) }
    writeFileSync(file, JSON.stringify(bootstrap))
    await run(findProgramOf('Envoy') ?? '', ['--mode', 'validate', '-c', file, '-l', 'error'])
  })

  it('has a contract whose names are told of as it says', () => {
    const [text = ''] = shown('yaml')
    const { contracts, issues } = parseContracts([{ path: 'ports.yaml', text }])
    assert.deepEqual(issues, [])
    const [contract] = contracts
    const names = contract?.kind === 'Ports' ? contract.definition.names : []
    const told = [...ALL, ...namedEndpoints(ALL, names, ALL)]
    assert.equal(variablesOf(told, {}).values.get('BACKEND_HTTP_PORT'), '20001')
    const groups = exportedGroups(told).map(({ name }) => name)
    assert.ok(groups.includes('http.backend'), String(groups))
    assert.equal(new ClusterAssignments(tableOf(told)).find('backend/http').hosts.length, 1)
    assert.equal(new LocalNames(told).find('backend').verdict, 'port')
  })

  it('has a configuration that Prometheus takes', requireRealPart('Prometheus'), async (t) => {
    const [, text = ''] = shown('yaml')
    const file = join(folder(t), 'prometheus.yml')
    writeFileSync(file, here(text))
    const { stdout } = await run('promtool', ['check', 'config', file])
    assert.match(stdout, /SUCCESS/)
  })
})

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'rampart-guide-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}
