/** Each job of a workflow has a network of its own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, connectionsOf, findIn } from '../../../test/support/scan-text.ts'
import { workflowReader } from './read-workflow.ts'

const PATH = '.github/workflows/ci.yml'
const TEXT = `env: { REDIS_URL: "redis://localhost:6379" }
jobs:
  unit:
    services:
      db:
        image: postgres:17
        ports: ["5432:5432", 6379, "127.0.0.1:53:53/udp", "\${{ matrix.port }}:1"]
    env:
      DATABASE_URL: postgres://a:\${{ secrets.B }}@localhost:5432/shop
    steps:
      - run: npm ci
      - name: start
        run: |
          docker run -d -p 8080:80 nginx
          npx vite build
          npx wait-on tcp:8080
  other:
    container: { image: node, ports: ["81:80"] }
    services: { db: { image: postgres, ports: ["5432:5432"] } }
`

test('services and steps publish on the machine of their job', () => {
  assert.deepEqual(claimsIn(workflowReader, { [PATH]: TEXT }), [
    `${PATH}:7 5432 network job ${PATH}#unit`,
    `${PATH}:7 53/udp 127.0.0.1 network job ${PATH}#unit`,
    `${PATH}:14 8080 network job ${PATH}#unit`,
    `${PATH}:19 5432 network job ${PATH}#other`,
    `${PATH}:18 81 network job ${PATH}#other`,
  ])
})

test('variables and steps connect', () => {
  assert.deepEqual(connectionsOf(workflowReader, { [PATH]: TEXT }), [
    `${PATH}:1 localhost:6379`,
    `${PATH}:9 localhost:5432`,
    `${PATH}:16 localhost:8080`,
    `${PATH}:1 localhost:6379`,
  ])
})

test('steps come one after the other, and services are there with each of them', () => {
  const steps = findIn(workflowReader, {
    [PATH]:
      'jobs:\n  a:\n    steps:\n      - run: docker run -p 1:1 a\n      - run: docker run -p 1:1 a\n',
  })
  assert.deepEqual(
    steps.ports.map(({ variant }) => variant),
    ['step 1', 'step 2'],
  )
})
