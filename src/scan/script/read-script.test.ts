/** Configuration scripts say what they can only mean, and are never run. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, connectionsOf, findIn } from '../../../test/support/scan-text.ts'
import { configScriptReader } from './read-config-script.ts'
import { playwrightReader } from './read-playwright.ts'

function vite(text: string, variables: Readonly<Record<string, string>> = {}): readonly string[] {
  const found = claimsIn(configScriptReader, { 'vite.config.ts': text }, variables)
  return found.map((one) => one.replace(/^vite.config.ts:\d+ /, ''))
}

const PORTS: readonly (readonly [expression: string, claims: readonly string[]])[] = [
  ['3000', ['3000 loopback']],
  ['"3000"', ['3000 loopback']],
  ['(3000 as number)', ['3000 loopback']],
  ['0', []],
  ['process.env.PORT', []],
  ['process.env.PORT ?? 3000', ['3000 loopback interpolated']],
  ['process.env["PORT"] || "3000"', ['3000 loopback interpolated']],
  ['Number(process.env.PORT || 3000)', ['3000 loopback interpolated']],
  ['parseInt(process.env.PORT ?? "3000", 10)', ['3000 loopback interpolated']],
  ['+(env.PORT ?? 3000)', ['3000 loopback interpolated']],
  ['BASE + 1', ['4001 loopback']],
  ['PORTS.web', ['4100 loopback']],
  ['FROM_ENV', ['4200 loopback interpolated']],
  ['changing', []],
  ['isThere ? 3000 : 3001', ['3000 loopback interpolated', '3001 loopback interpolated']],
  ['await findPort(3000)', []],
  ['getPort({ port: 3000 })', []],
]

for (const [expression, expected] of PORTS) {
  test(`port: ${expression} claims ${expected.join(' and ') || 'nothing'}`, () => {
    const text = `import { defineConfig } from 'vite'
const BASE = 4000
const PORTS = { web: 4100 } as const
const { PORT: FROM_ENV = 4200 } = process.env
let changing = 1
changing = 2
export default defineConfig({ server: { port: ${expression} } })`
    assert.deepEqual(vite(text), expected)
  })
}

test('a variable that is set counts before its default', () => {
  const text = 'export default { server: { port: process.env.PORT ?? 3000 } }'
  assert.deepEqual(vite(text, { PORT: '3005' }), ['3005 loopback interpolated'])
})

const SHAPES: readonly string[] = [
  'export default { server: { port: 1 } }',
  'module.exports = { server: { port: 1 } }',
  'export default defineConfig(({ mode }) => { const env = loadEnv(mode); return { server: { port: 1 } } })',
  'export default defineConfig(async () => ({ server: { port: 1 } }))',
  'const config: UserConfig = { server: { port: 1 } }\nexport default config',
  'export default { server: { port: 1 } } satisfies UserConfig',
  'const server = { port: 1 }\nexport default mergeConfig(base, { server })',
  'const common = { server: { port: 1 } }\nexport default { ...common, plugins: [] }',
  'export default function () { if (a) { return { server: { port: 1 } } } return {} }',
  'const config = { plugins: [] }\nconfig.server = { port: 1 }\nexport default config',
  'module.exports.server = { port: 1 }',
  'const config = { server: { port: 1 } }\nexport { config as default }',
  'export default { "server": { ["port"]: 1 } }',
  'export default { ...(isDev && { server: { port: 1 } }) }',
  'const port = 1\nexport default withPlugin({ a: 2 })({ server: { port, host: "localhost" } })',
]

for (const shape of SHAPES) {
  test(`it is found in ${shape.replaceAll('\n', ' ')}`, () => {
    assert.deepEqual(vite(shape), ['1 loopback'])
  })
}

test('hosts, previews and live updates have their own settings', () => {
  const text =
    'export default { server: { port: 1, host: true, hmr: { port: 2 } }, preview: { port: 1, host: "127.0.0.1" } }'
  assert.deepEqual(vite(text), ['1', '2 loopback', '1 127.0.0.1'])
  const { ports } = findIn(configScriptReader, { 'a/vite.config.ts': text })
  assert.deepEqual(
    ports.map(({ variant, tool, app }) => [variant, tool, app]),
    [
      ['dev', 'vite', 'a'],
      ['dev', undefined, 'a'],
      ['preview', 'vite-preview', 'a'],
    ],
  )
})

test('a port that is no setting of the server is none', () => {
  const text = 'export default { define: { port: 1 }, server: { headers: { port: 2 } }, port: 3 }'
  assert.deepEqual(vite(text), [])
})

test('other tools have other settings', () => {
  const files = {
    'astro.config.mjs': 'export default { server: ({ command }) => ({ port: command ? 1 : 2 }) }',
    'nuxt.config.ts':
      'export default defineNuxtConfig({ devServer: { port: 3, host: "0.0.0.0" } })',
    'vue.config.js': 'module.exports = { devServer: { port: 4 } }',
    'webpack.dev.js': 'module.exports = [{ devServer: { port: 5 } }, { name: "b" }]',
  }
  assert.deepEqual(claimsIn(configScriptReader, files), [
    'astro.config.mjs:1 1 loopback interpolated',
    'astro.config.mjs:1 2 loopback interpolated',
    'nuxt.config.ts:1 3 0.0.0.0',
    'vue.config.js:1 4',
    'webpack.dev.js:1 5 loopback',
  ])
})

test('it connects to whom it passes requests on to', () => {
  const files = {
    'next.config.js':
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a script.
      'module.exports = { async rewrites() { return [{ source: "/a", destination: `http://localhost:${process.env.API ?? 4000}/:path*` }] } }',
    'vite.config.js':
      'const target = "http://127.0.0.1:5000"\nexport default { server: { proxy: { "/a": target, "/b": { target: "ws://b:6000" } } } }',
  }
  assert.deepEqual(connectionsOf(configScriptReader, files), [
    'next.config.js:1 localhost:4000',
    'vite.config.js:1 127.0.0.1:5000',
    'vite.config.js:2 b:6000',
  ])
})

test('Playwright waits for a page of the server that it starts', () => {
  const text = `const PORT = process.env.PORT || 3100
export default defineConfig({
  projects: [{ name: 'a', use: { baseURL: 'http://a:1' } }],
  use: { baseURL: \`http://localhost:\${PORT}\` },
  webServer: [
    { command: 'npm run dev -- --port 3100', url: 'http://localhost:3100/health' },
    { command: 'npm run api', port: 4100, env: { PORT: '4100' }, cwd: '../api' },
    { command: 'vite preview', port: 4173 },
    { command: 'PORT=4174 pnpm start' },
  ].filter(Boolean),
})`
  const files = { 'web/playwright.config.ts': text }
  assert.deepEqual(claimsIn(playwrightReader, files), [
    'web/playwright.config.ts:6 3100',
    'web/playwright.config.ts:7 4100',
    'web/playwright.config.ts:8 4173 loopback default',
    'web/playwright.config.ts:9 4174',
  ])
  assert.deepEqual(connectionsOf(playwrightReader, files), [
    'web/playwright.config.ts:6 localhost:3100',
    'web/playwright.config.ts:7 localhost:4100',
    'web/playwright.config.ts:8 localhost:4173',
    'web/playwright.config.ts:4 localhost:3100',
    'web/playwright.config.ts:3 a:1',
  ])
})

test('names that stand for each other, and brackets without end, come to an end', () => {
  const names = Array.from({ length: 40 }, (_, at) => `const a${at + 1} = a${at} || a${at}`)
  assert.deepEqual(vite(`${names.join('\n')}\nexport default { server: { port: a40 } }`), [])
  assert.deepEqual(vite(`export default ${'['.repeat(100_000)}`), [])
  assert.throws(() => vite('export default { server: { port: 1 } '), SyntaxError)
  // What is not read is not passed over.
  const unread = {
    'vite.config.ts': `port(${'['.repeat(500)}`,
    'playwright.config.ts': `webServer: baseURL${' '.repeat(150_000)}`,
  }
  for (const reader of [configScriptReader, playwrightReader]) {
    assert.match(findIn(reader, unread).remarks?.[0]?.sentence ?? '', /too long, or nested/)
  }
})
