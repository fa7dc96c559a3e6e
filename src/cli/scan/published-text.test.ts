import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publishedText } from './published-text.ts'

test('ports and plain words are published, and what may be a secret is not', () => {
  const shown = [
    ...['8080:80', '127.0.0.1:8025:8025', '[::]:53/udp', `$\{PORT:-8080}`, 'PORT=8080'],
    ...['EXPOSE 80/tcp', 'vite --port 8025', 'redis://localhost:6379', 'listen: 8443'],
  ]
  for (const text of shown) assert.equal(publishedText(text), text)
  assert.equal(publishedText('KEY=abc A=b vite --port 80'), '… vite --port 80')
  assert.equal(publishedText('x --password hunter -p 80'), 'x --password … -p 80')
  assert.equal(publishedText('x --password=hunter 80'), 'x … 80')
  assert.equal(publishedText('redis://u:p@h:6379'), '…')
  assert.equal(publishedText('80 '.repeat(99)).length, 120)
})
