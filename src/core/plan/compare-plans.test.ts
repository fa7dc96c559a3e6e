/** Plans side by side: equal ones differ in nothing, and every edit of one is named where it was made. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { planOf, probed, stageOf } from '../../../test/support/plan-words.ts'
import { digestOf } from '../units/digest.ts'
import type { Json } from '../units/json.ts'
import { comparePlans, type PlanChange } from './compare-plans.ts'
import type { Plan, Stage } from './plan.ts'

const NAMES = ['db', 'api', 'web', 'worker', 'mail', 'cache']

/** A small plan of everything that a plan may have. */
const plans: fc.Arbitrary<Plan> = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
    edges: fc.array(fc.nat(5), { maxLength: 6 }),
    checks: fc.array(fc.nat(3), { maxLength: 6 }),
    hasGroups: fc.boolean(),
  })
  .map(({ names, edges, checks, hasGroups }) => {
    const stages = names.map((name, place): Stage => {
      const to = edges[place] === undefined ? undefined : names[edges[place]]
      const conditions = NAMES.slice(0, checks[place] ?? 0).map((probe) => probed(probe))
      const input = {
        subject: `shop/${name}`,
        env: { PORT: String(place) },
        command: ['run', name],
      }
      const command = { actuator: 'process', operation: 'start', input, timeoutMs: 1_000 }
      return stageOf(name, {
        needs: to === undefined || to === name ? [] : [to],
        conditions,
        command,
        ...(hasGroups ? { group: place % 2 === 0 ? 'eu' : 'us' } : {}),
      })
    })
    const groups = [
      { name: 'eu', needs: [] },
      { name: 'us', needs: [{ group: 'eu', until: 'ready' as const }] },
    ]
    return planOf(stages, hasGroups ? { groups } : {})
  })

interface Leaf {
  readonly path: readonly (string | number)[]
  readonly value: Json
}

function leavesOf(value: Json, path: Leaf['path'] = []): readonly Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  if (Array.isArray(value)) return value.flatMap((item, at) => leavesOf(item, [...path, at]))
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]))
}

function edited(value: Json): Json {
  if (typeof value === 'number') return value + 1
  return typeof value === 'boolean' ? !value : `${String(value)} edited`
}

function withLeaf(plan: Plan, { path, value }: Leaf): Plan {
  const copy = structuredClone(plan) as unknown as Record<string | number, unknown>
  let at = copy
  for (const step of path.slice(0, -1)) at = at[step] as typeof at
  at[path.at(-1) ?? ''] = edited(value)
  return copy as unknown as Plan
}

const sides = { first: 'second', second: 'first', both: 'both' } as const

function mirrored({ first, second, ...rest }: PlanChange): PlanChange {
  return {
    ...rest,
    in: sides[rest.in],
    ...(second === undefined ? {} : { first: second }),
    ...(first === undefined ? {} : { second: first }),
  }
}

const sorted = (changes: readonly PlanChange[]): readonly string[] =>
  changes.map((change) => digestOf(change)).sort()

test('a plan differs from itself in nothing, and from another exactly when the digests differ', () => {
  fc.assert(
    fc.property(plans, plans, (one, other) => {
      assert.deepEqual(comparePlans(one, structuredClone(one)), [])
      const isSame = digestOf(one) === digestOf(other)
      assert.equal(comparePlans(one, other).length === 0, isSame)
    }),
  )
})

test('what differs is the same from the other side', () => {
  fc.assert(
    fc.property(plans, plans, (one, other) => {
      const turned = comparePlans(other, one).map(mirrored)
      assert.deepEqual(sorted(turned), sorted(comparePlans(one, other)))
    }),
  )
})

test('every single edit is named where it was made, and nothing else', () => {
  fc.assert(
    fc.property(plans, fc.nat(), (plan, chance) => {
      const leaves = leavesOf(plan as unknown as Json)
      const leaf = leaves[chance % leaves.length] ?? assert.fail('every plan has leaves')
      const changes = comparePlans(plan, withLeaf(plan, leaf))
      const [top, place] = leaf.path
      const of = top === 'stages' ? 'stage' : top === 'groups' ? 'group' : 'plan'
      assert.notEqual(changes.length, 0)
      for (const change of changes) assert.equal(change.of, of)
      const isName = ['name', 'stage', 'group'].includes(String(leaf.path.at(-1)))
      const isNameOfAnother = isName && of !== 'plan' && leaf.path.at(-2) !== 'input'
      if (isNameOfAnother) return
      assert.equal(changes.length, 1)
      const [change] = changes
      if (of === 'stage') assert.equal(change?.name, plan.stages[Number(place)]?.name)
      if (of === 'group') assert.equal(change?.name, plan.groups[Number(place)]?.name)
      assert.equal(change?.in, 'both')
    }),
  )
})

test('a stage that is taken out is named as a whole, and so is every edge to it', () => {
  fc.assert(
    fc.property(plans, fc.nat(), (plan, chance) => {
      const gone = plan.stages[chance % plan.stages.length]?.name ?? assert.fail()
      const stages = plan.stages
        .filter(({ name }) => name !== gone)
        .map((stage) => ({ ...stage, needs: stage.needs.filter((need) => need.stage !== gone) }))
      const dependents = plan.stages.filter(({ needs }) =>
        needs.some(({ stage }) => stage === gone),
      )
      const changes = comparePlans(plan, { ...plan, stages })
      const whole = changes.filter(({ part }) => part === 'whole')
      assert.deepEqual(whole, [{ of: 'stage', name: gone, part: 'whole', path: [], in: 'first' }])
      const edges = changes.filter(({ part }) => part === 'edge')
      assert.deepEqual(
        edges.map(({ name, path }) => [name, ...path]),
        dependents.map(({ name }) => [name, 'needs', gone]),
      )
      assert.equal(changes.length, whole.length + edges.length)
    }),
  )
})

test('what both have in another order is named as that', () => {
  const plan = planOf([stageOf('a'), stageOf('b')])
  const turned = { ...plan, stages: plan.stages.toReversed() }
  assert.deepEqual(comparePlans(plan, turned), [
    { of: 'stage', part: 'order', path: [], in: 'both' },
  ])
})

test('conditions, commands and the group of a stage are told apart', () => {
  const first = planOf([stageOf('a', { conditions: [probed('tcp')], group: 'eu' })])
  const command = { actuator: 'process', operation: 'start', input: {}, timeoutMs: 1 }
  const slow = { ...probed('tcp'), consecutive: 3 }
  const second = planOf([stageOf('a', { conditions: [slow, probed('dns')], command })])
  assert.deepEqual(
    comparePlans(first, second).map(({ part, path, in: present }) => [
      part,
      path.join('.'),
      present,
    ]),
    [
      ['condition', 'conditions.tcp.consecutive', 'both'],
      ['condition', 'conditions.dns', 'second'],
      ['value', 'group', 'first'],
      ['command', 'command', 'second'],
    ],
  )
})
