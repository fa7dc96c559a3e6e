/** A real Prometheus finds its targets, and forgets those who are not ready any more. */
import assert from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { makePrometheusOf } from '../../../../test/support/prometheus.ts'
import { requireRealPart } from '../../../../test/support/require-part.ts'
import { SystemClock } from '../../../clock/system-clock.ts'
import type { Endpoint } from '../../../seams/endpoints.ts'
import { EndpointTable } from '../endpoint-table.ts'
import { DiscoveryServer } from '../server/discovery-server.ts'
import { targetGroupsOf } from './print-http-sd.ts'

const API: Endpoint = {
  service: 'shop/api',
  port: 'metrics',
  protocol: 'tcp',
  address: '127.0.0.1',
  number: 20_001,
}

describe('targets for Prometheus', () => {
  it('are one for each process, with what is known of it as labels', () => {
    const groups = targetGroupsOf([
      { ...API, address: '::1', environment: 'staging' },
      { ...API, environment: 'staging' },
      { ...API, environment: 'staging', number: 20_002 },
      { ...API, instance: '2', number: 20_003 },
      { ...API, protocol: 'udp', service: 'dns' },
    ])
    const [secure] = targetGroupsOf([{ ...API, tls: true }])
    assert.equal(secure?.labels['__scheme__'], 'https')
    const labels = {
      service: 'shop/api',
      __meta_rampart_service: 'shop/api',
      __meta_rampart_port: 'metrics',
    }
    assert.deepEqual(groups, [
      {
        targets: ['127.0.0.1:20001', '127.0.0.1:20002'],
        labels: { ...labels, __meta_rampart_environment: 'staging' },
      },
      { targets: ['127.0.0.1:20003'], labels: { ...labels, __meta_rampart_instance: '2' } },
    ])
  })

  it('are followed by a real one, down to none', requireRealPart('Prometheus'), async (t) => {
    const endpoints = new EndpointTable()
    const discovery = await DiscoveryServer.open({
      endpoints,
      clock: new SystemClock(),
      random: { integer: () => 0 },
      onTrouble: (error) => assert.fail(String(error)),
    })
    t.after(() => discovery.close())
    const url = `http://127.0.0.1:${discovery.port}/v1/prometheus`
    const prometheus = await makePrometheusOf(`scrape_configs:
  - job_name: shop
    http_sd_configs: [{ url: "${url}?port=metrics", refresh_interval: 100ms }]
    relabel_configs:
      - { source_labels: [__meta_rampart_instance], target_label: replica }
`)
    t.after(() => prometheus.remove())
    const empty = await fetch(url)
    assert.deepEqual([empty.status, await empty.json()], [200, []])
    assert.equal((await fetch(`${url}?prot=x`)).status, 400)
    endpoints.set([
      { ...API, instance: 'a' },
      { ...API, port: 'http', number: 1 },
    ])
    prometheus.start()
    await until(prometheus.url, [
      '{"instance":"127.0.0.1:20001","job":"shop","replica":"a","service":"shop/api"}',
    ])
    endpoints.set([])
    await until(prometheus.url, [])
  })
})

/** Waits until these are its targets, by their labels. */
async function until(url: string, wanted: readonly string[]): Promise<void> {
  const deadlineMs = performance.now() + 60_000
  for (;;) {
    const found = await targetsOf(url)
    if (JSON.stringify(found) === JSON.stringify(wanted)) return
    assert.ok(performance.now() < deadlineMs, `it has ${JSON.stringify(found)}`)
    await pause(50)
  }
}

async function targetsOf(url: string): Promise<readonly string[] | undefined> {
  try {
    const response = await fetch(`${url}/api/v1/targets?state=active`)
    const { data } = (await response.json()) as {
      readonly data: { readonly activeTargets: readonly { readonly labels: object }[] }
    }
    return data.activeTargets.map(({ labels }) => JSON.stringify(labels))
  } catch {
    // It is starting: then nothing can be said of its targets.
    return undefined
  }
}
