/** The engine's loop in a simulated world, by hand. Each bug that was found has its test here. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rig } from '../../test/simulation/rig.ts'
import { settle } from '../../test/simulation/settle.ts'
import { commandOf, conditionOf, planOf, probed, stageOf } from '../../test/support/plan-words.ts'
import { Fault, isFault } from '../core/fault/fault.ts'
import type { Plan, Stage } from '../core/plan/plan.ts'
import type { Append, Ledger } from '../seams/ledger.ts'
import type { RampSettings } from '../seams/settings.ts'
import type { EngineParts } from './parts.ts'

function thing(name: string, rest: Parameters<typeof stageOf>[1] = {}): Stage {
  return stageOf(name, {
    command: commandOf('start', { name }),
    compensation: commandOf('stop', { name }),
    conditions: [probed('ready', { look: 'thing', name })],
    ...rest,
  })
}

/** A rig whose ledger does something of its own with an append, when asked to. */
function rigWith(
  append: (rig: Rig, below: () => Promise<unknown>, append: Append) => unknown,
  more: Partial<EngineParts> = {},
): Rig {
  return new Rig((rig): Partial<EngineParts> => {
    const { ledger: below } = rig
    const ledger: Ledger = Object.create(below, {
      append: { value: (made: Append) => append(rig, () => below.append(made), made) },
    })
    for (const name of ['read', 'readAll', 'streams', 'saveSnapshot', 'loadSnapshot'] as const) {
      Object.defineProperty(ledger, name, { value: below[name].bind(below) })
    }
    return { ledger, ...more }
  })
}

function lost(): Fault {
  const hint = 'the disk is gone.'
  return new Fault({ code: 'ledger-unavailable', operation: 'append', subject: 'ramp', hint })
}

test('brings a plan up, and leaves no timer set once its ramp has ended', async () => {
  const rig = new Rig()
  await rig.open(planOf([thing('db'), thing('api', { needs: ['db'] })]))
  assert.ok(await rig.until('ramp.ended reached'))
  await rig.pass(60_000)
  assert.equal(rig.timers, 0)
  assert.deepEqual(rig.engine.underWay(), [])
})

test('decides what falls due while the ledger is being written', async () => {
  // Waits 100 ms, of which the write that opens the ramp takes more.
  const wait = conditionOf('wait', { ask: 'elapsed', ms: 100 })
  const rig = rigWith(async (rig, below) => {
    const recorded = await below()
    await rig.clock.pause(500)
    return recorded
  })
  await rig.open(planOf([stageOf('a', { conditions: [wait] })]))
  assert.ok(await rig.until('ramp.ended reached'))
})

test('finds again what the clock led to when the write of it was lost', async () => {
  const wait = conditionOf('wait', { ask: 'elapsed', ms: 100 })
  let appends = 0
  const rig = rigWith((_, below) => (++appends === 2 ? Promise.reject(lost()) : below()))
  await rig.open(planOf([stageOf('a', { conditions: [wait] })]))
  assert.ok(await rig.until('ramp.ended reached'))
})

test('tells of an end whose write got through although it was reported lost', async () => {
  const rig = rigWith(async (_, below, { entries }) => {
    const recorded = await below()
    if (entries.some((entry) => entry.type === 'ramp.ended')) throw lost()
    return recorded
  })
  const told: string[] = []
  await rig.start()
  rig.engine.events.on('ramp.ended', ({ entry }) => told.push(entry.outcome))
  const plan = planOf([thing('db')])
  await rig.open(plan)
  await rig.until('ramp.ended reached')
  await rig.pass(10_000)
  assert.deepEqual(told, ['reached'])
  assert.deepEqual(rig.engine.underWay(), [])
  await rig.open(plan)
})

test('a word whose write got through although it was reported lost is not said twice', async () => {
  let isLosing = false
  const rig = rigWith(async (_, below) => {
    const recorded = await below()
    if (!isLosing) return recorded
    isLosing = false
    throw lost()
  })
  const ramp = await rig.open(planOf([thing('db', { gates: [probed('fair')] })]))
  isLosing = true
  rig.say(ramp, { say: 'hold', why: '' })
  await rig.pass(5_000)
  const words = rig.entries().filter((entry) => entry.type === 'word.spoken')
  assert.equal(words.length, 1)
})

test('opens a ramp whose opening got through although it was reported lost', async () => {
  let isFirst = true
  const rig = rigWith(async (_, below) => {
    const recorded = await below()
    if (!isFirst) return recorded
    isFirst = false
    throw lost()
  })
  await rig.open(planOf([thing('db')]))
  assert.ok(await rig.until('ramp.ended reached'))
})

