/** Command lines are read as shells would, and only what is plain is believed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCommand } from './read-command.ts'

const CASES: readonly (readonly [line: string, ports: readonly string[]])[] = [
  ['next dev -p 3001', ['claim 3001 explicit']],
  ['cross-env A=b PORT=5000 node dist/main', ['claim 5000 explicit']],
  ['vite', ['claim 5173 default']],
  ['vite build', []],
  ['npx -y wrangler@latest dev --port 8788', ['claim 8788 explicit']],
  ['nodemon --exec "PORT=3000 tsx src/index.ts"', ['claim 3000 explicit']],
  ['if [ x ]; then next dev -p 3000; fi', ['claim 3000 explicit']],
  ['flask --app shop run -p 5001', ['claim 5001 explicit']],
  ['psql -p 5432', []],
  ['mkdir -p 2024', []],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's default.
  ['uvicorn a:b --port ${PORT:-8002}', ['claim 8002 interpolated']],
  ['docker run -p 127.0.0.1:8080:80 nginx', ['claim 8080 explicit']],
  ['next dev & wait-on tcp:3000', ['claim 3000 default', 'consumption 3000 explicit']],
]

for (const [line, expected] of CASES) {
  test(`${line} says ${expected.join(', ') || 'nothing'}`, () => {
    const found = readCommand(line).ports
    assert.deepEqual(
      found.map(({ stance, first, confidence }) => `${stance} ${first} ${confidence}`),
      expected,
    )
  })
}
