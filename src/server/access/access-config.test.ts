import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { blocksOf } from '../../../test/docs/markdown-blocks.ts'
import { ACCESS_CONFIG } from './access-config.ts'

const guide = readFileSync(join(import.meta.dirname, '../../../docs/guides/access.md'), 'utf8')

test('reads the file that the guide shows', () => {
  const shown = blocksOf(guide).find(({ language }) => language === 'yaml')
  const { oidc, groups, people } = ACCESS_CONFIG.parse(parse(shown?.text ?? ''))
  assert.equal(oidc?.scopes, 'openid email profile')
  assert.deepEqual(Object.keys(groups), ['platform', 'store'])
  assert.deepEqual(people['oidc:bert@example.org'], [{ role: 'viewer', scope: {} }])
})

test('refuses what cannot be meant', () => {
  for (const written of [
    { groups: { sre: [{ role: 'root', scope: {} }] } },
    { groups: { sre: [{ role: 'viewer', scope: { contracts: ['shop'] } }] } },
    { groups: { sre: [{ role: 'viewer', scope: { regions: ['eu'] } }] } },
    { groups: { sre: [{ role: 'agent', scope: { contracts: ['Environment/shop'] } }] } },
    {
      groups: {
        sre: [
          { role: 'agent', scope: {} },
          { role: 'viewer', scope: {} },
        ],
      },
    },
    { oidc: { issuer: 'not a URL', clientId: 'x' } },
    { publicUrl: 'ftp://example.org' },
    { goups: {} },
  ]) {
    assert.equal(ACCESS_CONFIG.safeParse(written).success, false, JSON.stringify(written))
  }
})
