import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { orAborted, orTooLate } from './or-aborted.ts'

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

describe('waiting a little longer than the attempt lasts', () => {
  it('gives what comes, also after the abort, and nothing for a failure', async () => {
    const { signal } = new AbortController()
    assert.equal(await orTooLate(Promise.resolve(7), signal), 7)
    assert.equal(await orTooLate(Promise.resolve(8), AbortSignal.abort()), 8)
    assert.equal(await orTooLate(Promise.reject(new Error('no')), signal), undefined)
  })

  it('does not wait long once the signal has aborted', async () => {
    const never = Promise.withResolvers<number>()
    const startedMs = performance.now()
    const aborting = new AbortController()
    const waiting = orTooLate(never.promise, aborting.signal)
    aborting.abort()
    assert.equal(await waiting, undefined)
    assert.ok(performance.now() - startedMs < 1_000)
  })
})
