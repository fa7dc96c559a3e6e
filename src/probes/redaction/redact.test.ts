import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { printUrl, redactDocument, redactSecrets, redactText, secretsOf } from './redact.ts'

describe('redaction', () => {
  it('takes passwords out of URLs and out of telling parameters', () => {
    const cases = [
      ['postgres://app:hunter2@db/shop', 'postgres://app:***@db/shop'],
      ['redis://:hunter2@db', 'redis://:***@db'],
      ['see http://a/b?api_key=hunter2&x=1', 'see http://a/b?api_key=***&x=1'],
      ['host=db password=hunter2 user=app', 'host=db password=*** user=app'],
      ['at 12:30 user@example.org', 'at 12:30 user@example.org'],
    ]
    for (const [text = '', expected] of cases) assert.equal(redactText(text), expected)
  })

  it('knows secret variables by their name', () => {
    const secrets = secretsOf({ API_TOKEN: 'tiger', DB_PASSWORD: 'lion', PORT: '8080', PASS: 'x' })
    assert.deepEqual(secrets, ['tiger', 'lion'])
    assert.equal(redactSecrets('a tiger and a lion at 8080', secrets), 'a *** and a *** at 8080')
    assert.deepEqual(redactDocument({ a: ['tiger', 1, null] }, secrets), { a: ['***', 1, null] })
  })

  it('shows of a URL neither user nor query', () => {
    assert.equal(printUrl(new URL('http://u:p@h:1/a?b=c')), 'http://h:1/a?…')
  })
})
