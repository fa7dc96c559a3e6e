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
    shop/jobs: { mtls: "spiffe://shop/jobs" }
  connect:
    - { from: [shop/web, shop/mail, shop/jobs], to: shop/api, ports: http }
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
  const { trials, untried } = trialsOf(contracts(), [lease('shop/api', 'http', 21_001)], {
    listeners,
  })
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
    'shop/jobs is known by a certificate, not by a user',
    'shop/mail is known by a network, not by a user',
    'no certificate of shop/jobs was shown to a front that asks for one (--certificate, --key)',
  ])
})

test('everybody is everybody, strangers too', () => {
  const listeners = [listener('::1', 21_002)]
  const all = trialsOf(contracts(), [lease('shop/docs', 'http', 21_002)], { listeners })
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
  const { trials, untried } = trialsOf(contracts(), leases, { listeners })
  assert.deepEqual(trials, [])
  assert.ok(untried.includes('nobody listens on 21005 where shop/api should'))
})

test('who serves UDP is named, and tried by nobody', () => {
  const claim = { protocol: 'udp', addresses: ['127.0.0.1'], port: 21_053 } as const
  const listeners = [{ ...listener('127.0.0.1', 21_053), protocol: 'udp' } as const]
  const leases = [lease('shop/docs', 'dns', 21_053, { claim })]
  const { trials, untried } = trialsOf(contracts(), leases, { listeners })
  assert.deepEqual(trials, [])
  assert.ok(untried.includes('shop/docs dns has 21053/udp, and only TCP is tried'))
  assert.ok(!untried.some((one) => one.endsWith('as shop/docs')), 'somebody listens')
})

test('a front is seen by what it does', () => {
  const front = lease('shop/api', 'http', 21_006, { state: 'active', front: 'http' })
  const listeners = [listener('127.0.0.1', 21_006)]
  const { trials } = trialsOf(contracts(), [front], { listeners })
  assert.equal(present(trials[0], 'something is tried').seenBy, 'http')
})

test('a certificate is shown to fronts that ask for one, as whom the contract knows it', () => {
  const tls = { certificate: '/c.pem', key: '/k.pem' }
  const asking = lease('shop/api', 'http', 21_007, {
    ...{ state: 'active', front: 'http', tls: { ...tls, clientCa: '/ca.pem' } },
  })
  const plain = lease('shop/docs', 'http', 21_008, { state: 'active', front: 'http', tls })
  const listeners = [listener('127.0.0.1', 21_007), listener('127.0.0.1', 21_008)]
  const shown = (...names: readonly string[]) => {
    const atHand = { ...tls, names }
    const { trials, untried } = trialsOf(contracts(), [asking, plain], { listeners, atHand })
    const byCertificate = trials.filter(({ tls: by }) => by?.shown !== undefined)
    return { of: byCertificate.map(({ who, port, isAllowed }) => [who, port, isAllowed]), untried }
  }
  const jobs = shown('spiffe://shop/jobs')
  assert.deepEqual(jobs.of, [['shop/jobs', 21_007, true]])
  assert.ok(!jobs.untried.some((sentence) => sentence.includes('shop/jobs')))
  const stranger = shown('spiffe://shop/mail')
  assert.deepEqual(stranger.of, [['a stranger', 21_007, false]])
  assert.ok(
    stranger.untried.includes(
      'no certificate of shop/jobs was shown to a front that asks for one (--certificate, --key)',
    ),
  )
})
