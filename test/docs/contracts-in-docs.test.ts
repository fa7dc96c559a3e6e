/** Contracts that are shown in the documentation are contracts. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatIssues } from '../../src/contracts/document/format-issue.ts'
import { parseContracts } from '../../src/contracts/index.ts'
import { blocksOf } from './markdown-blocks.ts'

const repository = join(import.meta.dirname, '../..')
const pages = globSync(['*.md', 'docs/**/*.md', 'examples/*/*.md'], { cwd: repository }).sort()

const shown = pages.flatMap((page) =>
  blocksOf(readFileSync(join(repository, page), 'utf8'))
    .filter(({ language, text }) => language === 'yaml' && text.includes('apiVersion'))
    .map(({ text, line }) => ({ path: `${page}:${line}`, text })),
)

test('the README shows a contract', () => {
  assert.ok(shown.some(({ path }) => path.startsWith('README.md')))
})

for (const source of shown) {
  test(`the contract at ${source.path} holds together`, () => {
    const { issues, contracts } = parseContracts([source])
    assert.equal(formatIssues(issues, [source]), '')
    assert.notEqual(contracts.length, 0)
  })
}

test('every link from page to page leads to a file', () => {
  for (const page of pages) {
    const text = readFileSync(join(repository, page), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\((?!\w+:|#)([^)#]+)[^)]*\)/g)) {
      const path = join(page, '..', target)
      const found = globSync(path, { cwd: repository })
      assert.equal(found.length, 1, `${page} links to ${target}, which is not there`)
    }
  }
})
