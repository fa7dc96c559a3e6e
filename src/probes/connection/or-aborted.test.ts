import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { orAborted } from './or-aborted.ts'

describe('waiting that ends when an attempt does', () => {
  it('gives what the promise gives', async () => {
    const { signal } = new AbortController()
    assert.equal(await orAborted(Promise.resolve(7), signal), 7)
    await assert.rejects(orAborted(Promise.reject(new Error('no')), signal), /no/)
  })

  it('rejects as soon as the signal aborts, or has aborted already', async () => {
    const aborting = new AbortController()
    const never = Promise.withResolvers<number>()
    const waiting = orAborted(never.promise, aborting.signal)
    aborting.abort()
    await assert.rejects(waiting, { code: 'ABORTED' })
    await assert.rejects(orAborted(never.promise, aborting.signal), { code: 'ABORTED' })
  })

  it('drops a failure that comes after the abort', async () => {
    const late = Promise.withResolvers<number>()
    await assert.rejects(orAborted(late.promise, AbortSignal.abort()), { code: 'ABORTED' })
    late.reject(new Error('too late'))
  })
})
