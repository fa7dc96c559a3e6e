/** What manifests take: of a node, of the cluster, of the network that the containers of a pod share. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, findIn } from '../../../test/support/scan-text.ts'
import type { FoundPort } from '../found/found-port.ts'
import { manifestReader } from './read-manifests.ts'

function findingsOf(files: Readonly<Record<string, string>>): readonly FoundPort[] {
  return findIn(manifestReader, files).ports
}

function flawsOf(files: Readonly<Record<string, string>>): readonly string[] {
  return findingsOf(files).flatMap(({ flaw }) => flaw?.sentence ?? [])
}

function claimsOf(files: Readonly<Record<string, string>>): readonly string[] {
  return findingsOf(files)
    .filter(({ stance }) => stance === 'claim')
    .map((one) => `${one.line} ${one.scope} ${one.first}/${one.protocol} ${one.addresses.join()}`)
}

const POD = (spec: string): string => `apiVersion: v1
kind: Pod
metadata: { name: a, namespace: n }
spec:
${spec}`

test('a host port is the node’s, on its address, and the container’s is the pod’s own', () => {
  const text = POD(`  containers:
    - name: x
      ports:
        - { containerPort: 53, hostPort: 5353, hostIP: 127.0.0.1, protocol: UDP }
        - { containerPort: 9000, protocol: SCTP, hostPort: 9000 }
`)
  assert.deepEqual(claimsOf({ 'a.yaml': text }), [
    '8 node 5353/udp 127.0.0.1',
    '8 network pod Pod n/a 53/udp 0.0.0.0,::',
  ])
})

test('on the node’s network every port of a container is the node’s', () => {
  const text = POD('  hostNetwork: true\n  containers: [{ ports: [{ containerPort: 9100 }] }]\n')
  assert.deepEqual(claimsOf({ 'a.yaml': text }), ['6 node 9100/tcp 0.0.0.0,::'])
})

test('a container that ends before the others start takes nothing, and a sidecar does', () => {
  const text = POD(`  initContainers:
    - { name: once, ports: [{ containerPort: 80, hostPort: 80 }] }
    - { name: side, restartPolicy: Always, ports: [{ containerPort: 81, hostPort: 81 }] }
  containers: [{ name: main, ports: [{ containerPort: 82 }] }]
`)
  assert.deepEqual(
    claimsOf({ 'a.yaml': text }).map((one) => one.split(' ').at(-2)),
    ['81/tcp', '81/tcp', '82/tcp'],
  )
})

test('node ports are the cluster’s, in lists and in JSON, and one outside the range is refused', () => {
  const service = (port: number): object => ({
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: `s${port}` } },
    spec: { type: 'NodePort', ports: [{ port: 80, nodePort: port }] },
  })
  const list = { apiVersion: 'v1', kind: 'List', items: [service(30_080), service(8080)] }
  const found = findingsOf({ 'a.json': JSON.stringify(list) })
  assert.deepEqual(
    found.filter(({ stance }) => stance === 'claim').map(({ scope, first }) => [scope, first]),
    [
      ['cluster', 30_080],
      ['cluster', 8080],
    ],
  )
  assert.match(found[2]?.flaw?.sentence ?? '', /nodePort: 8080 is not in 30000-32767/)
})

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  template:
    metadata: { labels: { app: api, tier: b } }
    spec:
      containers: [{ name: api, ports: [{ name: web, containerPort: 80 }] }]
`
const SERVICE = (selector: string, target: string): string => `apiVersion: v1
kind: Service
metadata: { name: api }
spec: { selector: { app: ${selector} }, ports: [{ port: 80, targetPort: ${target} }] }
`

test('a named target port leads nowhere when no selected container has it, in whichever file', () => {
  const flaws = (service: string): readonly string[] =>
    flawsOf({ 'a/d.yaml': DEPLOYMENT, 's.yaml': service })
  const texts = [SERVICE('api', 'http'), SERVICE('api', 'web'), SERVICE('other', 'http')]
  assert.deepEqual(texts.map(flaws), [
    ['Service api sends to port http of Deployment api, which has web.'],
    [],
    [],
  ])
})

const POD_WITH = (container: string): string => POD(`  containers: [{ name: x, ${container} }]\n`)

test('a connection leads nowhere when its service is known and has no such port', () => {
  const to = (url: string): number =>
    flawsOf({
      's.yaml': SERVICE('api', '80'),
      'p.yaml': POD_WITH(`env: [{ name: A, value: "${url}" }]`),
    }).length
  const urls = ['http://api:80', 'http://api:81', 'http://api.n.svc:81', 'http://api.com.org:81']
  assert.deepEqual([...urls, 'http://other:81', 'http://localhost:81'].map(to), [0, 1, 1, 0, 0, 0])
})

test('an ingress and a probe are held to the names there are', () => {
  const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: edge }
spec: { defaultBackend: { service: { name: api, port: { name: http } } } }
`
  assert.equal(flawsOf({ 's.yaml': SERVICE('api', '80'), 'i.yaml': ingress }).length, 1)
  const probed = (port: string): string =>
    POD_WITH(
      `ports: [{ name: web, containerPort: 1 }], livenessProbe: { httpGet: { port: ${port} } }`,
    )
  assert.deepEqual(
    ['web', 'http', '8080'].map((port) => flawsOf({ 'a.yaml': probed(port) }).length),
    [0, 1, 0],
  )
})

test('what a cluster in containers publishes is the machine’s', () => {
  const kind = `apiVersion: kind.x-k8s.io/v1alpha4
kind: Cluster
networking: { apiServerPort: 6443 }
nodes:
  - role: control-plane
    extraPortMappings:
      - { containerPort: 80, hostPort: 8080, listenAddress: 127.0.0.1 }
      - { containerPort: 30053, hostPort: 5353, protocol: UDP }
      - { containerPort: 81, hostPort: 0 }
`
  const k3d =
    'apiVersion: k3d.io/v1alpha5\nkind: Simple\nports:\n  - port: 8080-8081:80@loadbalancer\n'
  assert.deepEqual(claimsIn(manifestReader, { 'a.yaml': kind, 'b.yaml': k3d }), [
    'a.yaml:7 8080 127.0.0.1',
    'a.yaml:8 5353/udp',
    'a.yaml:3 6443 127.0.0.1',
    'b.yaml:4 8080-8081',
  ])
})

test('a document that is too large is not read, and that is said', () => {
  const text = `apiVersion: v1\nkind: Service\nports: [${'1, '.repeat(200_000)}]\nnodePort: 1\n`
  const { remarks } = findIn(manifestReader, { 'a.yaml': text })
  assert.match(remarks?.[0]?.sentence ?? '', /more than 500000 characters/)
})

test('no text makes it throw, and a bundle of definitions is not parsed', () => {
  const bundle = `apiVersion: x\nkind: CustomResourceDefinition\nports: ${'a: {'.repeat(50_000)}`
  const texts = [bundle, 'apiVersion: [', 'kind: Pod\napiVersion: v1\nspec: {containers: 3}', '\0']
  for (const text of texts) assert.deepEqual(claimsOf({ 'a.yaml': text }), [])
})
