import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { makeServerParts, type SmallServer } from '../../test/support/server-parts.ts'
import { parseContracts, planContract } from '../contracts/index.ts'
import { present } from '../core/fault/assert.ts'
import type { ConditionState } from '../core/ramp/state.ts'
import type { MemoryLedger } from '../ledger/memory/memory-ledger.ts'
import { RampIndex } from './ramp-index.ts'

async function openTrial(t: TestContext): Promise<SmallServer & { readonly index: RampIndex }> {
  const small = makeServerParts()
  await small.parts.engine.start()
  const index = new RampIndex(small.parts)
  t.after(async () => {
    index.close()
    await small.parts.engine.close()
  })
  return { ...small, index }
}

/** Opens a ramp of an environment, by somebody. @returns its id, once it is recorded */
async function open(
  { parts }: SmallServer,
  name: string,
  by: string,
  kind = 'Environment',
  goal: 'up' | 'watch' = 'up',
): Promise<string> {
  const watch = goal === 'up' ? false : {}
  const spec = { components: { api: { run: { command: ['node'] } } }, watch }
  const value = { apiVersion: 'rampart/v1', kind: 'Environment', metadata: { name }, spec }
  const contract = present(parseContracts([{ path: 'test', value }]).contracts[0], 'it is valid')
  const planned = planContract(contract, { goal })
  const plan = { ...planned, contract: { ...planned.contract, kind } }
  const run = { directory: '/srv', workspace: '/srv' }
  return await parts.engine.open({ plan, settings: { values: {}, secrets: [], run }, by })
}

/** Opens one and waits for its end. */
async function finish(small: SmallServer, name: string, by: string): Promise<string> {
  const ended = new Promise<void>((resolve) => {
    const stop = small.parts.engine.events.on('ramp.ended', ({ ramp }) => {
      if (!ramp.startsWith(name)) return
      stop()
      resolve()
    })
  })
  const ramp = await open(small, name, by)
  await ended
  return ramp
}

test('lists ramps that match every filter, newest first, page by page', async (t) => {
  const trial = await openTrial(t)
  const { index, world } = trial
  const first = await finish(trial, 'shop', 'anna')
  const second = await finish(trial, 'shed', 'ben')
  const third = await finish(trial, 'shop', 'ben')
  world.running = 'failed'
  const moving = await open(trial, 'shack', 'ben')
  const listed = async (filter: object): Promise<readonly string[]> =>
    (await index.page({ limit: 10, ...filter })).ramps.map(({ ramp }) => ramp)
  assert.deepEqual(await listed({}), [moving, third, second, first])
  assert.deepEqual(await listed({ contract: 'shop' }), [third, first])
  assert.deepEqual(await listed({ contract: 'Environment/shop', by: 'anna' }), [first])
  assert.deepEqual(await listed({ contract: 'Service/shop' }), [])
  assert.deepEqual(await listed({ phase: 'moving' }), [moving])
  assert.deepEqual(await listed({ phase: ['held', 'ended'], by: 'ben' }), [third, second])
  assert.deepEqual(await listed({ outcome: 'undone' }), [])
  assert.deepEqual(await listed({ since: Number.MAX_SAFE_INTEGER }), [])
  assert.deepEqual(await listed({ find: 'SH' }), [moving, third, second, first])
  assert.deepEqual(await listed({ find: third.toUpperCase() }), [third])
  assert.deepEqual(await listed({ find: 'hed' }), [second])
  assert.deepEqual(await listed({ find: 'environment/sho', by: 'anna' }), [first])
  assert.deepEqual(await listed({ find: 'ports/sho' }), [])
  assert.deepEqual(await listed({ find: 'environment' }), [])
  const page = await index.page({ limit: 1, by: 'ben' })
  assert.equal(page.next, moving)
  const rest = await index.page({ limit: 5, by: 'ben', cursor: page.next })
  assert.deepEqual(
    rest.ramps.map(({ ramp }) => ramp),
    [third, second],
  )
})

test('shows nobody a ramp that is not theirs to see, by no name', async (t) => {
  const trial = await openTrial(t)
  const { index } = trial
  const shop = await finish(trial, 'shop', 'anna')
  const shed = await finish(trial, 'shed', 'anna')
  const isSeen = ({ contract }: { readonly contract: { readonly name: string } }): boolean =>
    contract.name === 'shop'
  assert.equal(await index.find('latest', isSeen), shop)
  assert.equal(await index.find('sh', isSeen), shop)
  for (const called of [shed, 'shed', 'she']) {
    await assert.rejects(index.find(called, isSeen), { code: 'ramp-unknown' })
  }
  const [unseen, never] = await Promise.all(
    [shed, 'never'].map((cursor) => index.page({ limit: 10, cursor }, isSeen).catch(String)),
  )
  assert.equal(String(unseen).replaceAll(shed, 'never'), never, 'a cursor tells nothing either')
  const page = await index.page({ limit: 10 }, isSeen)
  assert.deepEqual(
    page.ramps.map(({ ramp }) => ramp),
    [shop],
  )
})

