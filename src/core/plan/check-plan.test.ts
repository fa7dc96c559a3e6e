/** Plans that can never be run to an end are refused by name; circles are found wherever they are. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { conditionOf, planOf, probed, stageOf } from '../../../test/support/plan-words.ts'
import { checkPlan, findCycle } from './check-plan.ts'
import type { Plan } from './plan.ts'

function refused(plan: Plan, code: string, hint: RegExp): void {
  assert.throws(
    () => checkPlan(plan),
    (error: Error & { code?: string; hint?: string }) => {
      assert.equal(error.code, code)
      assert.match(error.hint ?? '', hint)
      return true
    },
  )
}

test('a circle is refused with every stage along it', () => {
  const stages = [
    stageOf('a', { needs: ['b'] }),
    stageOf('b', { needs: ['c'] }),
    stageOf('c', { needs: ['a'] }),
  ]
  refused(planOf(stages), 'plan-cyclic', /^a -> b -> c -> a /)
})

test('a circle through groups is refused', () => {
  const groups = [
    { name: 'eu', needs: [{ group: 'us', until: 'ready' as const }] },
    { name: 'us', needs: [{ group: 'eu', until: 'ready' as const }] },
  ]
  refused(planOf([], { groups }), 'plan-cyclic', /groups eu -> us -> eu/)
  const waves = [
    { name: 'eu', needs: [] },
    { name: 'us', needs: [{ group: 'eu', until: 'ready' as const }] },
  ]
  const stages = [stageOf('a', { group: 'eu', needs: ['b'] }), stageOf('b', { group: 'us' })]
  refused(planOf(stages, { groups: waves }), 'plan-cyclic', /a -> b -> a/)
})

test('what can never happen is refused with the edge that waits for it', () => {
  refused(planOf([stageOf('a', { needs: ['x'] })]), 'plan-unreachable', /a needs x/)
  const waiting = [stageOf('a'), stageOf('b', { needs: ['a:completed'] })]
  refused(planOf(waiting), 'plan-unreachable', /never finishes/)
  refused(planOf([stageOf('a'), stageOf('a')]), 'plan-unreachable', /declared twice/)
  refused(planOf([stageOf('a', { group: 'x' })]), 'plan-unreachable', /no group/)
  const twice = stageOf('a', { gates: [probed('x')], conditions: [probed('x')] })
  refused(planOf([twice]), 'plan-unreachable', /share a name/)
})

test('numbers out of range are refused with their place', () => {
  const wrong: readonly [Plan, RegExp][] = [
    [planOf([stageOf('a', { deadlineMs: 0 })]), /a: deadlineMs is 0/],
    [planOf([stageOf('a', { retry: { limit: 0.5, backoffMs: 0 } })]), /retry.limit is 0.5/],
    [planOf([stageOf('a', { retry: { limit: 1, backoffMs: -1 } })]), /backoffMs is -1/],
    [planOf([stageOf('a', { retry: { limit: 101, backoffMs: 0 } })]), /retry.limit is 101/],
    [planOf([stageOf('a', { conditions: [probed('c', {}, { consecutive: 0 })] })]), /consecutive/],
    [planOf([stageOf('a', { conditions: [probed('c', {}, { holdMs: -1 })] })]), /holdMs is -1/],
    [planOf([stageOf('a', { gates: [probed('c', {}, { deadlineMs: -5 })] })]), /deadlineMs is -5/],
    [
      planOf([stageOf('a', { gates: [conditionOf('c', { ask: 'elapsed', ms: Number.NaN })] })]),
      /ms is NaN/,
    ],
    [planOf([], { retryBudget: -1 }), /retryBudget is -1/],
  ]
  for (const [plan, hint] of wrong) refused(plan, 'plan-unreachable', hint)
})

test('a plan that passes comes back as it is', () => {
  const plan = planOf([stageOf('a'), stageOf('b', { needs: ['a'] })])
  assert.equal(checkPlan(plan), plan)
})

test('a circle is found exactly when there is one', () => {
  const graph = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { minLength: 10, maxLength: 10 })
  fc.assert(
    fc.property(graph, (edges) => {
      const cycle = findCycle(edges)
      assert.equal(
        cycle !== undefined,
        edges.some((_, place) => reaches(edges, place, place)),
      )
      if (cycle === undefined) return
      assert.equal(cycle[0], cycle[cycle.length - 1])
      for (let at = 1; at < cycle.length; at++) {
        assert.ok(edges[cycle[at - 1] ?? -1]?.includes(cycle[at] ?? -1))
      }
    }),
  )
})

test('a chain of a hundred thousand stages does not overflow', () => {
  const chain = Array.from({ length: 100_000 }, (_, place) => (place === 0 ? [] : [place - 1]))
  assert.equal(findCycle(chain), undefined)
  assert.equal(findCycle(chain.with(0, [99_999]))?.length, 100_001)
})

function reaches(edges: readonly (readonly number[])[], from: number, to: number): boolean {
  const reached = new Set(edges[from])
  for (const place of reached) for (const next of edges[place] ?? []) reached.add(next)
  return reached.has(to)
}
