/** Whose logs are pointed at when a stage is told of. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseContracts, planContract } from '../../contracts/index.ts'
import { present } from '../../core/fault/assert.ts'
import { componentOf } from './component-of.ts'

const CONTRACT = `
apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec:
  regions: { eu: {} }
  components:
    api: { copies: 2, run: { command: [api], ports: { http: {} } }, ready: [{ log: { pattern: up } }], roll: {} }
    web: { run: { command: [web], ports: { http: {} } }, ready: [{ log: { pattern: up } }], roll: {} }
`

test('whatever is done for a component, its logs are the component’s', () => {
  const { contracts } = parseContracts([{ path: 'rampart.yaml', text: CONTRACT }])
  const plan = planContract(present(contracts[0], 'it parses'), { goal: 'up' })
  const components = new Map(plan.stages.map(({ name }) => [name, componentOf(plan, name)]))
  assert.deepEqual([...new Set(components.values())].sort(), ['eu/api', 'eu/web'])
  assert.deepEqual(
    ['eu/web', 'eu/web/front', 'eu/web/drained', 'eu/api/2'].map((name) => components.get(name)),
    ['eu/web', 'eu/web', 'eu/web', 'eu/api'],
  )
  assert.equal(componentOf(plan, 'eu/unknown'), 'eu/unknown')
})
