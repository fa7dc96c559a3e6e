/** What a server counts of its answers, as whoever scrapes it sees them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openNetServer } from '../../test/support/net-server.ts'
import { Metrics } from '../telemetry/metrics.ts'

test('counts answers by route, and none that lasts as long as its reader likes', async (t) => {
  const metrics = await Metrics.open('1.2.3', {
    ramps: () => [],
    broken: () => [],
    agents: () => [],
  })
  const server = await openNetServer(t, { metrics })
  const { secret: token } = await server.tokenFor('ops', [{ role: 'admin', scope: {} }])
  const spec = { components: { api: { run: { command: ['node'] } } }, watch: false }
  const contract = {
    ...{ apiVersion: 'rampart/v1', kind: 'Environment' },
    ...{ metadata: { name: 'shop' }, spec },
  }
  const body = { contract, directory: '/srv', goal: 'up', settings: {}, by: 'x' }
  assert.equal((await server.ask('/v1/ramps', { method: 'POST', token, body })).status, 201)
  const headers = { authorization: `Bearer ${token}` }
  const stream = await fetch(`${server.origin}/v1/ramps/latest/stream`, { headers })
  assert.match(await stream.text(), /ramp\.ended/)
  assert.equal((await server.ask('/v1/nothing', { token })).status, 404)
  const text = await (await fetch(`${server.origin}/metrics`, { headers })).text()
  const counted = text.split('\n').filter((line) => line.includes('request_duration_seconds_count'))
  assert.ok(
    counted.some((line) => line.includes('route="/v1/ramps"') && line.endsWith(' 1')),
    text,
  )
  assert.ok(
    counted.some((line) => line.includes('status="404"')),
    text,
  )
  assert.ok(!counted.some((line) => line.includes('stream')), text)
})