test('runs a command once while its answer waits to be recorded', async () => {
  const run: string[] = []
  // Every write is so slow that the answer to one command comes while that to another is written.
  const rig = rigWith(async (rig, below) => {
    await rig.clock.pause(300)
    return below()
  })
  await rig.start()
  rig.engine.events.on('command.run', ({ command }) => run.push(command.id))
  await rig.open(planOf([thing('a'), thing('b'), thing('c')]))
  assert.ok(await rig.until('ramp.ended reached'))
  assert.equal(new Set(run).size, run.length)
})

test('answers what is under way while a ramp is being opened', async () => {
  const rig = rigWith(async (rig, below, { after }) => {
    if (after === 0) await rig.clock.pause(1_000)
    return below()
  })
  await rig.open(planOf([thing('db')], { name: 'first' }))
  const second = rig.engine.open({
    plan: planOf([thing('other')], { name: 'second' }),
    settings: { values: {}, secrets: [], run: {} },
    by: 'proposer',
  })
  await settle()
  assert.equal(rig.engine.underWay().length, 1)
  await rig.pass(800)
  await rig.wait(second)
})

test('hears on its return how another ramp has ended, of which it was not told before', async () => {
  const rig = new Rig()
  const isUp = { ask: 'ramp', subject: 'environment/shop', is: 'reached up' } as const
  const waiting: Plan = planOf([stageOf('a', { gates: [conditionOf('shop', isUp)] })], {
    name: 'b',
  })
  await rig.open(waiting)
  await rig.open(planOf([thing('db')]))
  const { ledger } = rig
  while (!rig.happened().includes('ramp.ended reached')) {
    rig.clock.step()
    await Promise.resolve()
    if (ledger.all.some(({ entry }) => entry.type === 'ramp.ended')) rig.kill()
    await settle()
  }
  await rig.start()
  await rig.pass(1_000)
  assert.equal(rig.happened().filter((what) => what === 'ramp.ended reached').length, 2)
})

test('goes on at once when the clock was set back while it was down', async () => {
  const rig = new Rig()
  await rig.open(
    planOf([stageOf('a', { conditions: [conditionOf('w', { ask: 'elapsed', ms: 5_000 })] })]),
  )
  rig.kill()
  rig.clock.stepBack(3_600_000)
  await rig.start()
  await rig.pass(6_000)
  assert.ok(rig.happened().includes('ramp.ended reached'))
})

test('gives up a probe that never settles, and asks again', async () => {
  let asked = 0
  const rig = new Rig(() => ({
    probes: [
      {
        kind: 'world',
        ask: () => {
          asked += 1
          if (asked === 1) return new Promise(() => undefined)
          const passed = { verdict: 'passed', outlook: 'notYet', reason: 'well' } as const
          return Promise.resolve({ ...passed, sentence: 'It is well.', evidence: {} })
        },
      },
    ],
  }))
  await rig.open(planOf([stageOf('a', { conditions: [probed('ready')] })]))
  assert.ok(await rig.until('ramp.ended reached'))
  assert.ok(
    rig
      .entries()
      .some((e) => e.type === 'condition.answered' && e.answer.reason === 'probe-silent'),
  )
})

test('repeats after a crash what was issued and not answered, with one effect', async () => {
  const rig = new Rig()
  await rig.open(planOf([thing('db')]))
  rig.kill()
  await rig.start()
  assert.ok(await rig.until('ramp.ended reached'))
  assert.deepEqual([...rig.world.effects.values()], [1])
})

test('closes at once although the ledger cannot be written', async () => {
  const rig = rigWith((_, below, { after }) => (after === 0 ? below() : Promise.reject(lost())))
  await rig.open(planOf([thing('db')]))
  await rig.pass(2_000)
  const atMs = rig.clock.goneMs
  await rig.wait(rig.engine.close())
  assert.ok(rig.clock.goneMs - atMs < 100)
})

test('one ramp that cannot go on does not stop the others', async () => {
  const rig = rigWith((_, below, { stream, after }) => {
    if (after === 0 || !stream.startsWith('bad')) return below()
    return Promise.reject(new TypeError('a bug'))
  })
  await rig.start()
  const failed: string[] = []
  rig.engine.events.on('loop.failed', ({ ramp }) => failed.push(ramp))
  const bad = await rig.open(planOf([thing('x')], { name: 'bad' }))
  await rig.open(planOf([thing('db')], { name: 'good' }))
  assert.ok(await rig.until('ramp.ended reached'))
  assert.deepEqual(failed, [bad])
})

