/** What an editor starts listens; what it attaches to, opens or waits for is a connection. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, connectionsOf, findIn } from '../../../test/support/scan-text.ts'
import { launchReader } from './read-launch.ts'

const PATH = '.vscode/launch.json'

function files(configuration: string): Readonly<Record<string, string>> {
  return { [PATH]: `{ "configurations": [{ ${configuration} }] }` }
}

const CASES: readonly (readonly [configuration: string, says: readonly string[]])[] = [
  ['"type": "node", "program": "a.js", "env": { "PORT": "3000" }', ['3000']],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the editor.
  ['"type": "node", "program": "${workspaceFolder}/a.js", "args": ["--port", "3001"]', ['3001']],
  ['"type": "node", "program": "a.js", "runtimeArgs": ["--inspect=9230"]', ['9230 127.0.0.1']],
  [
    '"type": "node", "runtimeExecutable": "npx", "runtimeArgs": ["next", "dev", "-p", "3002"]',
    ['3002'],
  ],
  ['"type": "node-terminal", "command": "vite --port 3003"', ['3003 loopback']],
  ['"type": "debugpy", "module": "uvicorn", "args": ["a:b", "--port", "8001"]', ['8001 loopback']],
  [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the editor.
    '"type": "debugpy", "program": "${workspaceFolder}/manage.py", "args": ["runserver", "8002"]',
    ['8002 loopback'],
  ],
  [
    '"type": "debugpy", "request": "attach", "listen": { "host": "0.0.0.0", "port": 5678 }',
    ['5678 0.0.0.0'],
  ],
  ['"type": "debugpy", "request": "attach", "connect": { "host": "a", "port": 5678 }', ['a:5678']],
  ['"type": "node", "request": "attach", "port": 9229', ['localhost:9229']],
  [
    '"type": "node", "request": "attach", "port": 9229, "address": "b", "env": { "PORT": "1" }',
    ['b:9229'],
  ],
  ['"type": "php", "request": "launch", "port": 9003', ['9003 loopback']],
  [
    '"type": "java", "vmArgs": "-Dserver.port=8081 -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005"',
    ['8081', '5005 loopback'],
  ],
  ['"type": "chrome", "request": "launch", "url": "http://localhost:3000/a"', ['localhost:3000']],
  [
    '"type": "node", "program": "a.js", "serverReadyAction": { "uriFormat": "http://localhost:%s" }',
    [],
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the editor.
  ['"type": "node", "request": "attach", "port": "${command:pick}"', []],
]

for (const [configuration, expected] of CASES) {
  test(`{ ${configuration} } says ${expected.join(' and ') || 'nothing'}`, () => {
    const texts = files(configuration)
    const all = [...claimsIn(launchReader, texts), ...connectionsOf(launchReader, texts)]
    assert.deepEqual(
      all.map((one) => one.replace(`${PATH}:1 `, '')),
      expected,
    )
  })
}

test('configurations of one compound are started together, others in turn', () => {
  const text = `{
  "configurations": [
    { "name": "a", "type": "node", "program": "a.js", "cwd": "\${workspaceFolder}/a", "env": { "PORT": "1" } },
    { "name": "b", "type": "node", "program": "b.js", "env": { "PORT": "1" } },
  ],
  "compounds": [{ "name": "both", "configurations": ["a", "b"] }],
}`
  const { ports } = findIn(launchReader, { [`x/${PATH}`]: text })
  assert.deepEqual(
    ports.map(({ app, profiles, line }) => [app, profiles, line]),
    [
      ['x/a', ['a', 'compound both'], 3],
      ['x', ['b', 'compound both'], 4],
    ],
  )
})
