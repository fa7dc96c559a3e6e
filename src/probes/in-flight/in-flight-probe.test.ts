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
      return count
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
    return 0
  })
  const except = ['shop/api#4', 'shop/api#6']
  const { verdict } = await probe.ask({ ...ASKING, input: { ...INPUT, except } })
  assert.deepEqual([verdict, asked], ['passed', [['shop/api', ['4', '6']]]])
})

test('cannot ask without knowing of what', async () => {
  const probe = new InFlightProbe(async () => 0)
  const answer = await probe.ask({ ...ASKING, input: { front: 'shop/api' } })
  assert.deepEqual([answer.verdict, answer.outlook], ['errored', 'terminal'])
})