test('knows what another process ended from what was kept, reading no entry of it again', async (t) => {
  const trial = await openTrial(t)
  const ramp = await finish(trial, 'shop', 'anna')
  await trial.index.page({ limit: 1 })
  const { parts } = trial
  const ledger = Object.create(parts.ledger, {
    read: { value: () => assert.fail('an entry was read') },
    loadSnapshot: { value: () => assert.fail('a snapshot was read') },
    streams: { value: () => parts.ledger.streams() },
    onAppended: { value: () => () => undefined },
  }) as typeof parts.ledger
  const next = new RampIndex({ ...parts, ledger })
  t.after(() => next.close())
  const { ramps } = await next.page({ limit: 5, phase: 'ended' })
  assert.deepEqual(
    ramps.map((one) => [one.ramp, one.outcome]),
    [[ramp, 'reached']],
  )
})

test('tells the latest ramps of contracts of several kinds apart that share a name', async (t) => {
  const trial = await openTrial(t)
  const { index } = trial
  const environment = await finish(trial, 'shop', 'anna')
  const ports = await open(trial, 'shop', 'anna', 'Ports')
  const last = await index.lastIds()
  assert.deepEqual([...last.keys()].toSorted(), ['Environment/shop', 'Ports/shop'])
  assert.equal(last.get('Environment/shop'), environment)
  assert.equal(last.get('Ports/shop'), ports)
  const onlyPorts = await index.latestOfEach(({ contract }) => contract.kind === 'Ports')
  assert.deepEqual(
    onlyPorts.map(({ ramp }) => ramp),
    [ports],
  )
})

test('knows which promises are broken that another replica watches, reading only what is open', async (t) => {
  const here = await openTrial(t)
  await finish(here, 'shed', 'anna')
  const { parts, world } = here
  const ramp = await open(here, 'shop', 'anna', 'Environment', 'watch')
  const ledger = parts.ledger as MemoryLedger
  const read: string[] = []
  const readOf = ledger.read.bind(ledger)
  ledger.read = (stream, after) => {
    read.push(stream)
    return readOf(stream, after)
  }
  const other = makeServerParts(undefined, ledger)
  const index = new RampIndex(other.parts)
  t.after(() => index.close())
  const [watch] = await index.watches()
  assert.equal(watch?.watch?.ramp, ramp)
  assert.deepEqual(watch?.watch?.broken, [])
  assert.deepEqual([...new Set(read)], [ramp])
  read.length = 0
  await index.watches()
  assert.deepEqual((await index.page({ limit: 5, phase: ['held', 'moving'] })).ramps, [])
  assert.deepEqual(read, [], 'nothing has happened')
  const broke = new Promise<void>((resolve) => {
    parts.engine.events.on('ramp.advanced', ({ ramp: moved, state }) => {
      if (moved === ramp && state.stages.some(({ conditions }) => conditions.some(isFailed))) {
        resolve()
      }
    })
  })
  world.running = 'failed'
  await broke
  const [after] = await index.watches()
  assert.deepEqual(
    after?.watch?.broken.map(({ stage, reason }) => [stage, reason]),
    [['api', 'failed']],
  )
  assert.deepEqual(await index.watches(() => false), [])
  await parts.engine.speak({ ramp, by: 'x', word: { say: 'abort', undo: false, why: '' } })
  assert.deepEqual(await index.watches(), [])
})

test('knows what has watched a contract last since it was brought up, whichever kind shares its name', async (t) => {
  const trial = await openTrial(t)
  const { index, parts } = trial
  const abort = { say: 'abort', undo: false, why: '' } as const
  const watch = async (kind?: string): Promise<string> => {
    const ramp = await open(trial, 'shop', 'anna', kind, 'watch')
    await parts.engine.speak({ ramp, by: 'x', word: abort })
    return ramp
  }
  const since = async (): Promise<readonly (readonly [string, string])[]> => {
    const watched = await index.watchedSince(await index.latestOfEach())
    return [...watched].map(([contract, { ramp }]) => [contract, ramp])
  }
  await watch()
  const up = await finish(trial, 'shop', 'anna')
  assert.deepEqual(await since(), [], 'it was brought up since')
  await watch()
  const second = await watch()
  const ports = await watch('Ports')
  assert.deepEqual(await since(), [['Environment/shop', second]])
  await finish(trial, 'shed', 'anna')
  assert.deepEqual(await since(), [['Environment/shop', second]], `since ${up}, not ${ports}`)
})

function isFailed({ lastAnswer }: ConditionState): boolean {
  return lastAnswer?.verdict === 'failed'
}
