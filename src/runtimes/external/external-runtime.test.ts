/** What is external is handed on and left alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { ExternalRuntime } from './external-runtime.ts'

async function run(operation: string, input: JsonObject): Promise<CommandAnswer> {
  const { signal } = new AbortController()
  const order = { id: 'up/mail/1', ramp: 'up', stage: 'mail', purpose: 'do', fence: 1 } as const
  return await new ExternalRuntime().run({ ...order, operation, input, signal })
}

test('where an external component is becomes what conditions refer to', async () => {
  const input = { subject: 'shop/mail', host: 'mail.local', ports: { smtp: 25, imap: '143' } }
  for (const operation of ['start', 'look']) {
    const answer = await run(operation, input)
    assert.deepEqual([answer.verdict, answer.reason], ['done', 'observed'])
    assert.deepEqual(answer.outputs, { ...input, ports: { smtp: 25, imap: 143 } })
  }
})

test('an external component is never stopped', async () => {
  const answer = await run('stop', { subject: 'shop/mail', stop: { graceMs: 0 } })
  assert.deepEqual([answer.verdict, answer.reason], ['done', 'not-ours'])
})

test('what is not understood is an answer', async () => {
  assert.equal((await run('start', { subject: 'shop/mail' })).reason, 'input-malformed')
  const far = { subject: 'shop/mail', host: 'h', ports: { smtp: 70_000 } }
  assert.match((await run('start', far)).sentence, /ports\.smtp/)
  assert.equal((await run('restart', {})).reason, 'operation-unknown')
})
