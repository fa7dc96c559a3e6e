/** No folder makes the scan read what is elsewhere, wait, or read what nobody asked for. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { IgnoreRules } from './ignore-rules.ts'
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

function folderOf(t: TestContext, files: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), 'rampart-scan-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

test('a mark before a text is no letter of it, and a text of another kind is remarked upon', (t) => {
  const root = folderOf(t, {
    '.env': '\uFEFFPORT=1\r\n',
    'a.yaml': Buffer.from('\uFEFFa: 1', 'utf16le'),
    'b.yaml': Buffer.from([0xff, 0x61, 0xc3]),
  })
  const folder = new DiskFolder({ root })
  assert.equal(folder.read('.env')?.text, 'PORT=1\r\n')
  assert.equal(folder.read('a.yaml'), undefined)
  assert.equal(folder.read('b.yaml')?.text, '\uFFFDa\uFFFD')
  assert.deepEqual(
    folder.remarks.map(({ file }) => file),
    ['a.yaml'],
  )
  assert.match(folder.remarks[0]?.sentence ?? '', /UTF-16/)
})

test('what lies beyond a limit is said, and not passed over', (t) => {
  const root = folderOf(t, { 'a/b/c.yaml': 'x', 'd.yaml': 'x', 'e.yaml': 'x' })
  const folder = new DiskFolder({ root, limits: { files: 1, bytes: 100, depth: 1 } })
  assert.deepEqual(folder.paths, ['d.yaml'])
  const said = folder.remarks.map(({ file, sentence }) => `${file} ${sentence}`)
  assert.deepEqual(said, [
    'a/b is more than 1 folders deep and was not looked into',
    '. only the first 1 files were looked at',
  ])
})

test('a line without end in .gitignore is passed over at once', () => {
  const started = performance.now()
  const rules = new IgnoreRules(`${' '.repeat(300_000)}x\n*.log\n`)
  assert.equal(rules.assess(['a.log'], false), true)
  assert.ok(performance.now() - started < 2_000)
})
