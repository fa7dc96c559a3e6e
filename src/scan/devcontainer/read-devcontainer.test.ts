/** What containers for development publish is claimed; what they forward only where they insist on it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, findIn } from '../../../test/support/scan-text.ts'
import { devcontainerReader } from './read-devcontainer.ts'

function claims(text: string, variables: Readonly<Record<string, string>> = {}): readonly string[] {
  const path = '.devcontainer/devcontainer.json'
  const found = claimsIn(devcontainerReader, { [path]: text }, variables)
  return found.map((one) => one.replace(`${path}:`, ''))
}

test('a port that is published is claimed, as a number for this machine alone', () => {
  assert.deepEqual(claims('{ "appPort": 3000 }'), ['1 3000 127.0.0.1'])
  assert.deepEqual(claims('{ "appPort": [3000, "8080:80", "127.0.0.1:81:81/udp", "90"] }'), [
    '1 3000 127.0.0.1',
    '1 8080',
    '1 81/udp 127.0.0.1',
  ])
})

test('arguments for the container publish too, unless it has the network of the machine', () => {
  const args = '"-p", "1:1", "--publish=2:2", "-p3:3"'
  assert.deepEqual(claims(`{ "runArgs": [${args}] }`), ['1 1', '1 2', '1 3'])
  assert.deepEqual(claims(`{ "runArgs": [${args}, "--network", "host"] }`), [])
})

test('what is forwarded gives way, unless it must be this very port', () => {
  const text = `{
  // comments and trailing commas are usual here
  "forwardPorts": [3000, "db:5432", 9000,],
  "portsAttributes": { "3000": { "requireLocalPort": true }, "8999-9001": { "label": "api" } },
}`
  assert.deepEqual(claims(text), [
    '3 3000 loopback',
    '3 5432 loopback heuristic',
    '3 9000 loopback heuristic',
  ])
  const { ports } = findIn(devcontainerReader, { 'a/.devcontainer/x/devcontainer.json': text })
  assert.deepEqual(
    ports.map(({ service, app }) => [service, app]),
    [
      ['a', 'a'],
      ['db', 'a'],
      ['api', 'a'],
    ],
  )
})

test('variables of the machine are filled in', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of this format.
  const text = '{ "appPort": ["${localEnv:WEB:8080}:80"] }'
  assert.deepEqual(claims(text), ['1 8080 interpolated'])
  assert.deepEqual(claims(text, { WEB: '9' }), ['1 9 interpolated'])
})

test('only files of that name in their places are taken', () => {
  const takes = (path: string): boolean => devcontainerReader.takes(path)
  assert.ok(['.devcontainer.json', 'a/.devcontainer/devcontainer.json'].every(takes))
  assert.ok(!['devcontainer.json', '.devcontainer/a/b/devcontainer.json'].some(takes))
})