test('refuses a second ramp of a contract that one is moving', async () => {
  const rig = new Rig()
  const plan = planOf([thing('db')])
  await rig.open(plan)
  await assert.rejects(rig.open(plan), { code: 'ramp-busy' })
})

/** A plan, and one without an end that watches what it has brought about. */
function watched(): { readonly plan: Plan; readonly next: Plan } {
  const plan = planOf([thing('db')])
  const ready = probed('ready', { look: 'thing', name: 'db' })
  const stages = [stageOf('db', { conditions: [ready], onBreach: 'ignore' })]
  return { plan, next: { ...planOf(stages, { goal: 'watch' }), endless: true } }
}

async function openWatched(rig: Rig): Promise<string> {
  await rig.start()
  const { plan, next } = watched()
  const settings = { values: {}, secrets: [], run: {}, next }
  return rig.wait(rig.engine.open({ plan, settings, by: 'proposer' }))
}

test('opens what follows a ramp that has reached its goal, and goes on with it without an end', async () => {
  const rig = new Rig()
  await openWatched(rig)
  assert.ok(await rig.until('ramp.ended reached'))
  await rig.pass(60_000)
  const [state] = rig.engine.underWay()
  assert.equal(state?.plan.goal, 'watch')
  assert.equal(state?.stages[0]?.phase, 'ready')
})

test('opens what follows once, also when it is killed before that', async () => {
  const rig = new Rig()
  const ramp = await openWatched(rig)
  await new Promise<void>((resolve) => {
    rig.engine.events.on('ramp.ended', () => {
      rig.kill()
      resolve()
    })
    void rig.until('ramp.ended reached')
  })
  await rig.start()
  await rig.pass(10_000)
  const goals = rig.engine.underWay().map(({ plan }) => plan.goal)
  assert.deepEqual(goals, ['watch'])
  assert.notEqual(rig.engine.underWay()[0]?.ramp, ramp)
})

test('ends what has no end as soon as something else is to be done', async () => {
  const rig = new Rig()
  await openWatched(rig)
  assert.ok(await rig.until('ramp.ended reached'))
  await rig.pass(5_000)
  const [watching] = rig.engine.underWay()
  const ramp = await rig.open(downOf())
  assert.notEqual(ramp, watching?.ramp)
  const ended = await rig.wait(rig.engine.state(watching?.ramp ?? ''))
  assert.equal(ended?.ended?.outcome, 'abandoned')
  assert.ok(await rig.until('ramp.ended reached'))
})

function downOf(): Plan {
  const stages = [stageOf('db', { command: commandOf('stop', { name: 'db' }) })]
  return planOf(stages, { goal: 'down' })
}

test('goes on watching when what was to take its place could not be opened', async () => {
  let mayEnd = true
  let mayOpen = true
  let mayKeep = true
  const kept = new Map<string, RampSettings>()
  const settings: EngineParts['settings'] = {
    keep: (ramp, one) =>
      mayKeep ? Promise.resolve(void kept.set(ramp, one)) : Promise.reject(lost()),
    load: (ramp) => Promise.resolve(kept.get(ramp)),
  }
  const rig = rigWith(
    (_, below, { entries }) => {
      const isRefused = entries.some(({ type }) => {
        return (type === 'ramp.ended' && !mayEnd) || (type === 'ramp.opened' && !mayOpen)
      })
      return isRefused ? Promise.reject(lost()) : below()
    },
    { settings },
  )
  await openWatched(rig)
  assert.ok(await rig.until('ramp.ended reached'))
  await rig.pass(5_000)
  const [watching] = rig.engine.underWay()
  for (const room of ['for settings alone', 'for entries alone']) {
    mayEnd = room === 'for entries alone'
    mayKeep = !mayEnd
    await assert.rejects(rig.open(downOf()), { code: 'ledger-unavailable' }, room)
    mayEnd = true
    mayKeep = true
    await rig.pass(30_000)
    const states = rig.engine.underWay()
    assert.deepEqual([states.length, states[0]?.ramp], [1, watching?.ramp], room)
  }
  mayOpen = false
  await assert.rejects(rig.open(downOf()), { code: 'ledger-unavailable' })
  await rig.pass(30_000)
  assert.deepEqual(rig.engine.underWay(), [])
  // Whoever tries again meanwhile is told the same, and not that the watching is in the way.
  await assert.rejects(rig.open(downOf()), { code: 'ledger-unavailable' })
  mayOpen = true
  await rig.pass(5_000)
  assert.deepEqual(
    rig.engine.underWay().map(({ plan }) => plan.goal),
    ['watch'],
  )
  await rig.open(downOf())
  assert.ok(await rig.until('ramp.ended reached'))
})

