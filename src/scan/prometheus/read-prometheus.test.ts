/** Targets of Prometheus are connections, and its own port is no claim of a configuration. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, connectionsOf } from '../../../test/support/scan-text.ts'
import { prometheusReader } from './read-prometheus.ts'

test('it connects to what it scrapes, warns and writes to', () => {
  const text = `global: { scrape_interval: 5s }
scrape_configs:
  - job_name: prometheus
    static_configs: [{ targets: ["localhost:9090"] }]
  - job_name: node
    static_configs:
      - targets: ['127.0.0.1:9100', "[::1]:9101", db:9187, no-port]
  - job_name: probes
    static_configs: [{ targets: ["http://shop:8080/health"] }]
  - job_name: files
    file_sd_configs: [{ files: ["targets/*.json", /etc/prometheus/more.yml] }]
alerting:
  alertmanagers: [{ static_configs: [{ targets: ["alerts:9093"] }] }]
remote_write: [{ url: "http://a:secret@store:9009/push" }]
`
  const files = {
    'prom/a.yml': text,
    'prom/targets/a.json': '[{ "targets": ["c:1"], "labels": {} }]',
    'prom/more.yml': '- targets: ["d:2"]\n',
    'other.yml': 'scrape: [{ targets: ["e:3"] }]\n',
  }
  assert.deepEqual(claimsIn(prometheusReader, files), [])
  assert.deepEqual(connectionsOf(prometheusReader, files), [
    'prom/a.yml:7 127.0.0.1:9100',
    'prom/a.yml:7 [::1]:9101',
    'prom/a.yml:7 db:9187',
    'prom/a.yml:9 shop:8080',
    'prom/targets/a.json:1 c:1',
    'prom/more.yml:1 d:2',
    'prom/a.yml:13 alerts:9093',
    'prom/a.yml:14 store:9009',
  ])
})
