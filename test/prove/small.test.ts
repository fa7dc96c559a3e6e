/** A proof of something small: what notices is proved, what does not is named, and nothing is left. */
import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openFolder, startNode } from '../support/rampart.ts'

const repository = join(import.meta.dirname, '../..')

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: small }
spec:
  components:
    store:
      run: { command: [node, store.mjs], ports: { http: {} } }
      ready:
        - name: content
          http: "http://\${self.host}:\${self.ports.http}/"
          when: evidence.json.stored == 3
          timeout: 500ms
        - name: license
          file: license.txt
    blind:
      needs: [store]
      run: { command: [node, store.mjs], ports: { http: {} } }
      ready:
        - name: alive
          http: "http://\${self.host}:\${self.ports.http}/"
          timeout: 500ms
`

const STORE = `import { createServer } from 'node:http'
createServer((_, response) => {
  response.setHeader('content-type', 'application/json')
  response.end('{"stored":3}')
}).listen(process.env.PORT, '127.0.0.1')
`

test('a small environment is proved as far as it can be, and left as it was', async (t) => {
  const folder = openFolder(t, 'small')
  writeFileSync(join(folder, 'rampart.yaml'), CONTRACT)
  writeFileSync(join(folder, 'store.mjs'), STORE)
  writeFileSync(join(folder, 'license.txt'), 'granted')
  const before = readdirSync(folder)
  const args = [join(repository, 'bin/rampart.mjs'), 'prove', '--within', '2s']
  const { exitCode, stdout, stderr } = await startNode(args, { cwd: folder }).finished
  assert.equal(exitCode, 3, stderr)
  assert.deepEqual(stdout.trim().split('\n').slice(1), [
    '  ✖ blind: alive goes on passing while something else answers 200 for blind',
    '  ✖ blind says ready while its store is dead',
  ])
  assert.match(stderr, /license\.txt is gone for store: 1 condition told of it/)
  assert.deepEqual(readdirSync(folder), before)
})

test('what does not come up is not proved, and says why', async (t) => {
  const folder = openFolder(t, 'small')
  writeFileSync(join(folder, 'rampart.yaml'), CONTRACT)
  writeFileSync(join(folder, 'store.mjs'), 'process.exit(4)')
  const args = [join(repository, 'bin/rampart.mjs'), 'prove', '--json']
  const { exitCode, stdout } = await startNode(args, { cwd: folder }).finished
  assert.equal(exitCode, 3)
  const told = JSON.parse(stdout) as { readonly verdict: string; readonly cause: string }
  assert.equal(told.verdict, 'not-up')
  assert.match(told.cause, /exited with 4/)
})
