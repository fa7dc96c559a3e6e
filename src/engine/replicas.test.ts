/** Several engines on one store: each subject is moved by one of them, and nobody who asks can tell. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Replica, ReplicaRig } from '../../test/simulation/replica-rig.ts'
import { LIFETIME_MS } from '../../test/simulation/replicas.ts'
import { SECRET } from '../../test/simulation/secret.ts'
import { commandOf, conditionOf, planOf, probed, stageOf } from '../../test/support/plan-words.ts'
import { present } from '../core/fault/assert.ts'
import type { Plan, Stage } from '../core/plan/plan.ts'
import type { Mailbox } from '../seams/mailbox.ts'

function thing(name: string): Stage {
  return stageOf(name, {
    command: commandOf('start', { name }),
    compensation: commandOf('stop', { name }),
    conditions: [probed('ready', { look: 'thing', name })],
  })
}

/** A plan that waits for somebody. */
function waiting(name: string): Plan {
  const gates = [conditionOf('fair', { ask: 'elapsed', ms: 600_000 })]
  return planOf([stageOf('a', { gates, command: commandOf('start', { name }) })], { name })
}

async function two(): Promise<{ rig: ReplicaRig; ann: Replica; bob: Replica }> {
  const rig = new ReplicaRig()
  return { rig, ann: await rig.start(), bob: await rig.start() }
}

function ramps({ engine }: Replica): readonly string[] {
  return engine.underWay().map(({ ramp }) => ramp)
}

test('what is opened at one replica is opened by the one that owns its subject', async () => {
  const { rig, ann, bob } = await two()
  await rig.open(ann, planOf([thing('db')]))
  await rig.until(() => ann.engine.underWay().length === 0)
  const ramp = await rig.open(bob, waiting('shop'))
  assert.deepEqual([ramps(ann), ramps(bob)], [[ramp], []])
  assert.equal(rig.settings.get(ramp)?.values['password'], SECRET)
})

test('a letter holds no secret, and the same letter twice opens one ramp', async () => {
  const rig = new ReplicaRig()
  const letters: string[] = []
  const twice = (below: Mailbox): Mailbox => ({
    send: (letter, signal) => below.send(letter, signal),
    serve: (isOwn, handle) =>
      below.serve(isOwn, async (letter) => {
        letters.push(JSON.stringify(letter))
        await handle(letter)
        return handle(letter)
      }),
    close: () => below.close(),
  })
  const ann = await rig.start(({ mailbox }) => (mailbox ? { mailbox: twice(mailbox) } : {}))
  const bob = await rig.start()
  const first = await rig.open(ann, waiting('shop'))
  await rig.wait(
    ann.engine.speak({ ramp: first, by: 'one', word: { say: 'abort', undo: false, why: '' } }),
  )
  const ramp = await rig.open(bob, waiting('shop'))
  assert.deepEqual(ramps(ann), [ramp])
  assert.equal(letters.length, 1)
  assert.ok(!letters.join().includes(SECRET))
  assert.equal(rig.typesOf(ramp).filter((type) => type === 'ramp.opened').length, 1)
})

test('a refusal is the same wherever it was asked for', async () => {
  const { rig, ann, bob } = await two()
  const ramp = await rig.open(ann, waiting('shop'))
  for (const { engine } of [ann, bob]) {
    const opening = { plan: waiting('shop'), settings: { values: {}, secrets: [], run: {} } }
    await assert.rejects(rig.wait(engine.open({ ...opening, by: 'one' })), {
      code: 'ramp-busy',
      hint: `${ramp} is moving environment/shop already.`,
    })
  }
})

test('what became of a word is the same wherever it was said', async () => {
  const { rig, ann, bob } = await two()
  const ramp = await rig.open(ann, waiting('shop'))
  const word = { say: 'hold', why: 'lunch' } as const
  const held = await rig.wait(bob.engine.speak({ ramp, by: 'one', word }))
  assert.equal(held.refusal, undefined)
  assert.deepEqual(rig.ledger.entriesOf(ramp)[held.sequence - 1]?.entry.type, 'word.spoken')
  const [there, here] = [
    await rig.wait(bob.engine.speak({ ramp, by: 'two', word })),
    await rig.wait(ann.engine.speak({ ramp, by: 'three', word })),
  ]
  assert.deepEqual(there.refusal, here.refusal)
  assert.equal(there.refusal?.reason, 'already-held')
})

