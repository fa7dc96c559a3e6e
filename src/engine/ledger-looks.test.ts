import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReplicaRig } from '../../test/simulation/replica-rig.ts'
import { commandOf, conditionOf, planOf, stageOf } from '../../test/support/plan-words.ts'
import type { Plan } from '../core/plan/plan.ts'
import { digestOfText } from '../core/units/digest.ts'
import { MemoryLedger } from '../ledger/memory/memory-ledger.ts'
import type { StreamSummary } from '../seams/ledger.ts'
import { LedgerLooks } from './ledger-looks.ts'
import { RampDirectory } from './ramp-directory.ts'

/** A ledger that counts how often it is looked through, and waits until it may answer. */
class CountingLedger extends MemoryLedger {
  looks = 0
  before: () => Promise<void> = async () => undefined

  override async streams(): Promise<readonly StreamSummary[]> {
    this.looks++
    await this.before()
    return super.streams()
  }
}

/** A plan that waits for somebody. */
function waiting(name: string): Plan {
  const gates = [conditionOf('fair', { ask: 'elapsed', ms: 600_000 })]
  return planOf([stageOf('a', { gates, command: commandOf('start', { name }) })], { name })
}

function opened(ledger: MemoryLedger, name: string): Promise<unknown> {
  const plan = waiting(name)
  const [ramp, planDigest] = [`${name}-1`, digestOfText(name)]
  const what = { type: 'ramp.opened', ramp, plan, planDigest, flags: [], by: 'one' } as const
  return ledger.append({ stream: ramp, after: 0, entries: [{ ...what, atMs: 0 }] })
}

test('all who ask at once share one look, and each is told of its own subject', async () => {
  const ledger = new CountingLedger()
  await opened(ledger, 'shop1')
  const looks = new LedgerLooks(new RampDirectory(ledger))
  const found = await Promise.all(
    ['shop0', 'shop1', 'shop2'].map((name) => looks.find(`environment/${name}`)),
  )
  assert.deepEqual(
    found.map((one) => one?.unfinished),
    [[], ['shop1-1'], []],
  )
  assert.equal(ledger.looks, 1)
})

test('whoever asks while a look is under way shares the next one, which sees what came since', async () => {
  const ledger = new CountingLedger()
  const looks = new LedgerLooks(new RampDirectory(ledger))
  const [begun, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  ledger.before = () => {
    begun.resolve()
    return free.promise
  }
  const first = looks.find('environment/shop0')
  await begun.promise
  const later = [1, 1, 2, 3].map((count) => looks.find(`environment/shop${count}`))
  assert.equal(ledger.looks, 1)
  await opened(ledger, 'shop1')
  free.resolve()
  assert.deepEqual((await first)?.unfinished, [])
  const found = await Promise.all(later)
  assert.deepEqual(found[0]?.unfinished, ['shop1-1'])
  assert.deepEqual(found[1], found[0])
  assert.equal(ledger.looks, 2)
})

test('a look that failed is told to those who shared it, and the next one is tried', async () => {
  const ledger = new CountingLedger()
  const looks = new LedgerLooks(new RampDirectory(ledger))
  const trouble = new RangeError('gone')
  ledger.before = () => Promise.reject(trouble)
  const tried = await Promise.allSettled(['a', 'b'].map((name) => looks.find(name)))
  assert.deepEqual(
    tried.map((one) => one.status === 'rejected' && one.reason),
    [trouble, trouble],
  )
  ledger.before = async () => undefined
  assert.deepEqual((await looks.find('a'))?.unfinished, [])
  assert.equal(ledger.looks, 2)
})

test('opening many ramps at once at one of several replicas does not look once for each', async () => {
  const rig = new ReplicaRig()
  let looks = 0
  const streams = rig.ledger.streams.bind(rig.ledger)
  rig.ledger.streams = () => {
    looks++
    return streams()
  }
  const ann = await rig.start()
  const before = looks
  const settings = { values: {}, secrets: [], run: {} }
  const opening = Array.from({ length: 40 }, (_, count) =>
    ann.engine.open({ plan: waiting(`shop${count}`), settings, by: 'one' }),
  )
  const ramps = await rig.wait(Promise.all(opening))
  assert.equal(new Set(ramps).size, 40)
  assert.equal(ann.engine.underWay().length, 40)
  assert.ok(looks - before <= 4, `${looks - before} looks`)
})
