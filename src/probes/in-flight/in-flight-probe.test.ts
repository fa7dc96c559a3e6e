import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InFlightProbe } from './in-flight-probe.ts'

const ASKING = { self: {}, attempt: 1, signal: new AbortController().signal }
const INPUT = { front: 'shop/api', except: 'shop/api#2' }

test('passes when nothing is under way, and says how much is', async () => {
  for (const [count, verdict, sentence] of [
    [0, 'passed', /^Nothing is under way at the earlier starts of shop\/api\.$/],
    [1, 'failed', /^1 request is still/],
    [7, 'failed', /^7 requests are still/],
    [undefined, 'inconclusive', /does not tell/],
  ] as const) {
    const asked: unknown[] = []
    const probe = new InFlightProbe(async (...words) => {
      asked.push(words)
      return { count, stayMs: 0 }
    })
    const answer = await probe.ask({ ...ASKING, input: INPUT })
    assert.equal(answer.verdict, verdict)
    assert.equal(answer.outlook, 'notYet')
    assert.match(answer.sentence, sentence)
    assert.deepEqual(asked, [['shop/api', ['2']]])
  }
})

test('spares every copy that goes on', async () => {
  const asked: unknown[] = []
  const probe = new InFlightProbe(async (...words) => {
    asked.push(words)
    return { count: 0, stayMs: 0 }
  })
  const except = ['shop/api#4', 'shop/api#6']
  const { verdict } = await probe.ask({ ...ASKING, input: { ...INPUT, except } })
  assert.deepEqual([verdict, asked], ['passed', [['shop/api', ['4', '6']]]])
})

test('cannot ask without knowing of what', async () => {
  const probe = new InFlightProbe(async () => ({ count: 0, stayMs: 0 }))
  const answer = await probe.ask({ ...ASKING, input: { front: 'shop/api' } })
  assert.deepEqual([answer.verdict, answer.outlook], ['errored', 'terminal'])
})

test('who is still to stay has not gone yet', async () => {
  const probe = new InFlightProbe(async () => ({ count: 0, stayMs: 2_500 }))
  const answer = await probe.ask({ ...ASKING, input: INPUT })
  assert.deepEqual([answer.verdict, answer.reason], ['failed', 'lingering'])
  assert.match(answer.sentence, /they stay 2\.50 s more/)
})

test('once the time is over that they had, asking again will not do', async () => {
  const over = { event: 'roll', by: 'contract', contract: 'shop-ports' } as const
  for (const [count, sentence] of [
    [
      2,
      /^2 requests are still under way .*; this roll gave them at most 20s to finish, as shop-ports says, and that is over\.$/,
    ],
    [undefined, /^Something may be still under way/],
  ] as const) {
    const parting = { ...over, drainMs: 20_000, lingerMs: 0 }
    const probe = new InFlightProbe(async () => ({ count, stayMs: 0, over: parting }))
    const answer = await probe.ask({ ...ASKING, input: INPUT })
    assert.deepEqual([answer.verdict, answer.outlook], ['failed', 'terminal'])
    assert.match(answer.sentence, sentence)
  }
})
