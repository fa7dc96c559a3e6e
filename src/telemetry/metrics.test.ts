/** The metrics, held against Prometheus' own checker. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { requireRealPart } from '../../test/support/require-part.ts'
import { Metrics } from './metrics.ts'

const NOW = {
  ramps: () => [
    { kind: 'Environment', phase: 'moving' },
    { kind: 'Environment', phase: 'moving' },
  ],
  broken: () => [{ kind: 'Environment' }],
  agents: () => [{ region: 'eu', certificateUntilMs: 1_800_000_000_000 }, { region: 'us' }],
}

/** Metrics to which everything has happened once. */
async function usedMetrics(): Promise<Metrics> {
  const metrics = await Metrics.open('1.2.3', NOW)
  const labels = { kind: 'Environment', goal: 'up' }
  metrics.rampOpened(labels)
  metrics.rampHeld(labels)
  metrics.stageReady(labels, 1_200)
  metrics.rampEnded({ ...labels, outcome: 'reached' }, 4_500)
  metrics.stageBreached({ kind: 'Environment', policy: 'undo' })
  metrics.probeAnswered({ probe: 'http', verdict: 'passed' }, 7)
  metrics.ledgerAppended(3, 2)
  metrics.ledgerRetried()
  metrics.requested({ method: 'GET', route: '/v1/ramps/:ramp', status: 200 }, 3)
  return metrics
}

describe('the metrics', () => {
  it('are what Prometheus takes, without a complaint', requireRealPart('Prometheus'), async () => {
    const text = await (await usedMetrics()).text()
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    })
    assert.equal(`${stdout}${stderr}`, '')
    assert.equal(status, 0)
  })

  it('count what has happened, in seconds', async () => {
    const text = await (await usedMetrics()).text()
    for (const line of [
      'rampart_info{version="1.2.3"} 1',
      'rampart_ramps_opened_total{kind="Environment",goal="up"} 1',
      'rampart_ramps_ended_total{kind="Environment",goal="up",outcome="reached"} 1',
      'rampart_ramp_duration_seconds_sum{kind="Environment",goal="up",outcome="reached"} 4.5',
      'rampart_stage_duration_seconds_sum{kind="Environment",goal="up"} 1.2',
      'rampart_ramps{kind="Environment",phase="moving"} 2',
      'rampart_broken_promises{kind="Environment"} 1',
      'rampart_agents_connected{region="eu"} 1',
      'rampart_agent_certificate_expiry_timestamp_seconds{region="eu"} 1800000000',
      'rampart_ledger_entries_total 3',
    ]) {
      assert.ok(text.split('\n').includes(line), line)
    }
    assert.doesNotMatch(text, /certificate_expiry.*"us"/, 'it need not show one')
  })
})