test('a word of a head that is past has no effect and no entry, wherever it is said', async () => {
  const { rig, ann, bob } = await two()
  const ramp = await rig.open(ann, waiting('shop'))
  const say = (replica: Replica, by: string, head: number): Promise<unknown> => {
    const word = { say: 'hold', why: by } as const
    return rig.wait(replica.engine.speak({ ramp, by, word, heads: [head] }))
  }
  const head = rig.typesOf(ramp).length
  for (const replica of [ann, bob]) {
    await assert.rejects(say(replica, 'late', head - 1), {
      code: 'precondition-failed',
      hint: new RegExp(`its ETag is "${head}" now`),
    })
    await assert.rejects(say(replica, 'early', head + 1), { code: 'precondition-failed' })
  }
  assert.equal(rig.typesOf(ramp).length, head)
  // Of two that come at once from both replicas, the owner hears one.
  const both = await Promise.allSettled([say(bob, 'bob', head), say(ann, 'ann', head)])
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  assert.equal(rig.typesOf(ramp).filter((type) => type === 'word.spoken').length, 1)
})

test('a letter that is read twice says a word of its head once, and is told so twice', async () => {
  const rig = new ReplicaRig()
  const answers: unknown[] = []
  const twice = (below: Mailbox): Mailbox => ({
    send: (letter, signal) => below.send(letter, signal),
    serve: (isOwn, handle) =>
      below.serve(isOwn, async (letter) => {
        answers.push(await handle(letter), await handle(letter))
        return present(answers.at(-1), 'it was answered') as Awaited<ReturnType<typeof handle>>
      }),
    close: () => below.close(),
  })
  const ann = await rig.start(({ mailbox }) => (mailbox ? { mailbox: twice(mailbox) } : {}))
  const bob = await rig.start()
  const ramp = await rig.open(ann, waiting('shop'))
  const heads = [rig.typesOf(ramp).length]
  const word = { say: 'hold', why: '' } as const
  await rig.wait(bob.engine.speak({ ramp, by: 'one', word, heads }))
  assert.equal(answers.length, 2)
  assert.deepEqual(answers[0], answers[1])
  assert.equal(rig.typesOf(ramp).filter((type) => type === 'word.spoken').length, 1)
})

test('a ramp goes on at another replica once its owner is dead for as long as its lease lasts', async () => {
  const { rig, ann, bob } = await two()
  const ramp = await rig.open(ann, planOf([thing('db')]))
  ann.life.kill()
  assert.ok(await rig.until(() => rig.typesOf(ramp).includes('ramp.ended'), 3 * LIFETIME_MS))
  assert.deepEqual([...rig.world.effects.values()], [1])
  assert.ok(rig.clock.goneMs >= LIFETIME_MS)
  assert.deepEqual(bob.engine.underWay(), [])
})

test('a ramp goes on at another replica at once when its owner closes', async () => {
  const { rig, ann, bob } = await two()
  const ramp = await rig.open(ann, waiting('shop'))
  const atMs = rig.clock.goneMs
  await rig.wait(ann.engine.close())
  assert.ok(await rig.until(() => ramps(bob).includes(ramp)))
  assert.ok(rig.clock.goneMs - atMs < LIFETIME_MS / 2 + 10)
})

test('a replica that was stopped does nothing more about what another has taken', async () => {
  const { rig, ann, bob } = await two()
  const ramp = await rig.open(ann, waiting('shop'))
  const lost: string[] = []
  ann.engine.events.on('ownership.lost', (event) => lost.push(...event.ramps))
  ann.life.stop()
  assert.ok(await rig.until(() => ramps(bob).includes(ramp), 3 * LIFETIME_MS))
  await rig.wait(ann.life.resume())
  await rig.pass(LIFETIME_MS)
  assert.deepEqual(lost, [ramp])
  assert.deepEqual(ramps(ann), [])
  assert.deepEqual(rig.replicas.checker.violations, [])
})

