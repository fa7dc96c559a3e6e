/** What a composition publishes, as compose itself would, from files on disk. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { present } from '../../core/fault/assert.ts'
import { DiskFolder } from '../files/open-folder.ts'
import { composeReader } from './read-compose.ts'

function claimsOf(t: TestContext, files: Readonly<Record<string, string>>): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'rampart-scan-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
  const folder = new DiskFolder({ root })
  return folder.paths
    .filter(composeReader.takes)
    .flatMap((path) => composeReader.read(present(folder.read(path), path), folder).ports)
    .filter(({ stance }) => stance === 'claim')
    .map(({ file, line, service, first, last, protocol, addresses, confidence }) =>
      [
        `${file}:${line}`,
        service,
        `${first}-${last}/${protocol}`,
        addresses.join(),
        confidence,
      ].join(' '),
    )
}

test('variables come from .env beside the file, then from their defaults', (t) => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a composition.
  const ports = '["${WEB_PORT:-8080}:80", "127.0.0.1:${B:-9000}:90/udp", "70"]'
  const found = claimsOf(t, {
    'compose.yaml': `services:\n  web:\n    image: a\n    ports: ${ports}\n`,
    '.env': 'WEB_PORT=8081\n',
  })
  assert.deepEqual(found, [
    'compose.yaml:4 web 8081-8081/tcp 0.0.0.0,:: interpolated',
    'compose.yaml:4 web 9000-9000/udp 127.0.0.1 interpolated',
  ])
})

test('an override adds ports, unless it says !override or !reset', (t) => {
  const base = `services:\n${['a', 'b', 'c'].map((name) => `  ${name}: { image: x, ports: ["1${name === 'a' ? 1 : name === 'b' ? 2 : 3}00:80"] }\n`).join('')}`
  const override =
    'services:\n  a: { ports: ["2100:80"] }\n  b: { ports: !override ["2200:80"] }\n  c: { ports: !reset [] }\n'
  const found = claimsOf(t, { 'compose.yaml': base, 'compose.override.yaml': override })
  assert.deepEqual(
    found.map((one) => one.split(' ').slice(0, 3).join(' ')),
    [
      'compose.yaml:2 a 1100-1100/tcp',
      'compose.override.yaml:2 a 2100-2100/tcp',
      'compose.override.yaml:3 b 2200-2200/tcp',
    ],
  )
})

test('on the machine’s own network nothing is published, and the program’s port is the machine’s', (t) => {
  const found = claimsOf(t, {
    'compose.yaml':
      'services:\n  web:\n    image: nginx:1\n    network_mode: host\n    ports: ["8080:80"]\n',
  })
  assert.deepEqual(found, ['compose.yaml:3 web 80-80/tcp 0.0.0.0,:: default'])
})
