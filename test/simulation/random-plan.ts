/** Plans by chance: every shape of stage, edge, gate, condition and policy, declared in any order. */
import { checkPlan } from '../../src/core/plan/check-plan.ts'
import type { BreachPolicy, Condition, Watch } from '../../src/core/plan/condition.ts'
import type { Plan, Stage, Until } from '../../src/core/plan/plan.ts'
import type { JsonObject } from '../../src/core/units/json.ts'
import { commandOf, conditionOf, planOf, probed, stageOf } from '../support/plan-words.ts'
import type { RandomStream } from './simulated-random.ts'
import type { World } from './world/world.ts'

/** The role that may approve in random plans. */
export const APPROVERS = 'operators'

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template of contracts
const PASSWORD = '${settings.password}'

type Work = Pick<Stage, 'conditions'> & Partial<Pick<Stage, 'command' | 'compensation'>>

/** A random plan for a subject; what it needs of the world is declared there. */
export function randomPlan(
  chance: RandomStream,
  options: { readonly name: string; readonly others: readonly string[]; readonly world: World },
): Plan {
  const count = chance.between(1, 7)
  const hasGroups = chance.chance(20)
  const stages: Stage[] = []
  const port = `${options.name}:port`
  let owner: string | undefined
  for (let place = 0; place < count; place++) {
    const kind = chance.integer(100)
    let work: Work
    if (kind < 60) work = thingWork(chance, `${options.name}/thing-${place}`)
    else if (kind < 75) work = limitWork(chance, options.name, options.world)
    else if (kind < 87) {
      // A hand-over needs all that came before, so that no other owner comes in between.
      const next = `@owner-${place}`
      const handOver = portStages(port, owner, next, stages, place)
      owner = next
      stages.push(
        ...handOver.map((stage) => finish(chance, stage, options, hasGroups, place, count)),
      )
      continue
    } else work = { conditions: [condition(chance, 'weather', { look: 'weather' })] }
    const stage = stageOf(`s${place}`, { ...work, needs: needsOf(chance, stages) })
    stages.push(finish(chance, stage, options, hasGroups, place, count))
  }
  const groups = hasGroups
    ? [
        { name: 'first', needs: [] },
        { name: 'second', needs: [{ group: 'first', until: 'ready' as const }] },
      ]
    : []
  const plan = planOf(shuffled(chance, stages), {
    kind: 'Simulated',
    name: options.name,
    groups,
    retryBudget: chance.between(0, 5),
  })
  return checkPlan(plan)
}

function needsOf(chance: RandomStream, before: readonly Stage[]): readonly string[] {
  return before
    .filter(() => chance.chance(40))
    .map((stage) => {
      const untils: readonly [Until, ...Until[]] = stage.finishes
        ? ['ready', 'started', 'provisional', 'completed']
        : ['ready', 'ready', 'ready', 'started', 'provisional']
      return `${stage.name}:${chance.pick(untils)}`
    })
}

function finish(
  chance: RandomStream,
  stage: Stage,
  options: { readonly others: readonly string[] },
  hasGroups: boolean,
  place: number,
  count: number,
): Stage {
  const policies: readonly [BreachPolicy, ...BreachPolicy[]] = [
    'undo',
    'undo',
    'undo',
    'hold',
    'abort',
    'stepBack',
    'ignore',
    ...(hasGroups ? (['undoGroup', 'undoGroup'] as const) : []),
  ]
  const isHandOver = ['take', 'claim'].includes(stage.command?.operation ?? '')
  const group = hasGroups ? { group: place < count / 2 ? 'first' : 'second' } : {}
  const guards = chance.chance(15) ? [condition(chance, 'guard', { look: 'weather' })] : []
  return {
    ...stage,
    ...group,
    gates: gatesOf(chance, options.others),
    guards,
    deadlineMs: chance.between(5_000, 60_000),
    // Let pass without proof, a hand-over would give a port two owners, as the plan said.
    onBreach: isHandOver ? 'undo' : chance.pick(policies),
    retry: { limit: chance.between(0, 2), backoffMs: chance.between(0, 2_000) },
    finishes: chance.chance(25),
    optional: !isHandOver && chance.chance(15),
    pivot: chance.chance(6),
  }
}

