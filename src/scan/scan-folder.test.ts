/** A folder is scanned whole, whatever single files are like. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AssertionFailure } from '../core/fault/assert.ts'
import type { Folder, FormatReader } from './found/folder.ts'
import type { FoundPort } from './found/found-port.ts'
import { SourceText } from './found/source-text.ts'
import { placePorts } from './place-ports.ts'
import { scanFolder } from './scan-folder.ts'
import { withoutOverruled } from './without-overruled.ts'

const folder: Folder = {
  paths: ['a.txt', 'b.txt'],
  variables: {},
  has: (path) => folder.paths.includes(path),
  read: (path) => new SourceText(path, 'x'),
}

function reader(read: FormatReader['read']): FormatReader {
  return { name: 'text', takes: (path) => path.endsWith('.txt'), read }
}

const PORT: FoundPort = {
  ...{ file: 'a.txt', line: 1, column: 1, first: 80, last: 80, format: 'nginx', stance: 'claim' },
  ...{ confidence: 'explicit', protocol: 'tcp', scope: 'host', addresses: ['0.0.0.0'] },
  ...{ service: 'web', text: '80', unit: 'web' },
}

test('a file that a parser gives up on is remarked upon, and the others are read', () => {
  const scan = scanFolder(folder, [
    reader((source) => {
      if (source.path === 'a.txt') throw new SyntaxError('no such word\nat 1')
      return { ports: [PORT, PORT] }
    }),
  ])
  assert.deepEqual(scan.ports, [PORT])
  assert.equal(scan.remarks[0]?.sentence, 'cannot be read as text: no such word')
})

test('our own bug ends the scan', () => {
  const broken = reader(() => {
    throw new AssertionFailure('a bug')
  })
  assert.throws(() => scanFolder(folder, [broken]), /a bug/)
})

test('a file that is mounted into a container has the network of the container', () => {
  const place = { scope: 'network ./web', unit: 'compose ', service: 'web' }
  const near = placePorts([PORT], [{ file: 'a.txt', ...place }])
  assert.equal(near[0]?.scope, 'network ./web')
  const far = placePorts([PORT], [{ file: 'b.txt', ...place }])
  assert.equal(far[0]?.scope, 'host')
})

test('a setting counts unless every script says a port of its own', () => {
  const common = { ...PORT, app: 'web', tool: 'vite' }
  const setting: FoundPort = { ...common, format: 'vite', first: 1, last: 1 }
  const script: FoundPort = { ...common, format: 'package.json', profiles: ['dev'] }
  const other: FoundPort = {
    ...script,
    profiles: ['start'],
    confidence: 'default',
    first: 2,
    last: 2,
  }
  assert.deepEqual(withoutOverruled([setting, script]), [script])
  assert.deepEqual(withoutOverruled([setting, script, other]), [setting, script])
})
