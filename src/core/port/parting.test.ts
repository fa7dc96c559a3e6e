import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventOf, PARTING_MOST_MS, partingOf, printParting } from './parting.ts'

const owner = (id: string, address = '127.0.0.1') => ({
  id,
  claim: { protocol: 'tcp', addresses: [address], port: 1 } as const,
})

const [one, two, three, other] = [owner('1'), owner('2'), owner('3'), owner('4', '127.0.0.2')]

test('what happens is told by who served and who serves from now on', () => {
  for (const [before, after, event] of [
    [[], [one], undefined],
    [[one], [one], undefined],
    [[one], [one, two], 'scale-up'],
    [[one, two], [two], 'scale-down'],
    [[one], [], 'scale-down'],
    [[one], [two], 'roll'],
    [[one, two], [two, three], 'roll'],
    [[one], [other], 'migrate'],
    [[one], [two, other], 'roll'],
  ] as const) {
    assert.equal(eventOf(before, after), event)
  }
})

const event = 'roll'
const contract = 'shop-ports'
const rule = { event, drainMs: 20_000, lingerMs: 2_000, deadlineMs: 120_000 } as const

test('a component says before a contract how its owners part, and a contract before what is usual', () => {
  assert.deepEqual(partingOf({ event, own: {} }), {
    ...{ event, by: 'default', drainMs: 30_000, lingerMs: 0 },
  })
  assert.deepEqual(partingOf({ event, rule, contract, own: {} }), {
    ...{ event, by: 'contract', contract, drainMs: 20_000, lingerMs: 2_000 },
  })
  // With one word it says both: nothing of the rule is mixed in, but the cooling, which only a rule says.
  const cooling = { ...rule, coolingMs: 60_000 }
  assert.deepEqual(partingOf({ event, rule: cooling, contract, own: { drainMs: 5_000 } }), {
    ...{ event, by: 'component', contract, drainMs: 5_000, lingerMs: 0, coolingMs: 60_000 },
  })
  assert.deepEqual(partingOf({ event, rule, contract, own: { lingerMs: 0 } }), {
    ...{ event, by: 'component', drainMs: 30_000, lingerMs: 0 },
  })
})

test('nobody is given more time than is left of a deadline, and by a rule never more than the most', () => {
  const timesOf = (parts: Partial<Parameters<typeof partingOf>[0]>): readonly number[] => {
    const { drainMs, lingerMs } = partingOf({ event, rule, contract, own: {}, ...parts })
    return [drainMs, lingerMs]
  }
  assert.deepEqual(timesOf({ leftMs: 21_000 }), [20_000, 1_000])
  assert.deepEqual(timesOf({ leftMs: 7_000 }), [7_000, 0])
  assert.deepEqual(timesOf({ leftMs: -1 }), [0, 0])
  const patient = { ...rule, drainMs: 5 * PARTING_MOST_MS }
  assert.deepEqual(timesOf({ rule: patient }), [PARTING_MOST_MS, 0])
  assert.deepEqual(timesOf({ own: { drainMs: 2 * PARTING_MOST_MS } }), [2 * PARTING_MOST_MS, 0])
})

test('people are told whose words they are', () => {
  const cooling = { ...rule, coolingMs: 60_000 }
  const said = (parts: Partial<Parameters<typeof partingOf>[0]>): string =>
    printParting(partingOf({ event, own: {}, ...parts }))
  assert.equal(said({}), 'It is a roll: at most 30s to finish.')
  assert.equal(
    said({ rule: cooling, contract }),
    'It is a roll: at most 20s to finish, and 2s more, as shop-ports says; its port cools for 1m.',
  )
  assert.equal(
    said({ rule: cooling, contract, own: { drainMs: 1_000 } }),
    'It is a roll: at most 1s to finish, as its component says; its port cools for 1m, as shop-ports says.',
  )
})
