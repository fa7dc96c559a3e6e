import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkBackend, printPlace } from './check-backend.ts'

const good = { id: 'shop/api#1'.replaceAll(/[/#]/g, '-'), address: '127.0.0.1', port: 80 }

test('a name, a literal address and a port are a backend, and nothing else is', () => {
  checkBackend('f', good)
  checkBackend('f', { ...good, address: '::1' })
  for (const bad of [
    { ...good, port: 99_999 },
    { ...good, port: 0 },
    { ...good, port: 1.5 },
    { ...good, address: 'localhost' },
    { ...good, address: '127.0.0.1;} http {' },
    { ...good, address: 'fe80::1%eth0' },
    { ...good, id: 'a b' },
    { ...good, id: 'a\nserver b' },
    { ...good, id: '' },
  ]) {
    assert.throws(() => checkBackend('f', bad), /is not a name, a literal address and a port/)
  }
})

test('an address of IPv6 stands in brackets', () => {
  assert.equal(printPlace(good), '127.0.0.1:80')
  assert.equal(printPlace({ ...good, address: '::1' }), '[::1]:80')
})
