import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MachineFacts, printSpan, spanWithout } from './machine-facts.ts'
import { matchesWord } from './match-word.ts'
import { mayClaim } from './may-claim.ts'
import { objections } from './objections.ts'
import { BUILT_IN_RANGE, type PortPolicy } from './port-policy.ts'

const MACHINE: MachineFacts = {
  system: 'linux',
  ephemeral: { first: 32_768, last: 60_999 },
  kept: [],
  unprivilegedFrom: 1_024,
  mayBindPrivileged: false,
  excluded: [],
  addresses: ['127.0.0.1', '::1'],
}

const policy = (range: object): PortPolicy => ({ ranges: [{ ...BUILT_IN_RANGE, ...range }] })

test('a usual machine has nothing against the built-in range', () => {
  assert.deepEqual(objections(policy({}), MACHINE), [])
})

test('ports that outgoing connections take are objected to unless all of them are kept', () => {
  const high = policy({ first: 40_000, last: 40_009 })
  const some = { ...MACHINE, kept: [{ first: 40_000, last: 40_004 }] }
  assert.equal(objections(high, MACHINE)[0]?.reason, 'ephemeral')
  assert.match(objections(high, some)[0]?.sentence ?? '', /has 40005-40009, .*=40005-40009\.$/)
  assert.deepEqual(objections(high, { ...MACHINE, kept: [{ first: 39_000, last: 41_000 }] }), [])
})

test('ports that a system keeps for itself are objected to on that system alone', () => {
  const airplay = policy({ first: 4_990, last: 5_010 })
  assert.deepEqual(objections(airplay, MACHINE), [])
  assert.equal(objections(airplay, { ...MACHINE, system: 'macos' })[0]?.reason, 'occupied')
  const excluded = { ...MACHINE, excluded: [{ first: 5_000, last: 5_099 }] }
  assert.match(objections(airplay, excluded)[0]?.sentence ?? '', /has 5000-5010, .*gives to nobody/)
})

test('low ports and addresses that the machine lacks are objected to', () => {
  assert.equal(objections(policy({ first: 80, last: 80 }), MACHINE)[0]?.reason, 'privileged')
  const root = { ...MACHINE, mayBindPrivileged: true }
  assert.deepEqual(objections(policy({ first: 80, last: 80 }), root), [])
  const elsewhere = policy({ addresses: ['10.0.0.5'] })
  assert.match(objections(elsewhere, MACHINE)[0]?.sentence ?? '', /on 10\.0\.0\.5, which/)
})

test('spans are split around what is left out', () => {
  const rest = spanWithout({ first: 1, last: 9 }, [
    { first: 3, last: 4 },
    { first: 9, last: 12 },
  ])
  assert.deepEqual(rest.map(printSpan), ['1-2', '5-8'])
})

test('words match exactly or by their beginning, and a claim needs one of the names', () => {
  assert.equal(matchesWord('shop/*', 'shop/api'), true)
  assert.equal(matchesWord('shop', 'shop/api'), false)
  assert.equal(matchesWord('pr-*', undefined), false)
  assert.equal(mayClaim({}, {}), true)
  assert.equal(mayClaim({ claim: ['ci'] }, {}), false)
  assert.equal(mayClaim({ claim: ['ci'] }, { by: ['token:a', 'ci'] }), true)
  assert.equal(mayClaim({ claim: ['ci'] }, { by: 'contract' }), true)
})
