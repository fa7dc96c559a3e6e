/** Tasks of editors listen as their commands do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, findIn } from '../../../test/support/scan-text.ts'
import { tasksReader } from './read-tasks.ts'

const PATH = '.vscode/tasks.json'

const TASKS: readonly (readonly [task: string, claims: readonly string[]])[] = [
  ['"command": "next dev -p 3001"', ['3001']],
  ['"command": "vite", "args": ["--port", "3002"]', ['3002 loopback']],
  ['"command": "node", "args": ["a.js"], "options": { "env": { "PORT": "3003" } }', ['3003']],
  ['"type": "npm", "script": "dev"', []],
  ['"command": "npm run build -- -p 3004"', []],
]

for (const [task, expected] of TASKS) {
  test(`{ ${task} } claims ${expected.join(' and ') || 'nothing'}`, () => {
    const found = claimsIn(tasksReader, { [PATH]: `{ "tasks": [{ ${task} }] }` })
    assert.deepEqual(
      found.map((one) => one.replace(`${PATH}:1 `, '')),
      expected,
    )
  })
}

test('tasks that one depends on are started together, unless one after the other', () => {
  const text = `{ "tasks": [
    { "label": "a", "command": "next dev -p 1" },
    { "label": "b", "command": "next dev -p 1", "options": { "cwd": "\${workspaceFolder}/b" } },
    { "label": "both", "dependsOn": ["a", "b"] },
    { "label": "in turn", "dependsOn": ["a", "b"], "dependsOrder": "sequence" },
  ] }`
  const { ports } = findIn(tasksReader, { [`x/${PATH}`]: text })
  assert.deepEqual(
    ports.map(({ app, profiles, line }) => [app, profiles, line]),
    [
      ['x', ['a', 'both'], 2],
      ['x/b', ['b', 'both'], 3],
    ],
  )
})
