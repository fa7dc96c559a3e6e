/** Addresses as texts, against how the system itself prints and reads them. */
import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalAddress, hostBetween } from './ip-text.ts'

test('an address is printed as a URL prints it, and what is none is none', () => {
  const any = fc.oneof(fc.ipV6(), fc.ipV4()).filter((text) => !/:.*\./.test(text))
  fc.assert(
    fc.property(any, (text) => {
      const host = new URL(`http://${text.includes(':') ? `[${text}]` : text}/`).hostname
      assert.equal(canonicalAddress(text), host.replace(/^\[(.*)\]$/, '$1'))
    }),
  )
  for (const text of ['', ':', ':::', '1::2::3', 'localhost', '1.2.3', '1.2.3.256', '12:30:15']) {
    assert.equal(isIP(text), 0)
    assert.equal(canonicalAddress(text), undefined, text)
  }
  assert.equal(canonicalAddress('127.0.0.01'), undefined)
})

test('only an address of IPv6 is put in brackets, and only before what may be a port', () => {
  assert.equal(hostBetween('http://', '::1', ':80/'), '[::1]')
  assert.equal(hostBetween('', '::1', ':80'), '[::1]')
  assert.equal(hostBetween('http://', '::1', '/'), '[::1]')
  assert.equal(hostBetween('', '::1', ''), '::1')
  assert.equal(hostBetween('http://[', '::1', ']:80'), '::1')
  assert.equal(hostBetween('http://', '127.0.0.1', ':80'), '127.0.0.1')
  assert.equal(hostBetween('at ', '12:30', ':00'), '12:30')
})
