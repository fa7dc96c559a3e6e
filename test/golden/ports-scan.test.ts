/** What `rampart ports scan` prints, in words, as JSON and as SARIF. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runInProcess } from '../support/cli.ts'
import { openFolder } from '../support/rampart.ts'
import { assertGolden, steadyJson, steadyText } from './golden-text.ts'

const COMPOSITION = `services:
  web:
    image: nginx:1.27
    ports: ["8080:80"]
  api:
    image: example/api
    ports: ["127.0.0.1:\${API_PORT:-8080}:3000"]
    environment:
      WEB: http://web:8080
`

const FORMS = {
  'words/ports-scan.txt': [],
  'words/ports-scan-claims.txt': ['--claims'],
  'json/ports-scan.json': ['--json'],
  'json/ports-scan-sarif.json': ['--sarif', '-'],
}

for (const [name, flags] of Object.entries(FORMS)) {
  test(`rampart ports scan ${flags.join(' ')} prints ${name}`, async (t) => {
    const folder = openFolder(t)
    writeFileSync(join(folder, 'compose.yaml'), COMPOSITION)
    const argv = ['ports', 'scan', ...flags]
    const { exitCode, stdout, stderr } = await runInProcess(argv, folder)
    assert.equal(exitCode, 3)
    if (name.endsWith('.json')) {
      assert.equal(stderr, '')
      assertGolden(`cli/${name}`, steadyJson(stdout, folder))
    } else {
      const text = steadyText(`${stdout}--- stderr\n${stderr}`, folder)
      assertGolden(`cli/${name}`, `$ rampart ${argv.join(' ')}\n${text}`)
    }
  })
}
