/** A real ramp as a trace: sent by the daemon to a collector, and written to a file by the command. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openOtlpReceiver } from '../support/otlp-receiver.ts'
import { openFolder, rampart, stopDaemon } from '../support/rampart.ts'
import { until } from '../support/until.ts'

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: tiny }
spec:
  components:
    db:
      run: { command: [node, -e, "console.log('begun'); setInterval(() => {}, 60_000)"] }
      ready: [{ log: { pattern: begun } }]
    api:
      needs: [db]
      run: { command: [node, -e, "console.log('begun'); setInterval(() => {}, 60_000)"] }
      ready: [{ log: { pattern: begun } }]
`

test('a ramp is sent to the collector once it has ended, and written where it was asked for', async (t) => {
  const receiver = await openOtlpReceiver(t)
  const folder = openFolder(t)
  writeFileSync(join(folder, 'rampart.yaml'), CONTRACT)
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_SERVICE_NAME: 'shop-ramps' }
  const up = await rampart(['up', '--json', '--trace', 'up.json'], { cwd: folder, env })
  assert.equal(up.exitCode, 0, up.stdout + up.stderr)
  await until('the trace has come', () => receiver.received.length > 0)
  const sent = receiver.received[0]
  assert.equal(sent?.resource['service.name'], 'shop-ramps')
  assert.deepEqual(
    sent.spans.map(({ name }) => name),
    ['up tiny', 'db', 'api'],
  )
  const attempts = sent.spans[1]?.events.filter(({ name }) => name === 'condition.answered')
  assert.ok((attempts?.length ?? 0) > 0)
  const written = readFileSync(join(folder, 'up.json'), 'utf8')
  assert.equal(JSON.parse(written).otherData.traceId, sent.spans[0]?.traceId)

  const { ramp } = JSON.parse(up.stdout.trim().split('\n').at(-1) ?? '')
  const why = await rampart(['why', ramp, '--trace', 'why.json'], { cwd: folder })
  assert.equal(why.exitCode, 0, why.stderr)
  assert.match(why.stderr, /Wrote why\.json; open it with https:\/\/ui\.perfetto\.dev/)
  assert.equal(readFileSync(join(folder, 'why.json'), 'utf8'), written)
  const nowhere = await rampart(['why', ramp, '--trace', 'no/such/why.json'], { cwd: folder })
  assert.equal(nowhere.exitCode, 1)
  assert.match(nowhere.stderr, /why\.json could not be written.*\n.*--trace/)
  assert.equal((await rampart(['down'], { cwd: folder })).exitCode, 0)
  await stopDaemon(folder)
})
