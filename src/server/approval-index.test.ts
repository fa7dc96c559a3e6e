/** What waits for people: found at once when it comes, gone when it is answered, whoever writes of it. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { conditionOf, planOf, stageOf } from '../../test/support/plan-words.ts'
import { makeServerParts, type SmallServer } from '../../test/support/server-parts.ts'
import { present } from '../core/fault/assert.ts'
import type { StreamSummary } from '../seams/ledger.ts'
import { ApprovalIndex } from './approval-index.ts'

interface Trial extends SmallServer {
  readonly index: ApprovalIndex
  /** How often the ledger was asked for everything. */
  readonly listings: () => number
}

async function openTrial(t: TestContext): Promise<Trial> {
  const small = makeServerParts()
  small.world.running = 'failed'
  await small.parts.engine.start()
  const { ledger } = small.parts
  let listings = 0
  const counting = Object.create(ledger, {
    streams: {
      value: (): Promise<readonly StreamSummary[]> => {
        listings += 1
        return ledger.streams()
      },
    },
    read: { value: ledger.read.bind(ledger) },
    onAppended: { value: ledger.onAppended.bind(ledger) },
  }) as typeof ledger
  const index = new ApprovalIndex({ ...small.parts, ledger: counting })
  t.after(async () => {
    index.close()
    await small.parts.engine.close()
  })
  return { ...small, index, listings: () => listings }
}

async function open({ parts }: Trial, name: string, asks: boolean): Promise<string> {
  const asked = { ask: 'approval', from: ['sre'], count: 1 } as const
  const question = asks ? asked : ({ ask: 'elapsed', ms: 600_000 } as const)
  const plan = planOf([stageOf('api', { gates: [conditionOf('go', question)] })], { name })
  const run = { directory: '/srv', workspace: '/srv' }
  return await parts.engine.open({ plan, settings: { values: {}, secrets: [], run }, by: 'x' })
}

async function waitingIn({ index }: Trial): Promise<readonly string[]> {
  return (await index.list()).map(({ state, open }) => `${state.ramp} ${open.stage}`)
}

test('finds what waits, asking the ledger for everything only once', async (t) => {
  const trial = await openTrial(t)
  const first = await open(trial, 'shop', true)
  assert.deepEqual(await waitingIn(trial), [`${first} api`])
  await open(trial, 'shed', false)
  const second = await open(trial, 'shack', true)
  assert.deepEqual(await waitingIn(trial), [`${first} api`, `${second} api`])
  const { engine } = trial.parts
  const { planDigest: digest } = present(await engine.state(first), 'it is there')
  const [asked] = await trial.index.list()
  const { stage, condition } = present(asked, 'it waits').open
  const word = { say: 'approve', stage, condition, digest, as: 'sre' } as const
  await engine.speak({ ramp: first, by: 'anna', word })
  assert.deepEqual(await waitingIn(trial), [`${second} api`])
  await engine.speak({ ramp: second, by: 'x', word: { say: 'abort', undo: false, why: '' } })
  assert.deepEqual(await waitingIn(trial), [])
  assert.equal(trial.listings(), 1)
})

test('looks at everything anew when the ledger cannot say what has grown', async (t) => {
  const trial = await openTrial(t)
  const { ledger } = trial.parts
  const hints: ((stream: string | undefined) => void)[] = []
  ledger.onAppended = (listener) => {
    hints.push(listener)
    return () => undefined
  }
  const index = new ApprovalIndex(trial.parts)
  t.after(() => index.close())
  const ramp = await open(trial, 'shop', true)
  assert.equal((await index.list()).length, 1)
  for (const hint of hints) hint(undefined)
  for (const hint of hints) hint('contract:Environment/shop')
  const [waiting] = await index.list()
  assert.equal(waiting?.state.ramp, ramp)
})
