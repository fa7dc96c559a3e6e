import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Drive } from '../../test/support/drive.ts'
import { freePort } from '../../test/support/free-port.ts'
import { openOtlpReceiver } from '../../test/support/otlp-receiver.ts'
import { commandOf, planOf, probed, stageOf } from '../../test/support/plan-words.ts'
import { isFault } from '../core/fault/fault.ts'
import { type RampTrace, traceOf } from '../core/trace/ramp-trace.ts'
import { OtlpSender } from './otlp-sender.ts'
import { otlpTargetOf } from './otlp-target.ts'

function someTrace(): RampTrace {
  const stage = stageOf('db', { command: commandOf('start'), conditions: [probed('up')] })
  const drive = new Drive(planOf([stage]))
  drive.pass(10)
  drive.done('db')
  drive.pass(1_995)
  drive.answer('db:up', 'passed')
  return traceOf(drive.entries)
}

describe('where traces are sent', () => {
  test('is said by the variables of OpenTelemetry, and nowhere when none says so', () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318/'
    assert.equal(otlpTargetOf({}), undefined)
    assert.equal(otlpTargetOf({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }), undefined)
    assert.deepEqual(otlpTargetOf({ OTEL_EXPORTER_OTLP_ENDPOINT }), {
      url: 'http://collector:4318/v1/traces',
      attributes: { 'service.name': 'rampart' },
    })
    const OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = 'http://other/own'
    const own = otlpTargetOf({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT })
    assert.equal(own?.url, 'http://other/own')
    const off = { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }
    assert.equal(otlpTargetOf(off), undefined)
    const none = { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }
    assert.equal(otlpTargetOf(none), undefined)
  })

  test('is told whose traces they are', () => {
    const target = otlpTargetOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector',
      OTEL_RESOURCE_ATTRIBUTES: 'team=shop%20front,service.name=other,=,torn,bad=%',
      OTEL_SERVICE_NAME: 'ramps',
    })
    assert.deepEqual(target?.attributes, { team: 'shop front', 'service.name': 'ramps' })
  })
})

describe('sending a trace', () => {
  test('gives the collector every span with its ids, times, events and status', async (t) => {
    const receiver = await openOtlpReceiver(t)
    const target = otlpTargetOf({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint })
    assert.ok(target)
    const sender = new OtlpSender(target, '1.2.3')
    const trace = someTrace()
    await sender.send(trace)
    await sender.send(trace)
    await sender.close()
    const [first, again] = receiver.received
    assert.ok(first)
    assert.deepEqual(again, first, 'sent twice it is the same trace')
    assert.equal(first.path, '/v1/traces')
    assert.match(first.contentType, /^application\/json/)
    assert.deepEqual(first.resource, { 'service.name': 'rampart', 'service.version': '1.2.3' })
    const [ramp, db] = first.spans
    assert.deepEqual(
      first.spans.map(({ traceId, spanId, name }) => [traceId, spanId, name]),
      trace.spans.map((span) => [trace.id, span.id, span.name]),
    )
    assert.equal(db?.parentSpanId, ramp?.spanId)
    assert.equal(ramp?.parentSpanId, undefined)
    assert.equal(db?.startTimeUnixNano, '1000000000')
    assert.equal(db.endTimeUnixNano, '3005000000')
    assert.equal(db.status.code, 1)
    const stage = db.attributes.find(({ key }) => key === 'rampart.stage')
    assert.deepEqual(stage?.value, { stringValue: 'db' })
    assert.deepEqual(
      db.events.map(({ name }) => name),
      trace.spans[1]?.events.map(({ name }) => name),
    )
  })

  test('is a fault when the collector refuses, or nobody is there', async (t) => {
    const receiver = await openOtlpReceiver(t, 400)
    process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '300'
    t.after(() => delete process.env['OTEL_EXPORTER_OTLP_TIMEOUT'])
    for (const endpoint of [receiver.endpoint, `http://127.0.0.1:${await freePort()}`]) {
      const target = { url: `${endpoint}/v1/traces`, attributes: {} }
      const sender = new OtlpSender(target, '1.2.3')
      await assert.rejects(sender.send(someTrace()), (error) => {
        assert.ok(isFault(error, 'trace-unsent'))
        assert.match(error.message, /did not take a trace/)
        return true
      })
      await sender.close()
      if (endpoint === receiver.endpoint) assert.equal(receiver.received.length, 1)
    }
  })
})
