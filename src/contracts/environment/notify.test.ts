/** What a condition `notify` means for how its component is run. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseContracts, planContract } from '../index.ts'

const head = 'apiVersion: rampart/v1\nkind: Environment\nmetadata: { name: shop }\n'

function parse(component: string) {
  return parseContracts([
    { path: 'a.yaml', text: `${head}spec: { components: { a: ${component} } }` },
  ])
}

test('a component is told to notify only when that is asked', () => {
  const notifyIn = (ready: string): unknown => {
    const { contracts, issues } = parse(`{ run: { command: [x] }, ready: [${ready}] }`)
    assert.deepEqual(issues, [])
    const [contract] = contracts
    assert.ok(contract !== undefined)
    const plan = planContract(contract, { goal: 'up' })
    return plan.stages[0]?.command?.input['notify']
  }
  assert.equal(notifyIn('{ tcp: "a:1" }'), undefined)
  assert.deepEqual(notifyIn('{ notify: ready }'), {})
  const both = '{ notify: { watchdog: 10s } }, { name: calm, notify: { watchdog: 4s } }'
  assert.deepEqual(notifyIn(both), { watchdogMs: 4_000 })
})

test('only a process can notify', () => {
  const { issues } = parse('{ ready: [{ notify: ready }] }')
  assert.match(issues[0]?.message ?? '', /own process, but it has no run/)
})
