import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CERTIFICATE_PATTERN,
  certificateNames,
  matchesCertificateName,
} from './certificate-name.ts'

const MATCHES = [
  ['spiffe://shop/web', 'spiffe://shop/web', true],
  ['spiffe://shop/web', 'spiffe://shop/web/1', false],
  ['spiffe://shop/web', 'spiffe://shop/Web', false],
  ['spiffe://shop/*', 'spiffe://shop/web', true],
  ['spiffe://shop/*', 'spiffe://shop/web/1', true],
  ['spiffe://shop/*', 'spiffe://shop/', false],
  ['spiffe://shop/*', 'spiffe://shop', false],
  ['spiffe://shop/*', 'spiffe://shops/web', false],
  ['spiffe://shop/web/*', 'spiffe://shop/web/../mail', false],
  ['spiffe://shop/web/*', 'spiffe://shop/web/%2e%2e/mail', false],
  ['spiffe://shop/web/*', 'spiffe://shop/web//mail', false],
  ['web.internal', 'web.internal', true],
  ['Web.Internal', 'web.internal', true],
  ['*.internal', 'web.internal', true],
  ['*.internal', 'a.web.internal', false],
  ['*.internal', 'internal', false],
  ['*.internal', 'CN=x.internal', false],
  ['CN=web', 'CN=web', true],
  ['CN=web', 'web', false],
  ['web', 'CN=web', false],
] as const

for (const [pattern, name, isMatch] of MATCHES) {
  test(`${name} is ${isMatch ? '' : 'not '}what ${pattern} means`, () => {
    assert.equal(matchesCertificateName(pattern, name), isMatch)
  })
}

test('a name of one form is never one of another, whatever stands in the certificate', () => {
  const names = certificateNames({
    uris: ['spiffe://shop/web', 'CN=admin', 'web.internal', 'spiffe://shop/*'],
    hosts: ['Web.Internal', '*.internal', 'CN=admin', 'spiffe://shop/admin', 'a,b'],
    commonNames: ['web'],
  })
  assert.deepEqual(names, ['spiffe://shop/web', 'web.internal', 'CN=web'])
})

test('two common names are none, and one that cannot be printed is none', () => {
  for (const commonNames of [['web', 'admin'], ['two words'], ['a\u001b[31m'], []]) {
    assert.deepEqual(certificateNames({ uris: [], hosts: [], commonNames }), [])
  }
})

test('a star stands for one whole label, or for all below a path, and nowhere else', () => {
  for (const fit of ['CN=web', 'web', '*.internal', 'spiffe://shop/*', 'https://shop.internal/a']) {
    assert.match(fit, CERTIFICATE_PATTERN)
  }
  for (const unfit of [
    '*',
    'w*.internal',
    '*.*.internal',
    'spiffe://*',
    'spiffe://shop/w*',
    'CN=',
  ]) {
    assert.doesNotMatch(unfit, CERTIFICATE_PATTERN)
  }
})
