import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PortLease } from '../../core/port/port-lease.ts'
import type { ListedRange } from '../../core/port/range-list.ts'
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

const builtIn: ListedRange = {
  ...{ range: 'built-in', first: 15_000, last: 31_999, protocol: 'tcp', standing: 'in-force' },
  rules: { addresses: ['127.0.0.1', '::1'], for: {}, fixed: {}, coolingMs: 60_000 },
}

const tillRange: ListedRange = {
  ...builtIn,
  ...{ contract: 'all', range: 'till', first: 20_000, last: 20_009 },
  rules: { ...builtIn.rules, fixed: { 'till/api/http': 20_000, 'till/web/http': 20_005 } },
}

const map = (ranges: readonly ListedRange[], withEmpty = false, all = leases) =>
  mapPorts({ leases: all, ranges, withEmpty })

test('ranges are told by contract, and in each the services by name and ports by number', () => {
  const drawn = map([builtIn, tillRange])
  assert.deepEqual(
    drawn.map(({ name, count, services }) => [
      name,
      count,
      ...services.map((one) => [one.service, ...one.leases.map(({ claim }) => claim.port)]),
    ]),
    [
      ['till', 1, ['till/api', 20_000]],
      ['built-in', 3, ['shop/api', 15_000, 15_001], ['shop/web', 31_999]],
    ],
  )
})

test('a range of a contract is drawn before anybody has a port of it, unless leases are filtered', () => {
  const names = (drawn: ReturnType<typeof mapPorts>) => drawn.map(({ name }) => name)
  assert.deepEqual(names(map([builtIn, tillRange], true, [])), ['till'])
  assert.deepEqual(names(map([builtIn, tillRange], false, [])), [])
})

test('a strip goes from the first port to the last, and tells the state that matters more', () => {
  const [till, wide] = map([builtIn, tillRange])
  assert.deepEqual(wide?.strip?.taken, [
    { place: 0, state: 'draining' },
    { place: STRIP_PLACES - 1, state: 'held' },
  ])
  assert.equal(till?.strip?.places, 10, 'a place for each port, where there are few')
  assert.deepEqual(till?.strip?.taken, [{ place: 0, state: 'stolen' }, { place: 5 }])
})

test('what an amendment left behind is drawn in its earlier range, and what no list has without', () => {
  const moved: ListedRange = { ...tillRange, first: 20_100, last: 20_109 }
  const drawn = map([moved, { ...tillRange, standing: 'earlier' }, builtIn], true)
  assert.deepEqual(
    drawn.map(({ name, count, listed }) => [name, count, listed?.first, listed?.standing]),
    [
      ['till', 0, 20_100, 'in-force'],
      ['built-in', 3, 15_000, 'in-force'],
      ['till', 1, 20_000, 'earlier'],
    ],
  )
  assert.deepEqual(
    map([]).map(({ name, strip }) => [name, strip]),
    [
      ['built-in', undefined],
      ['till', undefined],
    ],
  )
})

test('tcp and udp of one range are apart, since one number of each is two ports', () => {
  const claim = { protocol: 'udp', addresses: ['127.0.0.1'], port: 15_000 } as const
  const all = [...leases, lease(15_000, 'shop/dns', { claim })]
  assert.equal(map([builtIn, tillRange], false, all).length, 3)
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
