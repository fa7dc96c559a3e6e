import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PortLease } from '../../core/port/port-lease.ts'
import { countStates, filterPorts, mapPorts, STRIP_PLACES, wrongPorts } from './port-map.ts'

const built = { range: 'built-in' }

function lease(port: number, service: string, rest: Partial<PortLease> = {}): PortLease {
  return {
    id: `${port}-1`,
    claim: { protocol: 'tcp', addresses: ['127.0.0.1', '::1'], port },
    owner: { service, port: 'http' },
    state: 'ready',
    token: 1,
    rule: built,
    giving: 'number',
    grantedAtMs: 0,
    changedAtMs: 0,
    because: 'It listens.',
    ...rest,
  }
}

const leases = [
  lease(31_999, 'shop/web', { state: 'held' }),
  lease(15_000, 'shop/api', { front: 'http' }),
  lease(20_000, 'till/api', { rule: { range: 'till', contract: 'all' }, state: 'stolen' }),
  lease(15_001, 'shop/api', { state: 'draining', owner: { service: 'shop/api', port: 'debug' } }),
]

test('ranges are told by contract, and in each the services by name and ports by number', () => {
  const map = mapPorts(leases)
  assert.deepEqual(
    map.map(({ name, count, services }) => [
      name,
      count,
      ...services.map((one) => [one.service, ...one.leases.map(({ claim }) => claim.port)]),
    ]),
    [
      ['built-in', 3, ['shop/api', 15_000, 15_001], ['shop/web', 31_999]],
      ['till', 1, ['till/api', 20_000]],
    ],
  )
})

test('a strip goes from the first port to the last, and tells the state that matters more', () => {
  const [builtIn, till] = mapPorts(leases)
  assert.deepEqual(builtIn?.strip, [
    { place: 0, state: 'draining' },
    { place: STRIP_PLACES - 1, state: 'held' },
  ])
  assert.equal(till?.bounds, undefined)
  assert.deepEqual(till?.strip, [])
})

test('tcp and udp of one range are apart, since one number of each is two ports', () => {
  const claim = { protocol: 'udp', addresses: ['127.0.0.1'], port: 15_000 } as const
  assert.equal(mapPorts([...leases, lease(15_000, 'shop/dns', { claim })]).length, 3)
})

test('rows are found by every word of them, and by state', () => {
  const find = (text: string, state = ''): readonly number[] =>
    filterPorts(leases, { find: text, state }).map(({ claim }) => claim.port)
  assert.deepEqual(find(''), [15_000, 15_001, 20_000, 31_999])
  assert.deepEqual(find('SHOP api'), [15_000, 15_001])
  assert.deepEqual(find('front'), [15_000])
  assert.deepEqual(find('debug shop', 'ready'), [])
  assert.deepEqual(find('', 'held'), [31_999])
})

test('what needs a person is apart, and states are counted in the order of a life', () => {
  assert.deepEqual(
    wrongPorts(leases).map(({ claim }) => claim.port),
    [20_000],
  )
  assert.deepEqual(
    countStates(leases).map(({ state }) => state),
    ['held', 'ready', 'draining', 'stolen'],
  )
})
