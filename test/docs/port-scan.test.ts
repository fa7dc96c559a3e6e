/** The guide about scanning for ports does what it says: its files, its commands, its output. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { runCli } from '../../src/cli/program.ts'
import { SCAN_RULES } from '../../src/scan/judge/finding.ts'
import type { ScanPage } from '../../src/server/wire/scans.ts'
import { collectingParts } from '../support/cli.ts'
import { openNetServer } from '../support/net-server.ts'
import { openFolder } from '../support/rampart.ts'
import { blocksOf } from './markdown-blocks.ts'

const PAGE = join(import.meta.dirname, '../../docs/guides/port-scan.md')
const guide = readFileSync(PAGE, 'utf8')

test('the guide to the scan of ports holds', async (t) => {
  const folder = openFolder(t)
  const blocks = blocksOf(guide)
  const textOf = (language: string): string =>
    blocks.find((block) => block.language === language)?.text ?? ''
  const files = { 'compose.yaml': textOf('yaml'), 'admin/package.json': textOf('json') }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'))
  // The server of the guide is a real one, and its token that of a CI job.
  const server = await openNetServer(t)
  const grant = { role: 'operator', scope: { contracts: ['Scan/shop'] } } as const
  const { secret } = await server.tokenFor('ci', [grant])
  const told: string[] = []
  for (const command of commands) {
    const parts = collectingParts(folder, { settings: { RAMPART_TOKEN: secret } })
    const line = command.replace('https://rampart.example.org', server.origin)
    const exitCode = await runCli(line.split(' ').slice(1), parts)
    told.push(`${exitCode}\n${parts.stdoutText()}`)
  }
  const found = `3\n${textOf('text')}`
  assert.deepEqual(told, [found, '0\n', '0\n', found])
  const { scans } = (await server.ask('/v1/scans', { token: secret })).body as ScanPage
  assert.deepEqual(
    scans.map(({ name, errors, warnings }) => [name, errors, warnings]),
    [['shop', 1, 1]],
  )
})

test('the guide to the scan of ports names every rule', () => {
  for (const rule of Object.keys(SCAN_RULES)) assert.ok(guide.includes(`\`${rule}\``), rule)
})
