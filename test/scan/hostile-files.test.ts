/**
 * Large files, each as unkind to its reader as can be: aliases of aliases, a
 * hundred thousand of everything, brackets and expressions without end. All of them are read in a moment.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { READERS } from '../../src/scan/readers.ts'
import { scanFolder } from '../../src/scan/scan-folder.ts'
import { folderOfTexts } from '../support/scan-text.ts'

const MOST_MS = 15_000
const SIZE = 400_000

/** A text again and again, up to the size. */
function many(text: (at: number) => string): string {
  const parts: string[] = []
  for (let [at, length] = [0, 0]; length < SIZE; at += 1) {
    const part = text(at)
    parts.push(part)
    length += part.length
  }
  return parts.join('')
}

/** Lists of lists of lists, each of which is an alias of the one before. */
function aliases(levels: readonly string[]): string {
  const refs = (name: string, count: number): string => Array(count).fill(`*${name}`).join(', ')
  return levels
    .map((line) => line.replace(/MANY (\w+)/g, (_, name) => refs(name, 5_000)))
    .join('\n')
}

const jobs = Array.from({ length: 3_000 }, (_, at) => `  j${at}: *job`).join('\n')
const services = Array.from({ length: 3_000 }, (_, at) => `s${at}: *service`).join(', ')
const ports = Array.from({ length: 20_000 }, (_, at) => `"${at + 1}:1"`).join(', ')

const FILES: Readonly<Record<string, string>> = {
  'a/nginx.conf': `http { ${many((at) => `server { listen 127.0.0.${at % 250}:${(at % 65_000) + 1}; }\n`)} }`,
  'b/nginx.conf': `http { ${many((at) => `include a${at}/*.conf;\n`)} }`,
  'c/nginx.conf': many(() => 'http { server { '),
  'd/nginx.conf': `\n${many(() => '\n')} server`,
  'e/nginx.conf': `http { server { listen 80; } a ${many(() => '$' + '{')}`,
  'a/compose.yaml': `x0: &m0 {}\n${many((at) => `x${at + 1}: &m${at + 1}\n  k${at}: 1\n  <<: *m${at}\n`).slice(0, SIZE / 2)}\nservices: {}\n`,
  'b/compose.yaml': `services:\n  a:\n    environment:\n${Array.from({ length: 40 }, (_, at) => `      A${at}: ${('$' + '{').repeat(4_900)}\n`).join('')}`,
  'a/haproxy.cfg': `frontend a\n${many((at) => ` bind :${(at % 65_000) + 1},`)}`,
  'a/Caddyfile': many((at) => `:${(at % 65_000) + 1} {\nimport x\nimport x\n}\n`),
  'b/Caddyfile': `(x) {\n${many(() => 'bind a\n').slice(0, SIZE / 2)}}\n${many(() => ':1 {\nimport x\n}\n').slice(0, SIZE / 2)}`,
  'c/Caddyfile': `{\nadmin ${'1'.repeat(SIZE)}x\n}\n`,
  'a/caddy.json': `{"apps":{"http":{"servers":{"a":{"listen":["${'1'.repeat(SIZE)}x"]}}}}}`,
  'a.socket': `[Socket]\n${many((at) => `ListenStream=${(at % 65_000) + 1}\n`)}`,
  'a.service': `[Service]\n${many((at) => `Environment=A${at}=http://a:1\n`)}`,
  '.devcontainer/devcontainer.json': `{"appPort":["${many(() => '$' + '{localEnv:a:')}"],"forwardPorts":[${many((at) => `${(at % 65_000) + 1},`).slice(0, SIZE / 3)}1],"portsAttributes":{${many((at) => `"${at}-${at}":{},`).slice(0, SIZE / 3)}"1":{}}}`,
  '.vscode/launch.json': `{"configurations":[{"vmArgs":"${many(() => 'jdwp=').slice(0, SIZE / 3)}"},${Array.from({ length: 10_000 }, (_, at) => `{"name":"${at}"}`).join()}],"compounds":[${Array.from({ length: 10_000 }, (_, at) => `{"name":"${at}","configurations":["1","2","3"]}`).join()}]}`,
  'vite.config.ts': `export default { server: { proxy: { ${many((at) => `a${at}:'',`).slice(0, 250_000)} } } }`,
  '.github/workflows/a.yml': `x: &service { ports: [${ports}] }\ny: &job { services: { ${services} } }\njobs:\n${jobs}\n`,
  '.github/workflows/b.yml': `jobs:\n  a:\n    env:\n      A: "${many(() => '$' + '{{')}"\n`,
  'prometheus.yml': aliases([
    't: &t "a:1"',
    'u: &u { targets: [MANY t] }',
    'v: &v { static_configs: [MANY u] }',
    'scrape_configs: [MANY v]',
  ]),
  'envoy.yaml': aliases([
    's: &s { socket_address: { address: a, port_value: 1 } }',
    ...Array.from(
      { length: 8 },
      (_, at) => `l${at}: &l${at} { a: [MANY ${at === 0 ? 's' : `l${at - 1}`}] }`,
    ),
    'static_resources: { clusters: [MANY l7] }',
  ]).slice(0, 2_000_000),
}

for (const [path, text] of Object.entries(FILES)) {
  test(`${path} is read in a moment`, () => {
    const started = performance.now()
    const { filesRead } = scanFolder(folderOfTexts({ [path]: text }), READERS)
    assert.ok(filesRead <= 1)
    assert.ok(performance.now() - started < MOST_MS)
  })
}

test('a hundred ways of starting a folder are read in a moment', () => {
  const texts = Object.fromEntries(
    Array.from({ length: 200 }, (_, at) => {
      const services = Array.from({ length: 20 }, (_, one) => `  s${at}-${one}: { image: a }\n`)
      return [`compose.v${at}.yaml`, `services:\n${services.join('')}`]
    }),
  )
  const started = performance.now()
  assert.equal(scanFolder(folderOfTexts(texts), READERS).filesRead, 200)
  assert.ok(performance.now() - started < MOST_MS)
})

test('configurations that include each other are read in a moment, and what is left out is said', () => {
  const texts = Object.fromEntries(
    Array.from({ length: 500 }, (_, at) => {
      return [`a/nginx${at}.conf`, `http { include *.conf; server { listen ${at + 1}; } }\n`]
    }),
  )
  const started = performance.now()
  const { remarks } = scanFolder(folderOfTexts(texts), READERS)
  assert.ok(performance.now() - started < MOST_MS)
  assert.match(remarks[0]?.sentence ?? '', /includes more files than are read/)
})

test('a variable of a megabyte that is meant a thousand times fills no memory', () => {
  const meant = '$A'.repeat(200)
  const variables = Array.from({ length: 40 }, (_, at) => `      A${at}: "${meant}"\n`).join('')
  const texts = {
    '.env': `A=${'x'.repeat(1_000_000)}\n`,
    'compose.yaml': `services:\n  a:\n    environment:\n${variables}`,
  }
  const started = performance.now()
  scanFolder(folderOfTexts(texts), READERS)
  assert.ok(performance.now() - started < MOST_MS / 10)
})
