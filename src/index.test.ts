import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseContracts } from './contracts/index.ts'
import { defineEnvironment } from './index.ts'

test('a config file that imports the package defines a contract that parses', () => {
  const value = defineEnvironment({
    name: 'notes',
    components: {
      db: { run: { command: ['node', 'db.ts'], ports: { pg: {} } } },
      api: { needs: ['db'], run: { command: ['node', 'api.ts'] }, ready: [{ exit: 'running' }] },
    },
  })
  const { contracts, issues } = parseContracts([{ path: 'rampart.config.ts', value }])
  assert.deepEqual(issues, [])
  assert.deepEqual(
    contracts.map((contract) => contract.name),
    ['notes'],
  )
})
