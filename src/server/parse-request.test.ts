import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { isFault } from '../core/fault/fault.ts'
import { parseRequest } from './parse-request.ts'

const PHASE = z.enum(['running', 'held'])
const QUERY = z.strictObject({
  limit: z.coerce.number().max(500).optional(),
  phase: z.union([PHASE, z.array(PHASE)]).optional(),
  goal: z.literal('up').optional(),
})

test('says what was expected and the nearest member, and never quotes a value', () => {
  const cases = [
    [{ limit: 'much' }, 'limit: expected number.'],
    [{ phase: 'secret' }, 'phase: expected one of running, held.'],
    [{ goal: 'secret' }, 'goal: expected up.'],
    [{ lmit: '1' }, 'Unrecognized key: "lmit"; did you mean limit?.'],
    [[], 'expected object.'],
  ] as const
  for (const [sent, said] of cases) {
    assert.throws(
      () => parseRequest(QUERY, sent, 'query'),
      (error) => isFault(error, 'request-malformed') && error.hint === said,
      said,
    )
  }
})
