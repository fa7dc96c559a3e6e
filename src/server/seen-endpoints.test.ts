/** What somebody sees of a list of endpoints while it changes, and while nobody can say what they may see. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EndpointTable } from '../edge/discovery/endpoint-table.ts'
import type { Endpoint } from '../seams/endpoints.ts'
import { SeenEndpoints } from './seen-endpoints.ts'

const SHOP: Endpoint = {
  service: 'shop/api',
  port: 'http',
  protocol: 'tcp',
  address: '127.0.0.1',
  number: 20_001,
}
const PAY: Endpoint = { ...SHOP, service: 'pay/api' }

test('an environment that cannot be looked up is not seen, and that is told of', async () => {
  const table = new EndpointTable()
  table.add(SHOP)
  const outage = new TypeError('the store is away')
  const troubles: unknown[] = []
  const seen = await SeenEndpoints.of(table, {
    maySee: async (environment) => {
      if (environment === 'pay') throw outage
      return true
    },
    onTrouble: (error) => troubles.push(error),
  })
  const told = new Promise<void>((resolve) => seen.onChanged(resolve))
  table.add(PAY)
  await told
  table.add({ ...PAY, service: 'shop', aliasOf: 'pay/api' })
  assert.deepEqual(seen.list(), [SHOP], 'by a further name it belongs to whom it did')
  assert.deepEqual(troubles, [outage])
})

test('where the first look fails, whoever asks is told so', async () => {
  const table = new EndpointTable()
  table.add(SHOP)
  const maySee = async (): Promise<boolean> => {
    throw new TypeError('the store is away')
  }
  await assert.rejects(SeenEndpoints.of(table, { maySee, onTrouble: assert.ifError }), /is away/)
})
