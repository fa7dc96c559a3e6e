import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PortLease, PortState } from '../../core/port/port-lease.ts'
import type { Endpoint } from '../../seams/endpoints.ts'
import { followBroker, followExpected, readyEndpoints } from './broker-endpoints.ts'
import { EndpointTable } from './endpoint-table.ts'
import { API } from './fixtures/api-endpoint.ts'
import { ServiceLookup } from './http/service-lookup.ts'
import { oneAddressEach, printTarget } from './instances.ts'
import { groupByName, type HomeNames, labelOf, namesOf } from './service-name.ts'

describe('the table of endpoints', () => {
  it('tells of changes, and only of changes', () => {
    const table = new EndpointTable()
    let told = 0
    const stop = table.onChanged(() => {
      told += 1
    })
    const index = table.index
    table.add(API)
    table.add({ ...API })
    table.set([API])
    assert.deepEqual([told, table.index - index], [1, 1])
    table.remove(API)
    table.remove(API)
    assert.deepEqual([told, table.list().length], [2, 0])
    stop()
    stop()
    table.add(API)
    assert.equal(told, 2)
  })

  it('is in the order of service, port, instance', () => {
    const table = new EndpointTable()
    table.set([
      { ...API, service: 'shop/web' },
      { ...API, instance: 'b' },
      { ...API, number: 9 },
      { ...API, instance: 'a' },
    ])
    const shown = table.list().map((one) => `${one.service} ${one.instance ?? ''} ${one.number}`)
    assert.deepEqual(shown, [
      'shop/api  9',
      'shop/api a 20001',
      'shop/api b 20001',
      'shop/web  20001',
    ])
  })

  it('follows the leases of a broker: ready and active are told of, nobody else', () => {
    const states: readonly PortState[] = [
      'held',
      'assigned',
      'ready',
      'active',
      'draining',
      'cooling',
      'stolen',
    ]
    const leases = states.map((state, place) => leaseOf(state, 20_000 + place))
    const listeners: (() => void)[] = []
    const broker = {
      leases: () => leases,
      onChanged: (told: () => void) => {
        listeners.push(told)
        return () => undefined
      },
    }
    const table = new EndpointTable()
    followBroker(broker, table)
    const expected = new EndpointTable()
    followExpected(broker, expected)
    const awaited = new Set(expected.list().map((one) => one.number))
    assert.deepEqual([...awaited], [20_000, 20_001, 20_004])
    const numbers = (): readonly number[] => [...new Set(table.list().map((one) => one.number))]
    assert.deepEqual(numbers(), [20_002, 20_003])
    assert.deepEqual(
      readyEndpoints(leases)
        .map((one) => one.address)
        .slice(0, 2),
      ['127.0.0.1', '::1'],
    )
    leases.push(leaseOf('ready', 20_010))
    for (const listener of listeners) listener()
    assert.deepEqual(numbers(), [20_002, 20_003, 20_010])
  })

  it('tells of a front instead of who is behind it, while anybody there is ready', () => {
    const front: PortLease = {
      ...leaseOf('ready', 20_000),
      owner: { service: 'shop/api', port: 'http', instance: 'front' },
      front: 'http',
    }
    const numbers = (...leases: readonly PortLease[]): readonly string[] => {
      const words = readyEndpoints(leases).map((one) => `${one.instance ?? ''} ${one.number}`)
      return [...new Set(words)]
    }
    const [old, next] = [leaseOf('draining', 20_001), leaseOf('ready', 20_002)]
    assert.deepEqual(numbers(front, old, next), [' 20000'])
    assert.deepEqual(numbers(front, old), [])
    assert.deepEqual(numbers({ ...front, state: 'assigned' }, next), [' 20002'])
    const other = { ...next, owner: { ...next.owner, port: 'metrics' } }
    assert.deepEqual(numbers(front, next, other), [' 20000', ' 20002'])
  })

  it('tells of a proxy that carries a front, while anybody behind it is ready', () => {
    const carrier = { plane: 'haproxy', socket: '/run/haproxy.sock', backend: 'api' } as const
    const front = { service: 'shop/api', port: 'http', host: '127.0.0.1', number: 80, carrier }
    const numbers = (...leases: readonly PortLease[]): readonly number[] =>
      readyEndpoints(leases, [front]).map((one) => one.number)
    assert.deepEqual(numbers(leaseOf('ready', 20_001), leaseOf('active', 20_002)), [80])
    assert.deepEqual(numbers(leaseOf('draining', 20_001)), [])
  })

  it('tells of the addresses alone on which a process listens', () => {
    const lease = { ...leaseOf('ready', 20_000), servedAt: ['::'] }
    const found = readyEndpoints([lease]).map(({ address }) => address)
    assert.deepEqual(found, ['::1'])
  })

  it('counts a process that listens on both loopback addresses once', () => {
    const both = [{ ...API, address: '::1' }, API, { ...API, address: '10.0.0.7' }]
    assert.deepEqual(oneAddressEach(both).map(printTarget), ['127.0.0.1:20001', '10.0.0.7:20001'])
    assert.equal(printTarget({ address: '::1', number: 7 }), '[::1]:7')
  })
})

