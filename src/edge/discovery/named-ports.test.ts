/** Names that a contract gives to ports: which of them are told of, and whom they give way to. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SystemClock } from '../../clock/system-clock.ts'
import type { Endpoint } from '../../seams/endpoints.ts'
import { EndpointTable } from './endpoint-table.ts'
import { variablesOf } from './env/print-variables.ts'
import { printHaproxyBackends } from './export/print-haproxy.ts'
import { API } from './fixtures/api-endpoint.ts'
import { PortPools } from './localhost/port-pools.ts'
import { namedEndpoints } from './named-ports.ts'
import { byOwnName, ownFirst } from './own-first.ts'
import { groupByName } from './service-name.ts'

const NAMES = [{ name: 'api', service: 'shop/api', port: 'http' }]
const ALIAS: Endpoint = { ...API, service: 'api', aliasOf: 'shop/api' }

test('a name is its port under another name, in every worktree by itself', () => {
  const metrics = { ...API, port: 'metrics', number: 20_002 }
  assert.deepEqual(namedEndpoints([API, metrics], NAMES, [API, metrics]), [ALIAS])
  const apart = { ...API, scope: 'wt1' }
  const [named] = namedEndpoints([apart], NAMES, [apart])
  assert.deepEqual(named, { ...ALIAS, scope: 'wt1' })
  assert.deepEqual(byOwnName(ALIAS), API)
  assert.deepEqual(ownFirst([ALIAS]), [ALIAS])
})

test('a name that a service has itself means that service, be it ready or not', () => {
  for (const service of ['api', 'API'])
    assert.deepEqual(namedEndpoints([API], NAMES, [API, { ...API, service }]), [], service)
  const elsewhere = { ...API, service: 'api', scope: 'wt1' }
  assert.deepEqual(namedEndpoints([API], NAMES, [API, elsewhere]), [ALIAS])
  const beside = [{ name: 'shop-api', service: 'shop/web', port: 'http' }]
  const web = { ...API, service: 'shop/web' }
  assert.deepEqual(namedEndpoints([API, web], beside, [API, web]), [])
})

test('a browser that asks by a further name is led, and judged, as one that asks by its own', (t) => {
  const endpoints = new EndpointTable()
  endpoints.set([API, ALIAS])
  const pools = new PortPools({ endpoints, clock: new SystemClock() }, { waitMs: 1, waitingMax: 1 })
  t.after(() => pools.close())
  const [own, named] = [pools.find('api.shop'), pools.find('api')]
  assert.deepEqual(named, { verdict: 'port', served: API })
  assert.ok(own.verdict === 'port' && named.verdict === 'port')
  assert.equal(pools.poolOf(named.served), pools.poolOf(own.served))
  endpoints.set([API])
  assert.equal(pools.find('api').verdict, 'unknown')
})

test('what has a name, a group or a variable by a contract alone gives way to its owner', () => {
  const own: Endpoint = { ...API, service: 'staging/x', number: 20_005 }
  const staged: Endpoint = { ...ALIAS, service: 'x', environment: 'staging' }
  assert.deepEqual(groupByName([staged, own]).get('x.staging'), [own])
  assert.deepEqual(groupByName([staged]).get('x.staging'), [staged])
  const late: Endpoint = { ...API, port: 'x-http', number: 20_006 }
  const { values, remarks } = variablesOf([late, { ...ALIAS, service: 'shop-api-x' }], {})
  assert.deepEqual([values.get('SHOP_API_X_HTTP_PORT'), remarks], ['20006', []])
  assert.match(printHaproxyBackends([API, ALIAS]), /backend http\.api\n {2}server slot1 .*:20001\n/)
})
