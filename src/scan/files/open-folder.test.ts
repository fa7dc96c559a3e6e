/** No folder makes the scan read what is elsewhere, wait, or read what nobody asked for. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DiskFolder } from './open-folder.ts'

test('ignored files, links, binaries and what is too large are left out', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'rampart-scan-'))
  t.after(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'node_modules'))
  for (const [name, text] of Object.entries({
    '.gitignore': '*.log\n!keep.log\n/out/\n',
    'a.log': 'x',
    'keep.log': 'x',
    'node_modules/a.js': 'x',
    'large.yaml': 'x'.repeat(200),
    'binary.yaml': 'a\0b',
  }))
    writeFileSync(join(root, name), text)
  symlinkSync('/etc/hostname', join(root, 'link.yaml'))
  const limits = { files: 100, bytes: 100, depth: 5 }
  const folder = new DiskFolder({ root, limits })
  assert.deepEqual(folder.paths, ['.gitignore', 'binary.yaml', 'keep.log', 'large.yaml'])
  assert.deepEqual(
    ['link.yaml', 'large.yaml', 'binary.yaml', 'none'].map((path) => folder.read(path)),
    [undefined, undefined, undefined, undefined],
  )
  assert.match(folder.remarks[0]?.sentence ?? '', /larger than 100 bytes/)
})
