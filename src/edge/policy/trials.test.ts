import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseContracts } from '../../contracts/index.ts'
import type { PortsContract } from '../../contracts/ports/definition.ts'
import { present } from '../../core/fault/assert.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import type { SocketRow } from '../../seams/kernel-processes.ts'
import { trialsOf } from './trials.ts'

const TEXT = `apiVersion: rampart/v1
kind: Ports
metadata: { name: internal }
spec:
  ranges: { shop: { ports: 21000-21099, for: { service: shop/* } } }
  clients:
    shop/web: { user: [65534, 1001] }
    shop/mail: { network: 10.0.0.0/8 }
  connect:
    - { from: [shop/web, shop/mail], to: shop/api, ports: http }
    - { from: "*", to: shop/docs }
`

function contracts(): readonly PortsContract[] {
  const { contracts: all, issues } = parseContracts([{ path: 'ports.yaml', text: TEXT }])
  assert.deepEqual(issues, [])
  return all.flatMap((one) => (one.kind === 'Ports' ? [one] : []))
}

function lease(
  service: string,
  port: string,
  number: number,
  more: Partial<PortLease> = {},
): PortLease {
  return {
    id: `${number}-1`,
    claim: { protocol: 'tcp', addresses: ['127.0.0.1', '::1'], port: number },
    owner: { service, port },
    state: 'ready',
    token: 1,
    rule: { range: 'shop' },
    giving: 'number',
    grantedAtMs: 0,
    changedAtMs: 0,
    because: 'It was claimed.',
    ...more,
  }
}

function listener(address: string, port: number): SocketRow {
  return { protocol: 'tcp', address, port, state: 'listening', inode: String(port) }
}

test('every user is tried where somebody listens, and a stranger whom no rule names', () => {
  const listeners = [listener('0.0.0.0', 21_001), listener('10.0.0.5', 21_001)]
  const { trials, untried } = trialsOf(contracts(), [lease('shop/api', 'http', 21_001)], listeners)
  assert.deepEqual(
    trials.map(({ user, who, address, isAllowed }) => [user, who, address, isAllowed]),
    [
      [1001, 'shop/web', '127.0.0.1', true],
      [65_534, 'shop/web', '127.0.0.1', true],
      [65_533, 'a stranger', '127.0.0.1', false],
    ],
  )
  assert.deepEqual(untried, [
    'no service listens now as shop/docs',
    'shop/mail is known by a network, not by a user',
  ])
})

test('everybody is everybody, strangers too', () => {
  const all = trialsOf(contracts(), [lease('shop/docs', 'http', 21_002)], [listener('::1', 21_002)])
  assert.deepEqual(
    all.trials.map(({ address, isAllowed }) => [address, isAllowed]),
    [
      ['::1', true],
      ['::1', true],
      ['::1', true],
    ],
  )
})

test('ports that no rule speaks of, that are only held, or that are silent are not tried', () => {
  const leases = [
    lease('shop/api', 'metrics', 21_003),
    lease('shop/docs', 'http', 21_004, { state: 'held' }),
    lease('shop/api', 'http', 21_005),
  ]
  const listeners = [listener('127.0.0.1', 21_003), listener('127.0.0.1', 21_004)]
  const { trials, untried } = trialsOf(contracts(), leases, listeners)
  assert.deepEqual(trials, [])
  assert.ok(untried.includes('nobody listens on 21005 where shop/api should'))
})

test('a front is seen by what it does', () => {
  const front = lease('shop/api', 'http', 21_006, { state: 'active', front: 'http' })
  const { trials } = trialsOf(contracts(), [front], [listener('127.0.0.1', 21_006)])
  assert.equal(present(trials[0], 'something is tried').seenBy, 'http')
})
