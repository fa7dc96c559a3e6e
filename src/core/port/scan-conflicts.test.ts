import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVERY_ADDRESS } from './port-claim.ts'
import { conflictsBetween, type PublishedClaim } from './scan-conflicts.ts'

function claim(service: string, first: number, more: Partial<PublishedClaim> = {}): PublishedClaim {
  return {
    ...{ service, first, last: first, protocol: 'tcp', scope: 'host', addresses: EVERY_ADDRESS },
    ...{ file: 'compose.yaml', line: 1, column: 1, text: `${first}:80`, confidence: 'explicit' },
    ...more,
  }
}

const staging = { environment: 'staging' }

function told(...claims: readonly (readonly [string, PublishedClaim])[]): readonly string[] {
  const scans = Map.groupBy(claims, ([name]) => name)
  const all = [...scans].map(([name, found]) => ({ name, claims: found.map(([, one]) => one) }))
  return conflictsBetween(all).map(({ severity, sentence }) => `${severity}: ${sentence}`)
}

test('is as sure of a conflict as both say where they are started', () => {
  assert.deepEqual(told(['a', claim('web', 80, staging)], ['b', claim('api', 80, staging)]), [
    'error: Port 80 is claimed by a and b in staging.',
  ])
  assert.deepEqual(told(['a', claim('web', 80)], ['b', claim('api', 80)]), [
    'warning: Port 80 is claimed by a and b.',
  ])
  assert.deepEqual(told(['a', claim('web', 80, staging)], ['b', claim('api', 80)]), [
    'note: Port 80 is claimed by a and b in staging.',
  ])
  const usual = { ...staging, confidence: 'default' } as const
  assert.deepEqual(told(['a', claim('web', 80, usual)], ['b', claim('api', 80, staging)]), [
    'warning: Port 80 is claimed by a and b in staging.',
  ])
})

test('says nothing of what can be had side by side', () => {
  const production = { environment: 'production' }
  assert.deepEqual(told(['a', claim('web', 80, staging)], ['b', claim('api', 80, production)]), [])
  assert.deepEqual(told(['a', claim('web', 80)], ['a', claim('api', 80)]), [])
  assert.deepEqual(told(['a', claim('web', 80)], ['b', claim('api', 81)]), [])
  assert.deepEqual(told(['a', claim('web', 80)], ['b', claim('api', 80, { protocol: 'udp' })]), [])
  const [one, two] = [['127.0.0.2'], ['127.0.0.3']]
  assert.deepEqual(
    told(['a', claim('web', 80, { addresses: one })], ['b', claim('x', 80, { addresses: two })]),
    [],
  )
  const inside = { scope: 'network web' }
  assert.deepEqual(told(['a', claim('web', 80, inside)], ['b', claim('api', 80, inside)]), [])
  const except = { except: ['staging'] }
  assert.deepEqual(told(['a', claim('web', 80, staging)], ['b', claim('api', 80, except)]), [])
})

test('tells of everybody at one port at once, the worst first', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const spread = names.map((name) => [name, claim('web', 3_000)] as const)
  const sure = ['a', 'b'].map((name) => [name, claim('db', 5_432, staging)] as const)
  assert.deepEqual(told(...spread, ...sure), [
    'error: Port 5432 is claimed by a and b in staging.',
    'warning: Port 3000 is claimed by a, b, c, d and 2 others.',
  ])
})

test('takes of what is claimed twice alike the surer one, and a node port for one of the cluster', () => {
  const twice = [
    { name: 'a', claims: [claim('web', 80, { confidence: 'default' }), claim('web', 80)] },
    { name: 'b', claims: [claim('api', 80)] },
  ]
  assert.equal(conflictsBetween(twice)[0]?.claims.length, 2)
  assert.equal(conflictsBetween(twice)[0]?.severity, 'warning')
  const [node, cluster] = [
    { scope: 'node', ...staging },
    { scope: 'cluster', ...staging },
  ]
  assert.deepEqual(
    told(['a', claim('web', 30_080, node)], ['b', claim('api', 30_080, cluster)]).length,
    1,
  )
})

test('is done in a moment however many claim everything', () => {
  const claims = Array.from({ length: 500 }, (_, place) =>
    claim(`s${place}`, 1 + place, { last: 65_535 }),
  )
  const scans = Array.from({ length: 40 }, (_, place) => ({ name: `r${place}`, claims }))
  const before = performance.now()
  conflictsBetween(scans)
  assert.ok(performance.now() - before < 5_000)
})
