/** Components whose ports are leased: a real broker in a real ledger, and real processes that listen. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import {
  closeDaemonParts,
  type DaemonParts,
  openDaemonParts,
} from '../../src/daemon/daemon-parts.ts'
import type { Order } from '../../src/seams/actuator.ts'
import type { PortBroker } from '../../src/seams/port-broker.ts'
import { placeOf } from '../../src/server/client/daemon-place.ts'
import { until } from './workbench.ts'

const SERVE = `require('node:net').createServer().listen(process.env.PORT, '127.0.0.1')`
const PORT = `$\{self.ports.http}`

interface Bench {
  open(): Promise<DaemonParts & { readonly broker: PortBroker }>
  close(): Promise<void>
}

function makeBench(context: TestContext): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-leased-'))
  const settings = { PATH: process.env['PATH'] ?? '' }
  const onTrouble = (error: unknown): void => assert.ifError(error)
  let parts: DaemonParts | undefined
  const close = async (): Promise<void> => {
    if (parts !== undefined) await closeDaemonParts(parts)
    parts = undefined
  }
  const open = async () => {
    const opened = await openDaemonParts({ place: placeOf(folder), settings, onTrouble })
    parts = opened
    return { ...opened, broker: opened.leasing?.broker ?? assert.fail('ports are leased') }
  }
  context.after(async () => {
    const { runtime } = parts ?? (await open())
    await runtime.run(order('stop', { subject: 'shop/api' }))
    await close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { open, close }
}

let orders = 0

function order(operation: string, input: Order['input']): Order {
  orders += 1
  const id = `up-1/api/${orders}`
  const { signal } = new AbortController()
  return { id, ramp: 'up-1', stage: 'api', purpose: 'do', operation, input, fence: 1, signal }
}

function start(digest: string): Order {
  return order('start', {
    subject: 'shop/api',
    command: [process.execPath, '-e', SERVE],
    cwd: tmpdir(),
    env: { PORT },
    ports: { http: {} },
    digest,
  })
}

/** The lease of the component, once it is there in one of these states. */
async function leaseIn(broker: PortBroker, ...states: PortLease['state'][]): Promise<PortLease> {
  const find = () => broker.leases().find(({ state }) => states.includes(state))
  await until(states.join(' or '), () => find() !== undefined)
  return find() ?? assert.fail(states.join(' or '))
}

test('a component listens on a port that is leased to its process', async (context) => {
  const { broker, runtime } = await makeBench(context).open()
  const answer = await runtime.run(start('one'))
  assert.equal(answer.verdict, 'done', answer.sentence)
  const ready = await leaseIn(broker, 'ready')
  assert.deepEqual(answer.outputs['ports'], { http: ready.claim.port })
  assert.equal(ready.process?.pid, answer.outputs['pid'])
  const story = await broker.story(ready.claim.port)
  assert.match(story.sentences.join('\n'), /shop\/api http/)
  await runtime.run(order('stop', { subject: 'shop/api' }))
  await leaseIn(broker, 'cooling')
})

test('the next start, also of another daemon, is given the same port', async (context) => {
  const bench = makeBench(context)
  const first = await bench.open()
  await first.runtime.run(start('one'))
  const { claim } = await leaseIn(first.broker, 'ready')
  await bench.close()
  const second = await bench.open()
  assert.equal((await leaseIn(second.broker, 'ready')).claim.port, claim.port)
  const again = await second.runtime.run(start('two'))
  assert.deepEqual(again.outputs['ports'], { http: claim.port }, again.sentence)
})

test('a port that a stranger has taken meanwhile is passed over', async (context) => {
  const { broker, runtime } = await makeBench(context).open()
  await runtime.run(start('one'))
  const { claim } = await leaseIn(broker, 'ready')
  await runtime.run(order('stop', { subject: 'shop/api' }))
  const stranger = createServer().listen(claim.port, '127.0.0.1')
  context.after(() => stranger.close())
  const again = await runtime.run(start('two'))
  assert.equal(again.verdict, 'done', again.sentence)
  assert.notDeepEqual(again.outputs['ports'], { http: claim.port })
})
