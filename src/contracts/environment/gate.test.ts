import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainContract, parseContracts, planContract } from '../index.ts'

const text = `
apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec:
  components:
    api:
      gates:
        - approval: { from: approver }
        - approval: { from: [sre, "token:release"], count: 2, expires: 1h, deadline: 2d }
      run: { command: [node, api.ts] }
    db: { run: { command: [postgres] } }
`

test('gates of a component become gates of its stage, and are asked of people', () => {
  const { contracts, issues } = parseContracts([{ path: 'rampart.yaml', text }])
  assert.deepEqual(issues, [])
  const [contract] = contracts
  assert.ok(contract !== undefined)
  const api = planContract(contract, { goal: 'up' }).stages.find(({ name }) => name === 'api')
  assert.deepEqual(
    api?.gates.map(({ name, question, deadlineMs }) => ({ name, question, deadlineMs })),
    [
      {
        name: 'approval',
        question: { ask: 'approval', from: ['approver'], count: 1 },
        deadlineMs: undefined,
      },
      {
        name: 'approval-2',
        question: {
          ask: 'approval',
          from: ['sre', 'token:release'],
          count: 2,
          expiresMs: 3_600_000,
        },
        deadlineMs: 172_800_000,
      },
    ],
  )
  const told = explainContract(contract)
  assert.match(told, /Before that one person of approver must approve\./)
  assert.match(told, /2 different people of sre or token:release must approve within/)
})

test('nothing is asked on the way down, nor while it is watched', () => {
  const { contracts } = parseContracts([{ path: 'rampart.yaml', text }])
  const [contract] = contracts
  assert.ok(contract !== undefined)
  for (const goal of ['down', 'watch']) {
    const { stages } = planContract(contract, { goal })
    assert.ok(stages.every(({ gates }) => gates.length === 0))
  }
})

test('a gate that asks nobody is told with what was expected', () => {
  const wrong = text.replace('{ from: approver }', '{ form: approver }')
  const { issues } = parseContracts([{ path: 'rampart.yaml', text: wrong }])
  assert.match(issues.map(({ message }) => message).join('\n'), /"form" is not a key here.*from/)
})
