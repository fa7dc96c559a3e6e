import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ComponentView, RampSummary } from '../wire.ts'
import { environmentsOf } from './world-routes.ts'

function ramp(name: string, kind = 'Environment'): RampSummary {
  const contract = { kind, name, digest: 'sha256:0' as const }
  const times = { openedAtMs: 1, latestMs: 2 }
  return { ramp: `${name}-up-222222`, contract, goal: 'up', phase: 'moving', by: 'me', ...times }
}

function start(instance: string, status: ComponentView['status']): ComponentView {
  const subject = instance.split('#')[0] ?? ''
  return { subject, instance, pid: 1, status, ports: {}, sinceMs: 1 }
}

test('puts every component with the contract it belongs to', () => {
  const views = environmentsOf(
    [ramp('shop')],
    [start('shed/a#1', 'running'), start('shop/eu/api#1', 'running'), start('shop/db#1', 'exited')],
  )
  assert.deepEqual(
    views.map(({ contract, lastRamp, components }) => [
      contract,
      lastRamp?.ramp,
      components.map(({ instance }) => instance),
    ]),
    [
      ['shed', undefined, ['shed/a#1']],
      ['shop', 'shop-up-222222', ['shop/eu/api#1', 'shop/db#1']],
    ],
  )
})

test('keeps contracts of several kinds apart that share a name', () => {
  const ports = { ...ramp('shop', 'Ports'), ramp: 'shop-up-333333' }
  const views = environmentsOf([ports, ramp('shop')], [start('shop/api#1', 'running')])
  assert.deepEqual(
    views.map(({ kind, contract, lastRamp, components }) => [
      `${kind}/${contract}`,
      lastRamp?.ramp,
      components.length,
    ]),
    [
      ['Environment/shop', 'shop-up-222222', 1],
      ['Ports/shop', 'shop-up-333333', 0],
    ],
  )
})

test('shows the latest start of a component, and any earlier one that still runs', () => {
  const starts = [
    start('shop/api#1', 'exited'),
    start('shop/api#2', 'running'),
    start('shop/api#3', 'lost'),
    start('shop/api#4', 'exited'),
  ]
  const [shop] = environmentsOf([], starts)
  assert.deepEqual(
    shop?.components.map(({ instance }) => instance),
    ['shop/api#2', 'shop/api#4'],
  )
})

test('shows a copy that ended since the last ramp, and none that the ramp has retired', () => {
  const of = (copy: number, endedAtMs?: number): ComponentView => ({
    ...start(`shop/api#${copy}`, endedAtMs === undefined ? 'running' : 'exited'),
    copy,
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
  })
  const shownOf = (...starts: readonly ComponentView[]): readonly string[] => {
    const [shop] = environmentsOf([{ ...ramp('shop'), endedAtMs: 10 }], starts)
    return shop?.components.map(({ instance }) => instance) ?? []
  }
  assert.deepEqual(shownOf(of(1), of(2, 12), of(3)), ['shop/api#1', 'shop/api#2', 'shop/api#3'])
  assert.deepEqual(shownOf(of(1), of(2), of(3, 9)), ['shop/api#1', 'shop/api#2'])
  assert.deepEqual(shownOf(of(1, 8), of(2, 9)), ['shop/api#2'], 'down: one stands for all')
})

test('says of what is up that nothing watches it, once what watched it was abandoned', () => {
  const up = { ...ramp('shop'), phase: 'ended', outcome: 'reached' } as const
  const watch = { ...up, ramp: 'shop-watch-444444', goal: 'watch', endedAtMs: 7 } as const
  const of = (lastRamp: RampSummary, last?: RampSummary) => {
    const watchedSince = new Map(last === undefined ? [] : [['Environment/shop', last]])
    return environmentsOf([lastRamp], [], { watching: [], watchedSince })[0]?.unwatched
  }
  const abandoned = { ...watch, outcome: 'abandoned', cause: 'It gives way.' } as const
  assert.deepEqual(of(up, abandoned), { ramp: watch.ramp, sinceMs: 7, cause: 'It gives way.' })
  assert.equal(of(up), undefined, 'it was never watched')
  assert.equal(of(up, { ...watch, outcome: 'undone' }), undefined, 'nothing is left to be watched')
  assert.equal(of(ramp('shop'), abandoned), undefined, 'it is being brought up')
  assert.equal(of({ ...up, goal: 'down' }, abandoned), undefined, 'it is down')
})
