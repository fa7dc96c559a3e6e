import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redactorFor } from './redact.ts'

const SETTINGS = {
  values: { password: 'p@ss/word', token: 'p@ss/word-and-more', name: 'shop' },
  secrets: ['password', 'token'],
  run: {},
}

test('replaces a secret wherever it stands, keys and nested values included', () => {
  const redact = redactorFor(SETTINGS)
  const found = redact({ 'p@ss/word': ['x p@ss/word y', { deep: 'p@ss/word' }], name: 'shop' })
  assert.deepEqual(found, {
    '[secret password]': ['x [secret password] y', { deep: '[secret password]' }],
    name: 'shop',
  })
})

test('finds a secret written for a URL', () => {
  const redact = redactorFor(SETTINGS)
  assert.equal(redact('postgres://app:p%40ss%2Fword@db'), 'postgres://app:[secret password]@db')
})

test('replaces a longer secret whole, although a shorter one begins it', () => {
  assert.equal(redactorFor(SETTINGS)('p@ss/word-and-more'), '[secret token]')
})

test('changes nothing when there are no secrets', () => {
  const value = { a: 1 }
  assert.equal(redactorFor(undefined)(value), value)
})

test('finds a secret of which only the beginning or the end is left at the edge of a text', () => {
  const values = { token: 'sesame-open-up-for-me' }
  const redact = redactorFor({ values, secrets: ['token'], run: {} })
  assert.equal(redact('it said sesame-open-up…'), 'it said [secret token]…')
  assert.equal(redact('…up-for-me is wrong'), '…[secret token] is wrong')
  assert.equal(redact('it said sesame'), 'it said sesame')
})

test('finds what is left of a secret behind what a probe has hidden', () => {
  const values = { token: 'open & shut "case" 1234' }
  const redact = redactorFor({ values, secrets: ['token'], run: {} })
  assert.equal(
    redact('/ready?token=***&%20shut%20%22case%22%201234'),
    '/ready?token=***[secret token]',
  )
  assert.equal(redact('/x/open%20&%20shut%20%22case%22%201234/y'), '/x/[secret token]/y')
})
