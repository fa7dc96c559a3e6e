/** Every probe has a page and shows itself there with a contract, and that contract is one. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseContracts } from '../../src/contracts/index.ts'
import { PROBE_NAMES, probeInputs } from '../../src/contracts/probes/index.ts'

const FOLDER = join(import.meta.dirname, '../../docs/probes')
const EXAMPLE = /```yaml\n(.*?)```/gs

describe('the pages of probes', () => {
  const pages = readdirSync(FOLDER).sort()

  it('are one for each', () => {
    const wanted = PROBE_NAMES.map((probe) => `${probe}.md`)
    assert.deepEqual(pages, wanted)
  })

  for (const page of pages) {
    const probe = page.replace(/\.md$/, '')

    it(`show contracts that are understood: ${page}`, () => {
      const text = readFileSync(join(FOLDER, page), 'utf8')
      const examples = [...text.matchAll(EXAMPLE)].map(([, example = '']) => example)
      assert.ok(examples.length > 0, 'there is an example')
      for (const example of examples) {
        const { contracts, issues } = parseContracts([{ path: page, text: example }])
        assert.deepEqual(issues, [])
        assert.ok(contracts.length > 0)
      }
      assert.ok(Object.hasOwn(probeInputs, probe), 'the page is called like its probe')
      assert.match(examples.join('\n'), new RegExp(`\\b${probe}:\\s`))
    })
  }
})
