import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Sealing } from './sealing.ts'

const KEY = Buffer.alloc(32, 1)

test('opens what was sealed, at the same place, for the same purpose, with the same key', () => {
  const sealing = new Sealing(KEY, 'settings')
  const sealed = sealing.seal('Grüße', 'shop-up-222222')
  assert.equal(sealing.open(sealed, 'shop-up-222222'), 'Grüße')
  assert.equal(sealing.open(sealed, 'shop-up-333333'), undefined)
  assert.equal(new Sealing(KEY, 'ledger key').open(sealed, 'shop-up-222222'), undefined)
  assert.equal(
    new Sealing(Buffer.alloc(32, 2), 'settings').open(sealed, 'shop-up-222222'),
    undefined,
  )
})

test('opens nothing of which a single bit was changed, or a byte is missing', () => {
  const sealing = new Sealing(KEY, 'settings')
  const sealed = sealing.seal('hunter22', 'shop')
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Buffer.from(sealed)
    changed[index] = (changed[index] ?? 0) ^ 1
    assert.equal(sealing.open(changed, 'shop'), undefined, `byte ${index}`)
    assert.equal(sealing.open(sealed.subarray(0, index), 'shop'), undefined, `${index} bytes`)
  }
})

test('seals the same text differently every time', () => {
  const sealing = new Sealing(KEY, 'settings')
  assert.notDeepEqual(sealing.seal('hunter22', 'shop'), sealing.seal('hunter22', 'shop'))
})
