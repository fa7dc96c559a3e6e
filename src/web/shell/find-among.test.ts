import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOfText } from '../../core/units/digest.ts'
import type { RampSummary } from '../../server/wire.ts'
import { type Among, findAmong } from './find-among.ts'

function ramp(name: string, number: number): RampSummary {
  const contract = { kind: 'Environment', name, digest: digestOfText(name) }
  const times = { openedAtMs: 0, latestMs: 0 }
  const is = { goal: 'up', phase: 'moving', by: 'me' } as const
  return { ramp: `${name}-up-${number}`, contract, ...is, ...times }
}

const among: Among = {
  pages: [
    { title: 'Overview', to: '/' },
    { title: 'Ports', to: '/ports' },
  ],
  contracts: [
    { kind: 'Environment', name: 'pay-shop' },
    { kind: 'Environment', name: 'shop' },
    { kind: 'Ports', name: 'own' },
  ],
  ramps: [ramp('shop', 2), ramp('shed', 1)],
}

function titles(text: string, within: Among = among): readonly string[] {
  return findAmong(text, within).map(({ title }) => title)
}

test('finds contracts by name and by kind, what is called just so first', () => {
  assert.deepEqual(titles('Shop'), ['shop', 'pay-shop', 'shop-up-2'])
  assert.deepEqual(titles('ports'), ['own', 'Ports'])
  assert.deepEqual(findAmong('own', among)[0]?.place, {
    is: 'contract',
    kind: 'Ports',
    name: 'own',
  })
  assert.deepEqual(titles('nothing'), [])
})

test('offers pages and the newest ramps where nothing is typed', () => {
  assert.deepEqual(titles(' '), ['Overview', 'Ports', 'shop-up-2', 'shed-up-1'])
})

test('hides no ramp behind many contracts', () => {
  const names = Array.from({ length: 40 }, (_, place) => `shop-${place}`)
  const contracts = names.map((name) => ({ kind: 'Environment', name }))
  const found = titles('shop', { ...among, contracts })
  assert.deepEqual([found.length, found.at(-1)], [7, 'shop-up-2'])
})

test('shows a ramp once that is among the newest and was found by the server, by its kind too', () => {
  const twice = { ...among, ramps: [...among.ramps, ...among.ramps, ramp('shop', 1)] }
  assert.deepEqual(titles('shop-up', twice), ['shop-up-2', 'shop-up-1'])
  assert.deepEqual(titles('environment/she', twice), ['shed-up-1'])
  assert.deepEqual(titles('environment', { ...twice, contracts: [] }), [])
})
