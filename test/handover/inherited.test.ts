/**
 * Components with a front whose starts inherit their sockets, by whole ramps and under requests that
 * never pause: each start has sockets of its own, and is replaced as any other.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Json } from '../../src/core/units/json.ts'
import { until } from '../support/until.ts'
import { Bench, Load, tinyContract, webSaying } from './ramps.ts'

/** Says its word, and listens on what it inherits alone. */
const PROGRAM = `
const server = require('node:http').createServer((_, response) => response.end(process.env.SAYS))
server.listen({ fd: 3 })
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})`

function contract(says: string, copies = 1): Json {
  const web = webSaying(says, {
    command: [process.execPath, 'inherited.cjs'],
    ports: { http: { inherit: true } },
    more: copies === 1 ? {} : { copies },
  })
  return tinyContract(web)
}

test('starts and copies that inherit are replaced without one failed request', async (context) => {
  const bench = new Bench(context)
  writeFileSync(join(bench.folder, 'inherited.cjs'), PROGRAM)
  await bench.up(contract('one'))
  const load = new Load(context, await bench.front())
  await load.answered('one')
  await bench.up(contract('two', 2))
  await load.answered('two')
  await bench.close()
  await bench.up(contract('three', 3))
  await load.answered('three')
  await load.stop()
  load.assertServed('one', 'two', 'three')
  const leases = (await bench.leases()).filter(({ front }) => front === undefined)
  const serving = leases.filter(({ state }) => state === 'active')
  assert.deepEqual(
    serving.map(({ giving }) => giving),
    ['descriptor', 'descriptor', 'descriptor'],
  )
  const isOver = async (): Promise<boolean> =>
    (await bench.leases()).every(({ state, front }) => front !== undefined || state !== 'draining')
  await until('the old ones are gone', isOver)
})
