import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseContracts } from './index.ts'

function issuesOf(roll: string, client: string, more = ''): readonly string[] {
  const text = `apiVersion: rampart/v1
kind: Ports
metadata: { name: internal }
spec:
  ranges: { shop: { ports: 21000-21099, for: { service: shop/* } } }
  clients: { shop/web: ${client} }
  connect: [{ from: shop/web, to: shop/*, ports: http }]
---
apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec:
  components:
    api:
      run: { command: [api], ports: { http: {} } }
      roll: ${roll}
${more}`
  const { issues } = parseContracts([{ path: 'shop.yaml', text }])
  return issues.map(({ path, line, message }) => `${path}:${line} ${message}`)
}

const FILES = 'certificate: /tls/api.pem, key: /tls/api.key'
const MTLS = '{ mtls: "spiffe://shop/web" }'

test('a client that is known by a certificate alone needs a front that asks for one', () => {
  for (const roll of ['{}', `{ tls: { ${FILES} } }`]) {
    assert.deepEqual(issuesOf(roll, MTLS), [
      'spec.clients["shop/web"].mtls:6 shop/web is known by a certificate alone, and the front of ' +
        'shop/api (http) asks for none, so that it could never come in; expected roll.tls of api with ' +
        'a clientCa, or a user or token of shop/web',
    ])
  }
  const regions = '  regions: { eu: {} }\n'
  assert.match(issuesOf('{}', MTLS, regions)[0] ?? '', /the front of shop\/eu\/api \(http\)/)
})

test('whoever is known by something else too, or is asked, is fine', () => {
  assert.deepEqual(issuesOf(`{ tls: { ${FILES}, clientCa: /tls/ca.pem } }`, MTLS), [])
  assert.deepEqual(issuesOf('{}', '{ mtls: CN=web, user: 1001 }'), [])
  const by = '{ by: { haproxy: { socket: /run/h.sock, backend: api, port: 8080 } } }'
  assert.deepEqual(issuesOf(by, MTLS), [])
})

test('what tls is to be is said at the place where it is not', () => {
  const clients = '{ user: 1001 }'
  const said = (roll: string): string => issuesOf(roll, clients).join('\n')
  assert.match(said('{ tls: { certificate: /tls/api.pem } }'), /roll\.tls\.key:16 .*key.* missing/)
  assert.match(said(`{ tls: { ${FILES}, clientCa: ca.pem } }`), /clientCa:16 .*an absolute path/)
  assert.match(said(`{ tls: { ${FILES}, ca: /ca.pem } }`), /roll\.tls/)
  const by = '{ haproxy: { socket: /run/h.sock, backend: api, port: 8080 } }'
  assert.match(said(`{ by: ${by}, tls: { ${FILES} } }`), /roll\.tls:16 the proxy .* leave tls out/)
})

test('a name with a star in the middle is no name of a certificate', () => {
  const [issue = ''] = issuesOf('{}', '{ user: 1001, mtls: "spiffe://shop/w*" }')
  assert.match(issue, /mtls.* a name of a certificate: spiffe:\/\/shop\/web/)
})
