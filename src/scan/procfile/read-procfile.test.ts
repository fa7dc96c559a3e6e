/** A Procfile's processes listen where they are told, else where foreman tells them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn } from '../../../test/support/scan-text.ts'
import { procfileReader } from './read-procfile.ts'

const claimsOf = (files: Readonly<Record<string, string>>): readonly string[] =>
  claimsIn(procfileReader, files)

test('each process that asks for a port has one of its own', () => {
  const text = `# a comment
web: thin start -p $PORT
worker: sidekiq
api: uvicorn a:b --port $PORT
admin: next dev -p 3001
release: rake db:migrate -p $PORT
`
  assert.deepEqual(claimsOf({ Procfile: text }), [
    'Procfile:2 5000 default',
    'Procfile:4 5200 loopback default',
    'Procfile:5 3001',
  ])
})

test('PORT of .env is that of the first process', () => {
  const files = { 'a/Procfile': 'web: node a.js\nb: next start\n', 'a/.env': 'PORT=7000\n' }
  assert.deepEqual(claimsOf(files), [
    'a/Procfile:1 7000 interpolated',
    'a/Procfile:2 7100 interpolated',
  ])
})

test('what starts the processes may say so too', () => {
  const port = '$' + '{PORT:-3000}'
  const starter = `export PORT="${port}"\nexec foreman start -f Procfile.dev --env /dev/null\n`
  const files = { 'Procfile.dev': 'web: bin/rails server\n', 'bin/dev': starter, '.env': 'PORT=1' }
  assert.deepEqual(claimsOf(files), ['Procfile.dev:1 3000 loopback interpolated'])
})

test('a port of its own counts more than the one it is given', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's default.
  const text = 'web: PORT=8080 node a\napi: uvicorn a:b --port ${API_PORT:-8001}\n'
  assert.deepEqual(claimsOf({ Procfile: text }), [
    'Procfile:1 8080',
    'Procfile:2 8001 loopback interpolated',
  ])
})
