/** Codes that sign a browser in: once, soon, and only as whoever made them may still come. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedClock } from '../../../test/simulation/simulated-clock.ts'
import { openNetServer } from '../../../test/support/net-server.ts'
import { MemoryRecords } from '../../records/memory/memory-records.ts'
import { SIGN_IN_CODE_MS, SignInCodes } from './sign-in-codes.ts'

const CI = { name: 'token:ci', kind: 'machine', grants: [], behind: [], groups: [] } as const

test('a code is worth a session once, as whoever made it, and nothing afterwards', async (t) => {
  const { ask, tokenFor } = await openNetServer(t)
  const { secret, token } = await tokenFor('demo', [{ role: 'approver', scope: {} }])
  const made = await ask('/v1/auth/codes', { method: 'POST', token: secret })
  assert.equal(made.status, 201)
  assert.equal(made.headers['cache-control'], 'no-store')
  const { code } = made.body as { readonly code: string }
  assert.ok(!code.includes(secret) && !secret.includes(code))
  const begin = (): ReturnType<typeof ask> =>
    ask('/v1/auth/session', { method: 'POST', body: { code } })
  const begun = await begin()
  assert.equal(begun.status, 200)
  assert.equal((begun.body as { readonly name: string }).name, token.name)
  const cookie = String(begun.headers['set-cookie']).split(';')[0] ?? ''
  const me = await ask('/v1/me', { headers: { cookie } })
  assert.equal((me.body as { readonly name: string }).name, 'token:demo')
  assert.equal((await begin()).status, 401)
})

test('nobody makes a code without a token, and none is worth more than its token', async (t) => {
  const { ask, tokenFor, parts } = await openNetServer(t)
  assert.equal((await ask('/v1/auth/codes', { method: 'POST' })).status, 401)
  const { secret, token } = await tokenFor('demo', [])
  const { secret: root } = await tokenFor('root', [{ role: 'admin', scope: {} }])
  const made = await ask('/v1/auth/codes', { method: 'POST', token: secret })
  const { code } = made.body as { readonly code: string }
  assert.ok(!JSON.stringify(await parts.records.list('sign-in-codes')).includes(code))
  await ask(`/v1/tokens/${token.id}`, { method: 'DELETE', token: root })
  const begun = await ask('/v1/auth/session', { method: 'POST', body: { code } })
  assert.equal(begun.status, 401)
  for (const body of [{ code: 'none' }, { code, token: root }, {}]) {
    const { status } = await ask('/v1/auth/session', { method: 'POST', body })
    assert.ok(status === 400 || status === 401, JSON.stringify(body))
  }
})

test('a code is over after a minute, and whoever comes without a token makes none', async () => {
  const clock = new SimulatedClock()
  const codes = new SignInCodes({ records: new MemoryRecords(clock), clock })
  await assert.rejects(codes.make({ ...CI, by: 'local' }), { code: 'forbidden' })
  const { code } = await codes.make({ ...CI, by: 'token', tokenId: 'aa' })
  const late = await codes.make({ ...CI, by: 'token', tokenId: 'aa' })
  assert.equal(await codes.take(code), 'aa')
  clock.wakeAt(clock.nowMs() + SIGN_IN_CODE_MS, () => undefined)
  clock.step()
  assert.equal(await codes.take(late.code), undefined)
})
