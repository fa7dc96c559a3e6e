import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectPolicy } from './connect-policy.ts'
import { mayConnect } from './may-connect.ts'

const policies: readonly ConnectPolicy[] = [
  { rules: [{ from: ['shop/web'], to: ['shop/api'], ports: ['http'] }], clients: [] },
  { rules: [{ from: ['tools/*'], to: ['shop/*'] }], clients: [] },
  { rules: [{ from: ['*'], to: ['open/*'] }], clients: [] },
]

const CASES = [
  ['shop/api', 'http', ['shop/web'], 'allowed'],
  ['shop/api', 'http', ['tools/probe'], 'allowed'],
  ['shop/api', 'http', [], 'denied'],
  ['shop/api', 'http', ['shop/mail'], 'denied'],
  ['shop/api', 'metrics', ['shop/web'], 'denied'],
  ['shop/api', 'http', ['shop/mail', 'shop/web'], 'allowed'],
  ['other/api', 'http', [], 'allowed'],
  ['open/api', 'http', [], 'allowed'],
] as const

for (const [service, port, services, verdict] of CASES) {
  test(`${services.join('+') || 'a stranger'} to ${service} ${port} is ${verdict}`, () => {
    assert.equal(mayConnect(policies, { service, port }, services).verdict, verdict)
  })
}

test('who is denied is told who may', () => {
  const { sentence } = mayConnect(policies, { service: 'shop/api', port: 'http' }, ['shop/mail'])
  assert.equal(
    sentence,
    'shop/mail may not connect to shop/api (http); only shop/web, tools/* may.',
  )
})
