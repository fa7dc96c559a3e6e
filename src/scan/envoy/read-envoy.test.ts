/** Envoy's listeners bind, unless they say that they do not; its clusters are connections. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, connectionsOf } from '../../../test/support/scan-text.ts'
import { envoyReader } from './read-envoy.ts'

const YAML = `admin:
  address: { socket_address: { address: 127.0.0.1, port_value: 9901 } }
static_resources:
  listeners:
  - name: web
    address: { socket_address: { address: 0.0.0.0, port_value: 10000 } }
    additional_addresses:
    - address: { socket_address: { address: "::", port_value: 10000 } }
  - name: quic
    address: { socket_address: { protocol: UDP, address: "::", ipv4_compat: true, port_value: 10000 } }
  - name: handed
    bind_to_port: false
    address: { socket_address: { address: 0.0.0.0, port_value: 10001 } }
  - name: pipe
    address: { pipe: { path: /run/a.sock } }
  - name: free
    address: { socket_address: { address: 0.0.0.0, port_value: 0 } }
  clusters:
  - name: api
    upstream_bind_config: { source_address: { address: 10.0.0.1, port_value: 5 } }
    load_assignment:
      endpoints:
      - lb_endpoints:
        - endpoint: { address: { socket_address: { address: API, port_value: 8080 } } }
        - endpoint: { address: { pipe: { path: /a } } }
`

test('a bootstrap in YAML', () => {
  assert.deepEqual(claimsIn(envoyReader, { 'envoy.yaml': YAML }), [
    'envoy.yaml:2 9901 127.0.0.1',
    'envoy.yaml:6 10000 0.0.0.0',
    'envoy.yaml:8 10000 ::',
    'envoy.yaml:10 10000/udp',
  ])
  assert.deepEqual(connectionsOf(envoyReader, { 'envoy.yaml': YAML }), ['envoy.yaml:24 api:8080'])
})

test('resources in JSON, in the spelling of protocol buffers', () => {
  const socket = (port: number) => ({
    address: { socketAddress: { address: '::1', portValue: port } },
  })
  const resources = [
    { '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener', ...socket(1) },
    {
      '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
      endpoints: [{ lbEndpoints: [{ endpoint: socket(2) }] }],
    },
  ]
  const files = { 'envoy/lds.json': JSON.stringify({ resources }) }
  assert.deepEqual(claimsIn(envoyReader, files), ['envoy/lds.json:1 1 ::1'])
  assert.deepEqual(connectionsOf(envoyReader, files), ['envoy/lds.json:1 ::1:2'])
})
