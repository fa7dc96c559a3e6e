/** Components that run as containers are held, killed and well again like any others, on a real engine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharePodman } from '../support/podman.ts'
import { proveContract } from './prove-run.ts'

const engine = sharePodman()
const { needs } = engine

const contractOf = (): string => `apiVersion: rampart/v1
kind: Environment
metadata: { name: boxed }
spec:
  components:
    store:
      run:
        container:
          image: ${engine.image}
          pull: never
          command: [httpd, -f, -p, '\${self.ports.http}']
        ports: { http: { container: 8080 } }
      ready:
        - exit: running
        - name: answers
          http: { url: 'http://\${self.host}:\${self.ports.http}/', status: 404 }
          when: evidence.status == 404
          timeout: 2s
    blind:
      needs: [store]
      run:
        container:
          image: ${engine.image}
          pull: never
          command: [sh, -c, 'while true; do sleep 1; done']
      ready:
        - exit: running
`

test('a container that hangs or is killed is told of, and none is left', needs, async (t) => {
  const { faults, proof, exitCode } = await proveContract(t, {
    contract: contractOf(),
    within: '4s',
    env: { DOCKER_HOST: engine.podman.host },
  })
  assert.deepEqual(faults, {
    'store hangs': 'told, well again',
    'blind hangs': 'told, well again',
    'everything is killed': 'told',
    'something else answers 200 for store': 'told',
  })
  assert.deepEqual(
    proof.edges.map(({ isProved, isTried }) => ({ isProved, isTried })),
    [{ isProved: false, isTried: true }],
  )
  assert.ok(proof.conditions.every(({ isProved }) => isProved))
  assert.equal(exitCode, 3)
  assert.deepEqual(await engine.podman.containers(), [])
})
