import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { importContract } from '../../import/import-contract.ts'
import { printContract } from '../../import/print-contract.ts'
import { parseContracts } from '../../index.ts'
import type { EnvironmentDefinition } from '../definition.ts'
import { exportCompose } from './compose.ts'
import { exportKubernetes } from './kubernetes.ts'

const golden = join(import.meta.dirname, '../../../../test/golden/import')

function definitionOf(text: string): EnvironmentDefinition {
  const { contracts, issues } = parseContracts([{ path: 'contract', text }])
  assert.deepEqual(issues, [])
  const [contract] = contracts
  assert.ok(contract?.kind === 'Environment')
  return contract.definition
}

function imported(format: 'compose' | 'kubernetes', text: string): EnvironmentDefinition {
  const { document, problem } = importContract({ format, text, name: 'shop', file: 'compose.yaml' })
  assert.ok(document !== undefined, problem?.message)
  return definitionOf(printContract(document))
}

/** What a round trip must keep: the order, the proofs, how long they may take, how services end. */
function promisesOf({ components }: EnvironmentDefinition) {
  return components.map(({ name, needs, ready, deadlineMs, optional, stop }) => ({
    name,
    needs,
    ready,
    deadlineMs,
    optional,
    stop,
  }))
}

function sources(format: string): readonly string[] {
  return readdirSync(join(golden, format))
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.contract.yaml'))
    .map((name) => readFileSync(join(golden, format, name), 'utf8'))
}

describe('a compose file', () => {
  it('keeps its promises through a contract and back', () => {
    for (const text of sources('compose')) {
      // Variables are filled in by whoever reads the file first, so they do not come back.
      const first = imported('compose', text.replaceAll(/\$\{READY_WORD:-yes\}/g, 'yes'))
      const { text: back } = exportCompose(first)
      assert.deepEqual(promisesOf(imported('compose', back)), promisesOf(first), back)
    }
  })

  it('waits only for health that is checked, and says what else it cannot say', () => {
    const text = [
      'apiVersion: rampart/v1',
      'kind: Environment',
      'metadata: { name: shop }',
      'spec:',
      '  components:',
      '    db: { run: { command: [db], cwd: data }, ready: [{ tcp: "localhost:1" }] }',
      '    seed: { needs: [db], run: { command: [seed], oneShot: true }, ready: [{ exit: [0, 3] }] }',
      '    api:',
      '      needs: [seed]',
      '      run: { command: [api, "costs $5"], ports: { http: {} } }',
      `      ready: [{ http: "http://\${self.host}:\${self.ports.http}/" }, { exec: { command: [ok] } }]`,
    ].join('\n')
    const exported = exportCompose(definitionOf(text))
    assert.match(exported.text, /db:\n\s+condition: service_started/)
    assert.match(exported.text, /seed:\n\s+condition: service_completed_successfully/)
    assert.match(exported.text, /costs \$\$5/)
    const what = exported.unsaid.map((one) => one.what)
    for (const place of ['db.run.cwd', 'db.ready.tcp', 'seed.needs.db', 'seed.ready.exit']) {
      assert.ok(what.includes(place), `${place} is not told: ${what}`)
    }
    assert.ok(what.includes('api.ready.exec') && what.includes('api.ready.http'))
  })
})

describe('manifests', () => {
  it('come to the same manifests again, read back as a contract', () => {
    for (const text of sources('kubernetes')) {
      const first = exportKubernetes(imported('kubernetes', text)).text
      const again = exportKubernetes(imported('kubernetes', first)).text
      const third = exportKubernetes(imported('kubernetes', again)).text
      assert.equal(third, again)
    }
  })

  it('hold probes, waves and graces, and say what they cannot', () => {
    const first = imported('kubernetes', sources('kubernetes')[0] ?? '')
    const { text, unsaid } = exportKubernetes(first)
    assert.match(text, /startupProbe:\n\s+httpGet:\n\s+path: \/started\n\s+port: 9090/)
    assert.match(text, /minReadySeconds: 15/)
    assert.match(text, /terminationGracePeriodSeconds: 45/)
    assert.match(text, /sync-wave: "2"/)
    assert.ok(unsaid.some((one) => one.what === 'needs'))
  })
})

describe('copies of a component', () => {
  const text = [
    'apiVersion: rampart/v1',
    'kind: Environment',
    'metadata: { name: shop }',
    'spec:',
    '  components:',
    '    api: { run: { command: [api], ports: { http: {} } }, roll: {}, copies: 3 }',
  ].join('\n')

  it('are replicas elsewhere, and what is not said of them is told', () => {
    for (const print of [exportCompose, exportKubernetes]) {
      const { text: printed, unsaid } = print(definitionOf(text))
      assert.match(printed, /replicas: 3/)
      assert.ok(unsaid.some(({ what }) => what === 'api.roll'))
    }
  })
})
