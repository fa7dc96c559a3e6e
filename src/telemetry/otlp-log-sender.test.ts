/** The log by OTLP, against a receiver that speaks the protocol. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openOtlpReceiver } from '../../test/support/otlp-receiver.ts'
import { OtlpLogSender } from './otlp-log-sender.ts'
import { otlpTargetOf } from './otlp-target.ts'

describe('the log by OTLP', () => {
  test('arrives with how much each line matters and what it is about', async (t) => {
    const { endpoint, logs } = await openOtlpReceiver(t)
    const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'ramps' }
    const target = otlpTargetOf(settings, 'logs')
    assert.ok(target !== undefined)
    const sender = new OtlpLogSender(target, '1.2.3')
    sender.send('shop-up-1 ended: reached.', { ramp: 'shop-up-1' }, 1_700_000_000_000)
    const about = { level: 'warn', ramp: 'shop-up-1', stage: 'db', code: 'ledger-fenced' } as const
    sender.send('db did not come up.', about, 1_700_000_000_500)
    await sender.close()
    assert.deepEqual(
      logs.map(({ path, severityText, body }) => [path, severityText, body.stringValue]),
      [
        ['/v1/logs', 'info', 'shop-up-1 ended: reached.'],
        ['/v1/logs', 'warn', 'db did not come up.'],
      ],
    )
    assert.equal(logs[0]?.resource['service.name'], 'ramps')
    assert.equal(logs[0]?.resource['service.version'], '1.2.3')
    const attributes = logs[1]?.attributes.map(({ key, value }) => [key, value['stringValue']])
    assert.deepEqual(Object.fromEntries(attributes ?? []), {
      'rampart.ramp': 'shop-up-1',
      'rampart.stage': 'db',
      'rampart.code': 'ledger-fenced',
    })
  })

  test('goes nowhere when that is switched off for logs alone', () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318'
    const settings = { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_LOGS_EXPORTER: 'none' }
    assert.equal(otlpTargetOf(settings, 'logs'), undefined)
    assert.equal(otlpTargetOf(settings)?.url, 'http://collector:4318/v1/traces')
  })
})