describe('names of services', () => {
  it('go from the narrow to the wide, with worktree and environment at the end', () => {
    assert.deepEqual(namesOf(API), ['api.shop'])
    assert.deepEqual(namesOf({ ...API, scope: 'Feature/X' }), ['api.shop.feature-x'])
    const staged = { ...API, scope: 'wt1', environment: 'staging' }
    assert.deepEqual(namesOf(staged), ['api.shop.wt1.staging'])
    const home = { environment: 'staging', prefix: 'shop' }
    const names = ['api.shop.wt1.staging', 'api.shop.wt1', 'api.wt1.staging', 'api.wt1']
    assert.deepEqual(namesOf(staged, home), names)
    assert.match(labelOf('a'.repeat(200)), /^a{54}-[0-9a-f]{8}$/)
  })

  it('never mean a worktree, or another environment, that they do not name', () => {
    const others = [
      { ...API, scope: 'wt1' },
      { ...API, environment: 'production' },
    ]
    assert.deepEqual(named(others, 'api.shop'), [])
    assert.deepEqual(named([...others, API], 'api.shop'), [API])
    assert.deepEqual(named(others, 'api.shop.wt1'), [others[0]])
  })

  it("never mean a tenant's, unless it is asked for", () => {
    const acme = { ...API, tenant: 'acme', number: 20_009 }
    assert.deepEqual(named([API, acme], 'api.shop'), [API])
    assert.deepEqual(named([acme], 'api.shop'), [])
    const lookup = new ServiceLookup([API, acme])
    for (const name of ['shop/api', 'api.shop']) {
      assert.deepEqual(lookup.find({ name }), [API])
      assert.deepEqual(lookup.find({ name, tenant: 'acme' }), [acme])
    }
    assert.deepEqual(lookup.find({}), [API, acme], 'the whole list is of everybody')
  })

  it('mean one service when two have them: the one with fewer words', () => {
    const grouped = { ...API, service: 'staging/api' }
    const staged = { ...API, service: 'api', environment: 'staging' }
    assert.deepEqual(named([staged, grouped], 'api.staging'), [grouped])
    const home = { environment: 'staging' }
    const bare = { ...API, service: 'api' }
    assert.deepEqual(named([staged, bare], 'api', home), [staged, bare])
  })
})

function named(all: readonly Endpoint[], name: string, home?: HomeNames): readonly Endpoint[] {
  return groupByName(all, home).get(name) ?? []
}

function leaseOf(state: PortState, port: number): PortLease {
  return {
    id: `${port}-1`,
    claim: { protocol: 'tcp', addresses: ['0.0.0.0', '::'], port },
    owner: { service: 'shop/api', port: 'http' },
    state,
    token: 1,
    rule: { range: 'built-in' },
    giving: 'number',
    grantedAtMs: 1,
    changedAtMs: 1,
    because: 'It is so.',
  }
}
