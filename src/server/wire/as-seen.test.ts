import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeAsSeen } from './as-seen.ts'
import { etagOf } from './etags.ts'

/** Something that is at a version, and takes a change only of that one. */
function thingAt(version: number) {
  const thing = { version, tried: 0 }
  const change = async (etag: string): Promise<string> => {
    thing.tried += 1
    if (etag !== etagOf(thing.version)) throw new RangeError('stale')
    return 'changed'
  }
  const isStale = (error: unknown): boolean => error instanceof RangeError
  return { thing, change, isStale }
}

test('changes what has moved on, as long as what matters is as it was seen', async () => {
  const { thing, change, isStale } = thingAt(3)
  const look = async (): Promise<string> => etagOf(thing.version)
  assert.equal(await changeAsSeen({ etag: etagOf(1), change, isStale, look }), 'changed')
  assert.equal(thing.tried, 2)
})

test('changes nothing that matters and is otherwise now', async () => {
  const { thing, change, isStale } = thingAt(3)
  const seen = { etag: etagOf(1), change, isStale, look: async () => undefined }
  await assert.rejects(changeAsSeen(seen), /stale/)
  assert.equal(thing.tried, 1)
})

test('gives up on what changes faster than it is answered, and at once on other failures', async () => {
  const { thing, change, isStale } = thingAt(3)
  const look = async (): Promise<string> => etagOf(thing.version++)
  await assert.rejects(changeAsSeen({ etag: etagOf(1), change, isStale, look }), /stale/)
  assert.equal(thing.tried, 5)
  const fail = (): Promise<never> => Promise.reject(new TypeError('gone'))
  await assert.rejects(changeAsSeen({ etag: '"1"', change: fail, isStale, look }), /gone/)
})
