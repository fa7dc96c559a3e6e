/** The same contract gives the same plan, byte for byte: again, elsewhere, and in any locale. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseContracts, planContract } from '../../src/contracts/index.ts'
import { present } from '../../src/core/fault/assert.ts'
import { digestOf } from '../../src/core/units/digest.ts'
import { rampart } from '../support/rampart.ts'

const shop = join(import.meta.dirname, '../../examples/shop')
const text = readFileSync(join(shop, 'rampart.yaml'), 'utf8')

/** The digest of the shop's plan, compiled in this process from its text. */
function compile(path: string): string {
  const { contracts, issues } = parseContracts([{ path, text }])
  assert.deepEqual(issues, [])
  return digestOf(planContract(present(contracts[0], 'the shop is a contract'), { goal: 'up' }))
}

test('a hundred compilations give one digest, wherever the file lies', () => {
  const digests = new Set<string>()
  for (let time = 0; time < 100; time++) digests.add(compile(`folder-${time}/rampart.yaml`))
  assert.equal(digests.size, 1)
})

/** Surroundings that have led to other bytes in other programs. */
const PLACES = [
  { cwd: join(shop, '../..'), path: 'examples/shop', env: {} },
  { cwd: tmpdir(), path: shop, env: { TZ: 'Asia/Tokyo', LANG: 'C' } },
  { cwd: shop, path: '.', env: { TZ: 'America/St_Johns', LANG: 'tr_TR.UTF-8' } },
  { cwd: shop, path: 'rampart.yaml', env: { LC_ALL: 'de_DE.UTF-8', SHOP_BREAK: 'db' } },
]

for (const { cwd, path, env } of PLACES) {
  const where = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  test(`rampart plan ${path === shop ? 'elsewhere' : path} ${where.join(' ')} gives it too`, async () => {
    const { exitCode, stdout, stderr } = await rampart(['plan', path, '--json'], { cwd, env })
    assert.equal(exitCode, 0, stderr)
    const { digest, plan } = JSON.parse(stdout)
    assert.equal(digest, compile('rampart.yaml'))
    assert.equal(digestOf(plan), digest, 'the printed plan has the printed digest')
  })
}
