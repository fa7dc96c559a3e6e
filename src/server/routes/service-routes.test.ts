/** `/v1/services` and the ranges of `/v1/ports`, of a real broker, for whoever may see which part. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { granted, Listener, wish } from '../../../test/ports/workbench.ts'
import { openNetServer } from '../../../test/support/net-server.ts'
import { until } from '../../../test/support/until.ts'
import { present } from '../../core/fault/assert.ts'
import type { PortRange } from '../../core/port/port-policy.ts'
import { digestOf } from '../../core/units/digest.ts'
import { PortKernel } from '../../ports/kernel/port-kernel.ts'
import { LinuxKernel } from '../../runtimes/process/kernel/linux.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import type { Scope } from '../wire/access.ts'
import type { LeaseList } from '../wire/ports.ts'
import type { ServiceList } from '../wire/services.ts'

const kernel = new PortKernel(new LinuxKernel())

/** Has a process listen on a port that is leased to a service. */
async function serve(broker: PortBroker, service: string, owner: Listener): Promise<number> {
  const [lease] = granted(await broker.claim([wish(service)]))
  const { id, claim } = present(lease, 'it is granted')
  await broker.letGo([id])
  assert.equal(await owner.listen(claim.port), 'listening')
  await broker.assign(id, present(kernel.identify(owner.pid), 'it lives'))
  await until('it is ready', () => broker.leases().find((one) => one.id === id)?.state === 'ready')
  return claim.port
}

test('who is ready is told of to whoever may see it, as soon as it is different', async (t) => {
  const { ask, tokenFor, parts, origin } = await openNetServer(t)
  const broker = present(parts.ports, 'it leases ports')
  const secretOf = async (name: string, scope: Scope): Promise<string> =>
    (await tokenFor(name, [{ role: 'viewer', scope }])).secret
  const all = await secretOf('all', {})
  const shop = await secretOf('shop', { contracts: ['Environment/shop'] })
  const pay = await secretOf('pay', { contracts: ['Environment/pay'] })
  const list = async (token: string, path = ''): Promise<ServiceList> => {
    const { status, body } = await ask(`/v1/services${path}`, { token })
    assert.equal(status, 200, JSON.stringify(body))
    return body as ServiceList
  }
  const none = await list(shop)
  assert.deepEqual(none.endpoints, [])
  const [later, elsewhere] = [
    list(shop, `?index=${none.index}&wait=20s`),
    list(pay, `/shop/api?index=${(await list(pay, '/shop/api')).index}&wait=1s`),
  ]
  const port = await serve(broker, 'shop/api', new Listener(t))
  assert.deepEqual(
    (await later).endpoints.map(({ target }) => target),
    [`127.0.0.1:${port}`],
  )
  assert.deepEqual((await elsewhere).endpoints, [], 'nothing is told of what one may not see')
  for (const path of ['/shop/api?port=http', '/shop%2Fapi', '/api.shop']) {
    const { endpoints } = await list(all, path)
    assert.deepEqual([endpoints.length, endpoints[0]?.number], [1, port], path)
  }
  assert.deepEqual((await list(all, '/shop/api?port=other')).endpoints, [])
  const tag = (await ask('/v1/services', { token: all })).headers['etag']
  const headers = { 'if-none-match': String(tag) }
  assert.equal((await ask('/v1/services', { token: all, headers })).status, 304)
  assert.equal((await ask('/v1/services?what=1', { token: all })).status, 400)
  assert.equal((await ask('/v1/services')).status, 401)
  assert.equal((await ask('/v1/services/shop/api')).status, 401)
  const stream = await fetch(`${origin}/v1/services/shop/api`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${shop}` },
  })
  const reader = present(stream.body, 'it has a body').getReader()
  let text = ''
  while (!text.includes('\n\nid: ') && !text.includes(`"number":${port}`)) {
    text += new TextDecoder().decode((await reader.read()).value)
  }
  await reader.cancel()
  assert.match(text, /event: services/)
})

test('the ranges of contracts are told to whoever may see these, the built-in one to everybody', async (t) => {
  const { ask, tokenFor, parts } = await openNetServer(t)
  const broker = present(parts.ports, 'it leases ports')
  const range: PortRange = {
    ...{ name: 'web', first: 21_800, last: 21_809, protocol: 'tcp' as const, coolingMs: 1_000 },
    ...{ addresses: ['127.0.0.1'], for: { service: 'shop/*' }, fixed: { 'shop/api/http': 21_801 } },
  }
  const rules = (ramp: string, first: number) => {
    const digest = digestOf({ first })
    const policy = { contract: 'own', digest, ranges: [{ ...range, first }] }
    return {
      ...{ contract: 'own', digest, ramp, policy, transitions: [] },
      connect: { contract: 'own', rules: [], clients: [] },
    }
  }
  await broker.enforce(rules('up-1', 21_800))
  await broker.enforce(rules('up-2', 21_801))
  const told = async (name: string, scope: Scope): Promise<readonly string[]> => {
    const { secret } = await tokenFor(name, [{ role: 'viewer', scope }])
    const { body } = await ask('/v1/ports', { token: secret })
    const { ranges = [] } = body as LeaseList
    return ranges.map(({ contract = '', range: name, first, standing }) =>
      [contract, name, first, standing].join(' '),
    )
  }
  const builtIn = ' built-in 15000 in-force'
  const own = ['own web 21801 in-force', 'own web 21800 earlier']
  assert.deepEqual(await told('all', {}), [...own, builtIn])
  assert.deepEqual(await told('own', { contracts: ['Ports/own'] }), [...own, builtIn])
  assert.deepEqual(await told('shop', { contracts: ['Environment/shop'] }), [builtIn])
})
