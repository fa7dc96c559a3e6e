/** What is promised of a Redis is made false in a real one: keys, how many there are, and its role. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireRealPart } from '../support/require-part.ts'
import { proveContract } from './prove-run.ts'

const needs = requireRealPart('Redis')

const REDIS = `redis-server --bind 127.0.0.1 --save "" --appendonly no --dir /tmp`

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: warmed }
spec:
  components:
    cache:
      run:
        command: [sh, -c, 'exec ${REDIS} --port $PORT']
        ports: { redis: {} }
      ready:
        - redis: { url: "redis://\${self.host}:\${self.ports.redis}", role: primary }
          timeout: 2s
    seed:
      needs: [cache]
      run:
        command: [redis-cli, -p, '\${component("cache").ports.redis}', mset, 'tea:1', a, 'tea:2', b, 'tea:3', c]
        oneShot: true
      ready:
        - exit: 0
        - name: warmed
          redis:
            url: 'redis://\${component("cache").host}:\${component("cache").ports.redis}'
            keys: ['tea:1', 'tea:2']
            keyCount: 3
            sample: { keys: ['tea:2', 'tea:3'], least: 100% }
          timeout: 2s
    follower:
      needs: [cache]
      run:
        command:
          - sh
          - -c
          - 'exec ${REDIS} --port $PORT --replicaof 127.0.0.1 \${component("cache").ports.redis}'
        ports: { redis: {} }
      ready:
        - name: follows
          redis: { url: "redis://\${self.host}:\${self.ports.redis}", role: replica }
          timeout: 2s
`

test('keys that are gone, an empty database and a changed role are told of', needs, async (t) => {
  const { faults, proof } = await proveContract(t, { contract: CONTRACT })
  const seen = Object.entries(faults).filter(([fault]) => !/hangs|killed|answers/.test(fault))
  assert.deepEqual(Object.fromEntries(seen), {
    'the server is a replica for cache': 'told, well again',
    'the keys tea:1, tea:2 are gone for seed': 'told, well again',
    'the sampled keys tea:2, tea:3 are gone for seed': 'told, well again',
    'the database is empty for seed': 'told, well again',
    'the server is a primary for follower': 'told, well again',
    'the server hears nothing of its primary for follower': 'told, well again',
    'cache still loads its data': 'told',
    'follower still loads its data': 'told',
  })
  const proved = proof.conditions.filter(({ probe }) => probe === 'redis')
  assert.deepEqual(
    proved.map(({ isProved, missed, untried }) => ({ isProved, missed, untried })),
    Array(3).fill({ isProved: true, missed: [], untried: [] }),
  )
})
