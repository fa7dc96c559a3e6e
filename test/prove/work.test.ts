/** Queues are filled and their workers paused, on real servers, and every one of them is well again. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { requireRealPart } from '../support/require-part.ts'
import { type Proved, proveContract } from './prove-run.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures')

const HEAD = (name: string): string => `apiVersion: rampart/v1
kind: Environment
metadata: { name: ${name} }
spec:
  components:
`

/** What came of the faults that are about work, and whether the condition `works` is proved. */
function aboutWork({ faults, proof }: Proved): object {
  const seen = Object.entries(faults).filter(([fault]) => !/hangs|killed|else|loads/.test(fault))
  const works = proof.conditions.filter(({ condition }) => condition === 'works')
  return { ...Object.fromEntries(seen), isProved: works.every(({ isProved }) => isProved) }
}

const BULLMQ = `${HEAD('mail')}
    store:
      run:
        command: [sh, -c, 'exec redis-server --bind 127.0.0.1 --save "" --dir /tmp --port $PORT']
        ports: { redis: {} }
      ready: [{ redis: 'redis://\${self.host}:\${self.ports.redis}', timeout: 2s }]
    worker:
      needs: [store]
      run: { command: [node, ${FIXTURES}/bullmq-work.ts, '\${component("store").ports.redis}'] }
      ready:
        - name: works
          queue:
            bullmq: { url: 'redis://127.0.0.1:\${component("store").ports.redis}', queue: mail }
            canary: { processedWithin: 1s }
            waiting: 10
            oldestWaiting: 30s
`

test('a full queue of BullMQ is told of', requireRealPart('Redis'), async (t) => {
  assert.deepEqual(aboutWork(await proveContract(t, { contract: BULLMQ })), {
    'nobody works on what worker asks about': 'told, well again',
    '11 jobs wait in the queue mail for worker': 'told, well again',
    'a job has waited in the queue mail for 90 s for worker': 'told, well again',
    isProved: true,
  })
})

const NATS = `${HEAD('orders')}
    broker:
      run:
        command: [nats-server, -js, -sd, ./jetstream, -a, 127.0.0.1, -p, '\${self.ports.nats}']
        ports: { nats: {} }
      ready: [{ nats: 'nats://\${self.host}:\${self.ports.nats}', timeout: 2s }]
    stream:
      needs: [broker]
      run:
        command: [node, ${FIXTURES}/nats-work.ts, declare, '127.0.0.1:\${component("broker").ports.nats}']
        oneShot: true
      ready: [{ exit: 0 }]
    worker:
      needs: [{ stream: completed }, broker]
      run:
        command: [node, ${FIXTURES}/nats-work.ts, work, '127.0.0.1:\${component("broker").ports.nats}']
      ready:
        - name: works
          nats:
            url: nats://127.0.0.1:\${component("broker").ports.nats}
            stream: ORDERS
            consumer: worker
            canary: { subject: orders.canary, processedWithin: 1s }
        - name: drains
          nats:
            url: nats://127.0.0.1:\${component("broker").ports.nats}
            stream: ORDERS
            consumer: worker
            pending: 10
            unacknowledged: 5
`

test('a stream of NATS that is not worked off is told of', requireRealPart('NATS'), async (t) => {
  const env = { PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` }
  assert.deepEqual(aboutWork(await proveContract(t, { contract: NATS, env })), {
    'nobody works on what worker asks about': 'told, well again',
    '11 messages wait for the consumer worker for worker': 'told, well again',
    '6 messages are given and not acknowledged by the consumer worker for worker':
      'told, well again',
    isProved: true,
  })
})

const RABBITMQ = `${HEAD('post')}
    broker:
      run:
        command: [sh, ${FIXTURES}/rabbitmq.sh]
        ports: { amqp: {}, management: {}, dist: {}, epmd: {} }
        env:
          DATA: rabbitmq
          PORT_AMQP: '\${self.ports.amqp}'
          PORT_MANAGEMENT: '\${self.ports.management}'
          PORT_DIST: '\${self.ports.dist}'
          PORT_EPMD: '\${self.ports.epmd}'
      ready:
        - rabbitmq:
            url: amqp://guest:guest@127.0.0.1:\${self.ports.amqp}
            management: http://127.0.0.1:\${self.ports.management}
          timeout: 2s
      deadline: 60s
    queue:
      needs: [broker]
      run:
        command: [node, ${FIXTURES}/rabbitmq-work.ts, declare, 'amqp://127.0.0.1:\${component("broker").ports.amqp}']
        oneShot: true
      ready: [{ exit: 0 }]
    worker:
      needs: [{ queue: completed }, broker]
      run:
        command: [node, ${FIXTURES}/rabbitmq-work.ts, work, 'amqp://127.0.0.1:\${component("broker").ports.amqp}']
      ready:
        - name: works
          rabbitmq:
            url: amqp://guest:guest@127.0.0.1:\${component("broker").ports.amqp}
            queue: mail
            canary: { processedWithin: 1s }
        - name: drains
          rabbitmq:
            url: amqp://guest:guest@127.0.0.1:\${component("broker").ports.amqp}
            management: http://127.0.0.1:\${component("broker").ports.management}
            queue: mail
            waiting: 10
            unacknowledged: 5
`

test('a full queue of RabbitMQ is told of', requireRealPart('RabbitMQ'), async (t) => {
  assert.deepEqual(aboutWork(await proveContract(t, { contract: RABBITMQ })), {
    'nobody works on what worker asks about': 'told, well again',
    '11 messages wait in the queue mail for worker': 'told, well again',
    '6 messages are taken and not acknowledged of the queue mail for worker': 'told, well again',
    isProved: true,
  })
})
