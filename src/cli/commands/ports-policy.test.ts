/** `rampart ports policy` as a person and a script use it. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runInProcess } from '../../../test/support/cli.ts'
import { type Finished, openFolder } from '../../../test/support/rampart.ts'

const CONTRACT = `apiVersion: rampart/v1
kind: Ports
metadata: { name: internal }
spec:
  ranges: { all: { ports: 21000-21099, for: { service: shop/api }, fixed: { shop/api/http: 21080 } } }
  clients: { shop/web: { user: 1001 }, shop/jobs: { token: "sha256:${'a'.repeat(64)}" } }
  connect: [{ from: [shop/web, shop/jobs], to: shop/api }]
`

const ENVIRONMENT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec: { components: { web: { run: { command: [web], oneShot: true }, ready: [{ exit: 0 }] } } }
`

async function policy(t: TestContext, text: string, ...argv: readonly string[]): Promise<Finished> {
  const folder = openFolder(t)
  writeFileSync(join(folder, 'rampart.yaml'), text)
  return await runInProcess(['ports', 'policy', ...argv], folder)
}

test('what the program takes goes to standard output, what it cannot say to standard error', async (t) => {
  const { exitCode, stdout, stderr } = await policy(t, CONTRACT, '--as', 'nftables')
  assert.equal(exitCode, 0)
  assert.match(stdout, /tcp dport \{ 21080 \} meta skuid \{ 1001 \} counter accept/)
  assert.match(stderr, /^Not said there: shop\/jobs is known by a token/)
})

test('a program that is not known is refused with those that are', async (t) => {
  for (const argv of [[], ['--as', 'iptables']]) {
    const { exitCode, stdout, stderr } = await policy(t, CONTRACT, ...argv)
    assert.deepEqual([exitCode, stdout], [2, ''])
    assert.match(stderr, /nftables, networkpolicy, haproxy/)
  }
})

test('what was tried is told as JSON only where something is tried', async (t) => {
  const { exitCode, stderr } = await policy(t, CONTRACT, '--as', 'haproxy', '--json')
  assert.equal(exitCode, 2)
  assert.match(stderr, /--json tells what --check has tried/)
})

test('Ports contracts are found among others, and missed where there is none', async (t) => {
  const both = await policy(t, `${ENVIRONMENT}---\n${CONTRACT}`, '--as', 'haproxy')
  assert.match(both.stdout, /^acl rampart:shop\.api\.http dst_port 21080$/m)
  const none = await policy(t, ENVIRONMENT, '--as', 'haproxy')
  assert.equal(none.stdout, '')
  assert.match(none.stderr, /no contract of the kind Ports/)
})

test('a contract without rules is said to leave everybody in', async (t) => {
  const open = CONTRACT.slice(0, CONTRACT.indexOf('  connect:'))
  const { stderr } = await policy(t, open, '--as', 'nftables')
  assert.match(stderr, /so everybody may/)
})

test('a certificate is shown only where something is tried, and with its key', async (t) => {
  const { exitCode, stderr } = await policy(
    t,
    CONTRACT,
    '--as',
    'haproxy',
    '--certificate',
    'a.pem',
  )
  assert.equal(exitCode, 2)
  assert.match(stderr, /are shown where --check tries/)
  const alone = await policy(t, CONTRACT, '--check', '--key', 'a.key')
  assert.equal(alone.exitCode, 2)
  if (process.getuid?.() === 0) assert.match(alone.stderr, /--certificate and --key go together/)
})