test('what an owner has under way is aborted when its subject is lost', async () => {
  const rig = new ReplicaRig()
  const signals: AbortSignal[] = []
  const ann = await rig.start(() => ({
    actuators: [
      {
        name: 'world',
        run: ({ signal }) => {
          signals.push(signal)
          return new Promise(() => undefined)
        },
      },
    ],
  }))
  await rig.open(ann, planOf([thing('db')]))
  const right = rig.replicas.table.holder('environment/shop')
  assert.ok(right)
  const { table } = rig.replicas
  table.endLivesOf(right.owner)
  table.take('environment/shop', table.begin('stranger', LIFETIME_MS))
  await rig.until(() => signals[0]?.aborted === true)
  assert.equal(signals[0]?.aborted, true)
  assert.deepEqual(ramps(ann), [])
})

test('whoever asks waits until a dead owner is given up, and is answered by whoever took over', async () => {
  const { rig, ann, bob } = await two()
  const ramp = await rig.open(ann, waiting('shop'))
  ann.life.kill()
  const word = { say: 'hold', why: '' } as const
  const spoken = await rig.wait(bob.engine.speak({ ramp, by: 'one', word }))
  assert.equal(spoken.refusal, undefined)
  assert.deepEqual(ramps(bob), [ramp])
})

test('a ramp hears how one stands that another replica runs', async () => {
  const { rig, ann, bob } = await two()
  const isUp = { ask: 'ramp', subject: 'environment/shop', is: 'reached up' } as const
  const asking = planOf([stageOf('a', { gates: [conditionOf('shop', isUp)] })], { name: 'web' })
  const web = await rig.open(bob, asking)
  const shop = await rig.open(ann, planOf([thing('db')]))
  assert.ok(await rig.until(() => rig.typesOf(web).includes('ramp.ended')))
  assert.ok(rig.typesOf(shop).includes('ramp.ended'))
  assert.ok(rig.typesOf(web).includes('news.heard'))
})

test('two engines that start at once watch once what is up', async () => {
  const rig = new ReplicaRig()
  const ann = await rig.start()
  const ready = probed('ready', { look: 'thing', name: 'db' })
  const stages = [stageOf('db', { conditions: [ready], onBreach: 'ignore' })]
  const next: Plan = { ...planOf(stages, { goal: 'watch' }), endless: true }
  const ramp = await rig.open(ann, planOf([thing('db')]), next)
  await new Promise<void>((resolve) => {
    ann.engine.events.on('ramp.ended', () => {
      ann.life.kill()
      resolve()
    })
    void rig.until(() => rig.typesOf(ramp).includes('ramp.ended'))
  })
  const [bob, eve] = await Promise.all([rig.start(), rig.start()])
  const watching = (): readonly string[] => [...ramps(bob), ...ramps(eve)]
  assert.ok(await rig.until(() => watching().length > 0, 3 * LIFETIME_MS))
  await rig.pass(3 * LIFETIME_MS)
  assert.equal(watching().length, 1)
  const opened = rig.ledger.all.filter(({ entry }) => entry.type === 'ramp.opened')
  assert.equal(opened.length, 2)
})

test('what a dead replica has left is shared by the others', async () => {
  const { rig, ann, bob } = await two()
  const eve = await rig.start()
  for (let count = 0; count < 24; count++) await rig.open(ann, waiting(`shop${count}`))
  ann.life.kill()
  const taken = (): number => ramps(bob).length + ramps(eve).length
  assert.ok(await rig.until(() => taken() === 24, 3 * LIFETIME_MS))
  const fewest = Math.min(ramps(bob).length, ramps(eve).length)
  assert.ok(fewest >= 4, `${ramps(bob).length} and ${ramps(eve).length}`)
})

test('what closes gives no answer, and says so', async () => {
  const { rig, ann, bob } = await two()
  await rig.open(ann, waiting('shop'))
  ann.life.kill()
  const opening = bob.engine.open({
    plan: waiting('shop'),
    settings: { values: {}, secrets: [], run: {} },
    by: 'one',
  })
  const refused = assert.rejects(rig.wait(opening), { code: 'engine-closed' })
  await rig.pass(100)
  await rig.wait(bob.engine.close())
  await refused
})
