import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  elapsedMs,
  errored,
  malformedInput,
  notYet,
  passed,
  printLatency,
  terminal,
} from './answer.ts'

const FINDINGS = { reason: 'seen', sentence: 'It was seen.', evidence: { count: 1 } }

describe('answers', () => {
  it('carry the verdict and the outlook of their kind', () => {
    const kinds = [
      [passed(FINDINGS), 'passed', 'notYet'],
      [notYet(FINDINGS), 'failed', 'notYet'],
      [terminal(FINDINGS), 'failed', 'terminal'],
      [errored('notYet', FINDINGS), 'errored', 'notYet'],
    ] as const
    for (const [answer, verdict, outlook] of kinds) {
      assert.deepEqual(answer, { verdict, outlook, ...FINDINGS })
    }
  })

  it('are terminal where the input makes no sense', () => {
    const { verdict, outlook, sentence } = malformedInput('`port` is missing.')
    assert.deepEqual([verdict, outlook], ['errored', 'terminal'])
    assert.equal(sentence, 'The probe cannot ask: `port` is missing.')
  })

  it('show latencies as precisely as they matter', () => {
    assert.equal(printLatency(0.8421), '0.84 ms')
    assert.equal(printLatency(1_500.4), '1500 ms')
    assert.equal(elapsedMs(1, 3.45678), 2.46)
  })
})
