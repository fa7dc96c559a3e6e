/** Scripts say which ports their programs take, and which of them are there together. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Folder } from '../found/folder.ts'
import { SourceText } from '../found/source-text.ts'
import { packageReader } from './read-package.ts'

function portsOf(
  scripts: Readonly<Record<string, string>>,
  around: Readonly<Record<string, string>> = {},
): readonly string[] {
  const source = new SourceText('a/package.json', JSON.stringify({ scripts }, null, 2))
  const files = new Map(Object.entries({ ...around, 'a/package.json': source.text }))
  const folder: Folder = {
    ...{ paths: [...files.keys()], has: (path) => files.has(path), variables: {} },
    read: (path) => new SourceText(path, files.get(path) ?? ''),
  }
  return packageReader
    .read(source, folder)
    .ports.map(({ line, column, first, stance, confidence, profiles = [], app }) =>
      [
        `${line}:${column} ${first} ${stance === 'claim' ? confidence : stance}`,
        ...(app === 'a' ? [] : [app]),
        profiles.join(', '),
      ].join(' '),
    )
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's default.
const SHELL_DEFAULT = 'node a.js --port ${PORT:-3001}'

const CASES: readonly (readonly [
  title: string,
  scripts: Readonly<Record<string, string>>,
  ports: readonly string[],
])[] = [
  [
    'two ways of starting one program are told once',
    { dev: 'next dev -p 3000', start: 'next start -p 3000' },
    ['3:25 3000 explicit dev, start'],
  ],
  [
    'scripts that are run beside each other are there together',
    { dev: 'run-p dev:*', 'dev:a': 'next dev -p 3000', 'dev:b': 'vite --port 3000' },
    ['4:27 3000 explicit dev, dev:a', '5:27 3000 explicit dev, dev:b'],
  ],
  [
    'scripts that are run one after another are not',
    { e2e: 'npm run a && npm run b', a: 'PORT=4000 node a', b: 'PORT=4000 node b' },
    ['4:16 4000 explicit e2e (1), a, e2e (2), b'],
  ],
  [
    'two servers of one line are at two places',
    { dev: 'concurrently "next dev -p 3000" "vite --port=3000"' },
    ['3:40 3000 explicit dev', '3:61 3000 explicit dev'],
  ],
  [
    'what is set before a command counts, in the words of any shell',
    { a: 'set PORT=3005&& node a', b: 'cross-env PORT=3006 node a', c: SHELL_DEFAULT },
    ['3:20 3005 explicit a', '4:26 3006 explicit b', '5:36 3001 interpolated c'],
  ],
  [
    'further words are given to the script that is named',
    { dev: 'vite', 'dev:b': 'npm run dev -- --port 4000' },
    ['4:37 4000 explicit dev:b', '3:13 5173 default dev'],
  ],
  [
    'a script inherits where it is to listen',
    { start: 'react-scripts start', b: 'PORT=3005 npm start', c: 'cross-env PORT=3006 yarn start' },
    ['4:16 3005 explicit b', '5:26 3006 explicit c', '3:15 3000 default start'],
  ],
  [
    'what is awaited is no claim, and runs beside what it waits for',
    { dev: 'next dev', e2e: 'start-server-and-test dev http://localhost:3000 cypress' },
    ['4:56 3000 consumption e2e', '3:13 3000 default dev, e2e'],
  ],
  [
    'a script of another package is left to that package',
    { dev: 'npm run dev -w web', b: 'pnpm --filter web dev', c: 'turbo run dev' },
    [],
  ],
  [
    'programs that build, and words that could mean anything, say nothing',
    { build: 'vite build', db: 'psql -p 5432', mk: 'mkdir -p 3000', kill: 'kill-port 3000' },
    [],
  ],
]

for (const [title, scripts, expected] of CASES) {
  test(title, () => assert.deepEqual(portsOf(scripts), expected))
}

test('a program in a folder of its own is the program of that folder', () => {
  const scripts = { dev: '(cd web && next dev -p 3000) & (cd api && PORT=3001 node .)' }
  const around = { 'a/web/package.json': '{}', 'a/api/package.json': '{}' }
  assert.deepEqual(portsOf(scripts, around), [
    '3:36 3000 explicit a/web dev',
    '3:60 3001 explicit a/api dev',
  ])
})

test('.env is read for programs that read it before they listen, and for no others', () => {
  const around = { 'a/.env': 'PORT=4000\n' }
  assert.deepEqual(portsOf({ start: 'react-scripts start' }, around), [
    '3:15 4000 interpolated start',
  ])
  assert.deepEqual(portsOf({ start: 'next dev' }, around), ['3:15 3000 default start'])
})

test('scripts that run each other without end are read to an end', () => {
  const names = Array.from({ length: 200 }, (_, index) => `s${index}`)
  const scripts = Object.fromEntries(names.map((name) => [name, `run-p s* & PORT=1 node ${name}`]))
  assert.ok(portsOf(scripts).length > 0)
})
