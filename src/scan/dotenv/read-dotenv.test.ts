/** Variables are a program's port, a guess, or somebody else's, as their names and their readers say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, connectionsOf } from '../../../test/support/scan-text.ts'
import { meaningOf } from './names.ts'
import { dotenvReader } from './read-dotenv.ts'

type Files = Readonly<Record<string, string>>
const claimsOf = (files: Files): readonly string[] => claimsIn(dotenvReader, files)

test('names say whose port it is', () => {
  const names = ['PORT', 'WEB_PORT', 'DB_PORT', 'SMTP_PORT', 'PGPORT', 'SUPPORT', 'PORT_RANGE', 'A']
  assert.deepEqual(names.map(meaningOf), [
    ...['own', 'perhaps', 'others', 'others', 'others', undefined, undefined, undefined],
  ])
})

test('PORT is that of the program beside the file, and a guess without one', () => {
  const env = '# PORT=1\nexport PORT="4000" # here\nADMIN_PORT=4001\nDB_PORT=5432\n'
  assert.deepEqual(claimsOf({ 'a/.env': env, 'a/package.json': '{}', 'b/.env': 'PORT=4000' }), [
    'a/.env:2 4000',
    'a/.env:3 4001 heuristic',
    'b/.env:1 4000 heuristic',
  ])
})

const NEXT = JSON.stringify({ scripts: { dev: 'next dev' } })
// biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a composition.
const COMPOSE = 'services: { web: { image: a, ports: ["${PORT}:80"] } }\n'

const SILENT: readonly (readonly [title: string, files: Files])[] = [
  ['a template', { '.env.example': 'PORT=1\nWEB_PORT=2', 'package.json': '{}' }],
  ['next, which has listened before it reads the file', { '.env': 'PORT=1', 'package.json': NEXT }],
  [
    'what a composition fills in',
    { '.env': 'PORT=1', 'package.json': '{}', 'compose.yml': COMPOSE },
  ],
  ['ports that are none', { '.env': 'PORT=\nWEB_PORT=0\nA_PORT=x\nSUPPORT=80', 'go.mod': '' }],
]

for (const [title, files] of SILENT) {
  test(`nothing is claimed by ${title}`, () => assert.deepEqual(claimsOf(files), []))
}

test('what is given to a container is the container’s, most likely', () => {
  const compose = 'services: { a: { build: ., env_file: [{ path: ./.env }] } }\n'
  assert.deepEqual(claimsOf({ '.env': 'PORT=1', 'package.json': '{}', 'compose.yaml': compose }), [
    '.env:1 1 heuristic',
  ])
})

test('a file for one environment speaks for it, and .env.local for everybody', () => {
  const files = { '.env': 'PORT=1', '.env.production': 'PORT=2', 'go.mod': '' }
  const found = dotenvReader
  assert.deepEqual(claimsIn(found, files), ['.env:1 1', '.env.production:1 2'])
  assert.deepEqual(claimsOf({ ...files, '.env.local': 'PORT=3' }), [
    '.env.local:1 3',
    '.env.production:1 2',
  ])
})

test('connections are found, with the variables in them and without their passwords', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the file.
  const env = 'H=db\nDATABASE_URL=postgres://u:p@${H}:5432/a\nREDIS_HOST=cache\nREDIS_PORT=6379\n'
  assert.deepEqual(connectionsOf(dotenvReader, { '.env': env }), [
    '.env:2 db:5432',
    '.env:4 cache:6379',
  ])
})

test('only files of variables are taken', () => {
  const names = ['.env', '.env.local', 'env.example', 'prod.env', '.envrc']
  assert.ok(names.every((name) => dotenvReader.takes(name)))
  const others = ['.env.d.ts', 'env.js', 'env', '.env.vault', 'environment', 'a.envoy']
  assert.ok(!others.some((name) => dotenvReader.takes(name)))
})