function gatesOf(chance: RandomStream, others: readonly string[]): readonly Condition[] {
  const gates: Condition[] = []
  const deadlineMs = chance.between(30_000, 120_000)
  if (chance.chance(10)) {
    gates.push(conditionOf('wait', { ask: 'elapsed', ms: chance.between(0, 20_000) }))
  }
  if (chance.chance(12)) {
    const question = { ask: 'approval', from: [APPROVERS], count: chance.between(1, 2) } as const
    gates.push(conditionOf('approval', question, { deadlineMs }))
  }
  const other = others[0]
  if (other !== undefined && chance.chance(12)) {
    const is = chance.pick(['reached up', 'moving', 'undoing'])
    const question = { ask: 'ramp', subject: `simulated/${other}`, is } as const
    const holdMs = chance.pick([0, 0, 3_000])
    gates.push(conditionOf('news', question, { deadlineMs, holdMs }))
  }
  if (chance.chance(10)) {
    gates.push({ ...condition(chance, 'fair', { look: 'weather' }), deadlineMs })
  }
  return gates
}

function condition(chance: RandomStream, name: string, input: JsonObject): Condition {
  const isTolerant = chance.chance(30)
  const watches: readonly [Watch, ...Watch[]] = ['ramp', 'ramp', 'current', 'none']
  const base = probed(
    name,
    { ...input, password: PASSWORD, watched: chance.chance(30) },
    {
      consecutive: chance.pick([1, 1, 1, 2, 3]),
      holdMs: chance.pick([0, 0, 0, 1_000, 5_000]),
      watch: chance.pick(watches),
      tolerance: isTolerant
        ? { failures: chance.between(0, 3), ms: chance.pick([0, 0, 1_000, 10_000]) }
        : { failures: 0, ms: 0 },
    },
  )
  const hasWhen = base.question.ask === 'probe' && chance.chance(20)
  return hasWhen
    ? { ...base, question: { ...base.question, when: 'evidence.ok' } as typeof base.question }
    : base
}

function thingWork(chance: RandomStream, name: string): Work {
  const timeoutMs = chance.between(500, 20_000)
  return {
    command: commandOf('start', { name, password: PASSWORD }, timeoutMs),
    compensation: commandOf('stop', { name, password: PASSWORD }, timeoutMs),
    conditions: [
      condition(chance, 'ready', { look: 'thing', name }),
      ...(chance.chance(20) ? [conditionOf('soak', { ask: 'elapsed', ms: 3_000 })] : []),
    ],
  }
}

function limitWork(chance: RandomStream, name: string, world: World): Work {
  const limit = `${name}:limit`
  const amount = chance.between(1, 100)
  world.ceilings.set(limit, (world.ceilings.get(limit) ?? 0) + amount)
  return {
    command: commandOf('raise', { limit, amount, password: PASSWORD }),
    compensation: commandOf('lower', { limit, amount, password: PASSWORD }),
    conditions: [condition(chance, 'reached', { look: 'limit', limit, atLeast: amount })],
  }
}

/** The stages that give a port to its next owner: taken from the one before, then claimed. */
function portStages(
  port: string,
  before: string | undefined,
  owner: string,
  all: readonly Stage[],
  place: number,
): readonly Stage[] {
  const needs = all.map((stage) => stage.name)
  const claim = (on: readonly string[]): Stage =>
    stageOf(`s${place}-claim`, {
      command: commandOf('claim', { port, owner }),
      compensation: commandOf('release', { port, owner }),
      conditions: [probed('owned', { look: 'port', port, owner }, { watch: 'none' })],
      needs: on,
    })
  if (before === undefined) return [claim(needs)]
  const take = stageOf(`s${place}-take`, {
    command: commandOf('take', { port, owner: before }),
    compensation: commandOf('give-back', { port, owner: before }),
    conditions: [probed('given', { look: 'port', port, notOwner: before }, { watch: 'none' })],
    needs,
  })
  return [take, claim([...needs, take.name])]
}

function shuffled<Value>(chance: RandomStream, values: readonly Value[]): readonly Value[] {
  const rest = [...values]
  const taken: Value[] = []
  while (rest.length > 0) taken.push(...rest.splice(chance.integer(rest.length), 1))
  return taken
}