test('what waits for watching to end is refused when the engine is closed before that', async () => {
  let mayEnd = true
  const rig = rigWith((_, below, { entries }) => {
    const isEnd = entries.some(({ type }) => type === 'ramp.ended')
    return isEnd && !mayEnd ? Promise.reject(lost()) : below()
  })
  await openWatched(rig)
  assert.ok(await rig.until('ramp.ended reached'))
  await rig.pass(5_000)
  mayEnd = false
  const opening = rig.open(downOf()).then(
    () => 'opened',
    (error: unknown) => (error as Fault).code,
  )
  await rig.pass(1_000)
  await rig.wait(rig.engine.close())
  assert.equal(await opening, 'engine-closed')
})

test('forgets the settings of a ramp that was not opened, but not of one that was', async () => {
  const given: RampSettings = { values: { password: 'x' }, secrets: ['password'], run: {} }
  const plan = planOf([thing('db')])
  for (const isWritten of [false, true]) {
    const kept = new Map<string, RampSettings>()
    const settings: EngineParts['settings'] = {
      keep: async (ramp, settings) => void kept.set(ramp, settings),
      load: async (ramp) => kept.get(ramp),
    }
    let appended = 0
    const rig = rigWith(
      async (_, below) => {
        appended += 1
        if (appended > 1) return below()
        if (isWritten) await below()
        throw lost()
      },
      { settings },
    )
    await rig.start()
    const opening = rig.engine.open({ plan, settings: given, by: 'anna' }).then(
      () => 'open',
      (error: Fault) => error.code,
    )
    assert.equal(await rig.wait(opening), isWritten ? 'open' : 'ledger-unavailable')
    assert.deepEqual(
      [...kept.values()],
      isWritten ? [given] : [{ values: {}, secrets: [], run: {} }],
    )
    rig.kill()
  }
})

test('does not watch what was taken down since, however long a ramp is remembered to be followed', async () => {
  const kept = new Map<string, RampSettings>()
  const settings: EngineParts['settings'] = {
    // Later writes are lost, so that the ramp up is never known to have been followed.
    keep: async (ramp, settings) => void (kept.has(ramp) || kept.set(ramp, settings)),
    load: async (ramp) => kept.get(ramp),
  }
  const rig = new Rig(() => ({ settings }))
  await openWatched(rig)
  assert.ok(await rig.until('ramp.ended reached'))
  await rig.pass(5_000)
  await rig.open(downOf())
  assert.ok(await rig.until('ramp.ended reached'))
  await rig.pass(5_000)
  rig.kill()
  await rig.start()
  await rig.pass(10_000)
  assert.deepEqual(rig.engine.underWay(), [])
})

test('tells whoever opens a ramp that the ledger takes nothing, instead of letting them wait', async () => {
  let isFull = false
  const rig = rigWith((_, below) => (isFull ? Promise.reject(lost()) : below()))
  const watch = { ...planOf([thing('db')]), goal: 'watch', endless: true } as const
  await rig.open(watch)
  isFull = true
  const opening = rig.open(planOf([thing('db')])).catch((error: unknown) => error)
  const late = rig.pass(60_000).then(() => 'nobody was told within a minute')
  const told = await Promise.race([opening, late])
  assert.ok(isFault(told, 'ledger-unavailable'), String(told))
})

test('hears what is said at whatever moment after a batch was recorded', async () => {
  const wait = conditionOf('wait', { ask: 'elapsed', ms: 600_000 })
  for (let turns = 0; turns < 12; turns += 1) {
    const rig = new Rig()
    const ramp = await rig.open(planOf([stageOf('a', { conditions: [wait] })]))
    rig.engine.events.on('ramp.held', () => {
      void inTurns(turns).then(() => rig.say(ramp, { say: 'resume', why: '' }))
    })
    rig.say(ramp, { say: 'hold', why: '' })
    await rig.pass(1_000)
    const isHeard = rig.entries().some(({ type }) => type === 'ramp.resumed')
    assert.ok(isHeard, `what was said ${turns} turns of promises later was heard`)
  }
})

async function inTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
}
