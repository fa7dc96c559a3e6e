/** Five hand-overs in a row under load, by each data plane: nothing is lost, refused or done twice. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { present } from '../../src/core/fault/assert.ts'
import { freePort } from '../support/free-port.ts'
import { requireRealPart } from '../support/require-part.ts'
import { EDGES, FRONT, openForwarder, rollUnderLoad } from './edges.ts'
import { type LoadReport, scratch, startLoad, startService, stopService } from './support.ts'

const HANDOVERS = 5

/**
 * How long the service takes over each answer: every connection has a request under way at any moment,
 * and the processors are left to whoever hands over.
 */
const ANSWER_MS = 50

/** How many requests are under way at any moment, those of the clients that post aside. */
const CONNECTIONS = 24

const wrk = requireRealPart('wrk')

async function handOverFiveTimes(
  context: TestContext,
  name: string,
  keepsAlive: boolean,
): Promise<LoadReport> {
  const folder = scratch(context)
  const open = present(EDGES[name], 'it is one of them')
  const edge = await open(context, { folder, answerMs: ANSWER_MS })
  const load = startLoad(context, folder, {
    port: edge.port,
    keepsAlive,
    connections: CONNECTIONS,
  })
  await rollUnderLoad(edge, { load, times: HANDOVERS })
  const { report, ...counts } = await load.stop()
  context.diagnostic(JSON.stringify(counts))
  const { lost, doubled, connectErrors, requests, posted } = counts
  assert.deepEqual([connectErrors, lost, doubled], [0, 0, 0], report)
  assert.ok(requests > 100 && posted >= 50 * HANDOVERS, 'there was load')
  return { ...counts, report }
}

for (const name of Object.keys(EDGES).filter((one) => one !== 'nginx')) {
  for (const keepsAlive of [true, false]) {
    const how = keepsAlive ? 'with kept connections' : 'with a connection for each request'
    const proxy = ['HAProxy', 'Envoy'].includes(name) ? requireRealPart(name) : wrk
    const options = { ...(proxy.skip === false ? wrk : proxy), timeout: 90_000 }
    test(`${name} hands over five times and loses nothing, ${how}`, options, async (context) => {
      const { errors, postFailures, report } = await handOverFiveTimes(context, name, keepsAlive)
      assert.deepEqual([errors, postFailures], [0, 0], report)
    })
  }
}

const nginx = requireRealPart('nginx')
test('nginx hands over by reloads, which end kept connections: what that loses is counted', {
  ...(nginx.skip === false ? wrk : nginx),
  timeout: 90_000,
}, async (context) => {
  await handOverFiveTimes(context, 'nginx', true)
})

test('stopping and then starting, as a control, does lose requests', {
  ...wrk,
  timeout: 90_000,
}, async (context) => {
  const folder = scratch(context)
  const port = await freePort()
  let service = await startService(context, folder, { port, ending: 'naive', answerMs: ANSWER_MS })
  const load = startLoad(context, folder, { port, keepsAlive: true })
  await load.pass(50)
  await stopService(service, 'SIGKILL')
  service = await startService(context, folder, { port, ending: 'naive', answerMs: ANSWER_MS })
  await load.pass(50)
  const { errors, postFailures } = await load.stop()
  assert.ok(errors > 0 && postFailures > 0, 'the load notices what is lost')
})

test('an owner that is killed loses what is in flight alone, and nobody is refused', {
  ...wrk,
  timeout: 90_000,
}, async (context) => {
  const folder = scratch(context)
  const wishes = { folder, answerMs: ANSWER_MS }
  const { plane, port, start } = await openForwarder(context, wishes, 'http')
  const [dead, heir] = [await start(), await start()]
  await plane.route(FRONT, dead.backend)
  const load = startLoad(context, folder, { port, keepsAlive: true })
  await load.pass(50)
  await stopService(dead.service, 'SIGKILL')
  await plane.route(FRONT, heir.backend)
  await plane.remove(FRONT, dead.backend)
  await load.pass(100)
  const { errors, connectErrors, postFailures, lost, doubled } = await load.stop()
  context.diagnostic(JSON.stringify({ errors, postFailures }))
  assert.deepEqual([connectErrors, lost, doubled], [0, 0, 0])
  assert.ok(errors <= 64 && postFailures <= 8, 'each connection had at most one request in flight')
})
