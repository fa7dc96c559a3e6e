import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../../src/core/units/json.ts'
import { type Arrival, batchEnds, type Goal, type Leg, Trial } from './crashes.ts'

/** A program that writes down that it has started, and then does something. */
function program(name: string, then: string): readonly string[] {
  const note = `require('node:fs').appendFileSync('starts', '${name}\\n')`
  return [process.execPath, '-e', `${note}; ${then}`]
}

const SERVE = `require('node:net').createServer().listen(process.env.PORT, '127.0.0.1')`

/** The port that the contract gave the component, as its templates call it. */
const PORT = `$\{self.ports.main}`

function serving(name: string, needs: Json): Json {
  return {
    needs,
    run: { command: program(name, SERVE), ports: { main: {} }, env: { PORT } },
    ready: [{ tcp: { host: '127.0.0.1', port: PORT } }],
    stop: { grace: '5s' },
  }
}

/** Two regions that must agree, watched afterwards. */
function regional(): Json {
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name: 'tiny' },
    spec: {
      regions: { eu: {}, us: { after: ['eu'] } },
      components: { db: serving('db', []) },
      agree: [{ same: 'evidence.family', of: 'db/tcp' }],
      watch: { every: '200ms' },
    },
  }
}

function contract(more: Readonly<Record<string, Json>> = {}): Json {
  const components = {
    migrate: { run: { command: program('migrate', ''), oneShot: true } },
    db: serving('db', [{ migrate: 'completed' }]),
    api: serving('api', ['db']),
    ...more,
  }
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name: 'tiny' },
    spec: { components, watch: false },
  }
}

const ONCE_EACH = { migrate: 1, db: 1, api: 1 }

/** Whether both moments of each batch are walked, not one in turn: `RAMPART_CRASH_POINTS=all`. */
const IS_WHOLE = process.env['RAMPART_CRASH_POINTS'] === 'all'

/**
 * The points of a ramp at which a crash can happen: just before and just after each batch. Every trial
 * starts daemons, so unless all are asked for, each batch is walked at one of the two, in turn; of two
 * regions, which do the same beside each other, only every other batch is.
 */
function pointsOf(
  goal: Goal | 'watch',
  { entries }: Pick<Arrival, 'entries'>,
  { every = 1 } = {},
): readonly string[] {
  const ends = batchEnds(entries)
  return ends.flatMap((end, place) => {
    const both = [`before:${goal}:${end}`, `after:${goal}:${end}`]
    const turn = Math.floor(place / every) % 2
    return IS_WHOLE ? both : place % every === 0 ? both.slice(turn, turn + 1) : []
  })
}

/** Does all, two at a time. */
async function pairwise<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item)
  }
  await Promise.all([worker(), worker()])
}

function legTo(goal: Goal, crash: string | undefined, crashNext?: string): Leg {
  return { goal, ...(crash && { crash }), ...(crashNext && { crashNext }) }
}

/** A ramp may take a few entries more or less each time, so the last points may not be reached. */
function assertMany(crashes: number, points: number, leastShare = 0.75): void {
  assert.ok(crashes >= points * leastShare, `${crashes} crashes at ${points} points`)
}

function outcomeOf({ state }: Arrival): string | undefined {
  return state.ended?.outcome
}

test('a daemon killed at any entry of a ramp up or down costs nothing but time', async (t) => {
  const calm = new Trial(t, contract())
  const up = pointsOf('up', await calm.ramp({ goal: 'up' }))
  const down = pointsOf('down', await calm.ramp({ goal: 'down' }))
  calm.assertNothingLeft()
  t.diagnostic(`${up.length} points up, ${down.length} points down`)
  let crashes = 0
  const rounds = Array.from({ length: Math.max(up.length, down.length) }, (_, place) => place)
  await pairwise(rounds, async (place) => {
    const said = `killed ${up[place]}, then ${down[place]}`
    const trial = new Trial(t, contract())
    const risen = await trial.ramp(legTo('up', up[place], down[place]))
    assert.equal(outcomeOf(risen), 'reached', said)
    assert.deepEqual(trial.starts(), ONCE_EACH, said)
    const fallen = await trial.ramp(legTo('down', down[place]))
    assert.equal(outcomeOf(fallen), 'reached', said)
    assert.deepEqual(trial.starts(), ONCE_EACH, said)
    trial.assertNothingLeft()
    crashes += Number(risen.isCrashed) + Number(fallen.isCrashed)
  })
  assertMany(crashes, up.length + down.length)
})

test('a daemon killed at any entry of an undo leaves nothing behind', async (t) => {
  const breaks = { run: { command: program('smoke', 'process.exit(3)'), oneShot: true } }
  const broken = contract({ smoke: { ...breaks, needs: ['api'] } })
  const calm = new Trial(t, broken)
  const arrival = await calm.ramp({ goal: 'up' })
  const turn = arrival.entries.findIndex(({ entry }) => entry.type === 'ramp.undoing')
  assert.ok(turn > 0, 'the ramp is undone')
  // What comes before the turn is walked by the way up.
  const points = pointsOf('up', arrival).filter((point) => Number(point.split(':')[2]) > turn)
  let crashes = 0
  await pairwise(points, async (crash) => {
    const trial = new Trial(t, broken)
    const undone = await trial.ramp({ goal: 'up', crash })
    assert.equal(outcomeOf(undone), 'undone', `killed ${crash}`)
    assert.match(undone.state.ended?.cause?.sentence ?? '', /3/, `killed ${crash}`)
    assert.deepEqual(trial.starts(), { ...ONCE_EACH, smoke: 1 }, `killed ${crash}`)
    trial.assertNothingLeft()
    crashes += Number(undone.isCrashed)
  })
  assertMany(crashes, points.length)
  t.diagnostic(`${crashes} crashes at ${points.length} points`)
})

test('a daemon killed at entries of a ramp through two regions costs nothing but time', async (t) => {
  const calm = new Trial(t, regional())
  const up = pointsOf('up', await calm.ramp({ goal: 'up' }), { every: 2 })
  const down = pointsOf('down', await calm.ramp({ goal: 'down' }), { every: 2 })
  let crashes = 0
  await pairwise(up, async (crash) => {
    const place = up.indexOf(crash)
    const trial = new Trial(t, regional())
    const risen = await trial.ramp(legTo('up', crash, down[place]))
    assert.equal(outcomeOf(risen), 'reached', crash)
    assert.deepEqual(trial.starts(), { db: 2 }, crash)
    const fallen = await trial.ramp(legTo('down', down[place]))
    assert.equal(outcomeOf(fallen), 'reached', crash)
    trial.assertNothingLeft()
    crashes += Number(risen.isCrashed)
  })
  assertMany(crashes, up.length)
})

test('a daemon killed at entries of watching goes on watching', async (t) => {
  const calm = new Trial(t, regional())
  await calm.ramp({ goal: 'up' })
  const points = pointsOf('watch', { entries: await calm.untilWatched() }, { every: 2 })
  await calm.ramp({ goal: 'down' })
  let crashes = 0
  await pairwise(points, async (crash) => {
    const trial = new Trial(t, regional())
    crashes += Number(await trial.watchUntilKilled(crash))
    await trial.untilWatched()
    assert.deepEqual(trial.starts(), { db: 2 }, crash)
    await trial.breakAndSee('tiny/us/db', 'us/db')
    assert.equal(outcomeOf(await trial.ramp({ goal: 'down' })), 'reached', crash)
    trial.assertNothingLeft()
  })
  // Answers that come together are one batch, so there are fewer points some of the time.
  assertMany(crashes, points.length, 0.4)
  t.diagnostic(`${crashes} crashes at ${points.length} points`)
})
