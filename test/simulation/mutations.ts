/**
 * Engines broken on purpose, each in one way. Every one must be noticed by the checkers that stand
 * outside, without deciding anything again; otherwise those checkers are worth nothing.
 */
import type { Condition } from '../../src/core/plan/condition.ts'
import type { Plan, Stage } from '../../src/core/plan/plan.ts'
import { type Advance, advance } from '../../src/core/ramp/advance.ts'
import type { RampState } from '../../src/core/ramp/state.ts'
import { LedgerAbove } from '../../src/daemon/daemon-ledger.ts'
import type { EngineParts } from '../../src/engine/parts.ts'
import type { Clock } from '../../src/seams/clock.ts'
import type { Append, Ledger, Recorded } from '../../src/seams/ledger.ts'
import type { FaultName } from './faults/faults.ts'
import { SECRET } from './secret.ts'

/** One way of being broken. */
export interface Mutation {
  readonly title: string
  /** What the checkers say about it. */
  readonly noticed: RegExp
  mutate(parts: EngineParts): EngineParts
  /** Faults without which it would take long until it is noticed. */
  readonly also?: readonly FaultName[]
  /** Whether the ledger fences. @default true */
  readonly fences?: boolean
}

/** All of them. */
export const MUTATIONS: readonly Mutation[] = [
  {
    title: 'enters stages before their needs are met',
    noticed: /although .* is (nowhere|gated|entered|started|provisional)/,
    mutate: deciding((stage) => ({ ...stage, needs: [] }), 'forward'),
  },
  {
    title: 'takes stages back without regard to what stands on them',
    noticed: /while .* stands on it/,
    mutate: deciding((stage) => ({ ...stage, needs: [] }), 'undoing'),
  },
  {
    title: 'takes one pass for as many as a condition asks for',
    noticed: /ready although .* was never passed/,
    mutate: deciding((stage) => ({ ...stage, conditions: stage.conditions.map(thin) }), 'forward'),
  },
  {
    title: 'enters stages past their gates',
    noticed: /entered although its gate/,
    mutate: deciding((stage) => ({ ...stage, gates: stage.gates.map(open) }), 'forward'),
  },
  {
    title: 'goes on although the ramp holds',
    noticed: /although (the ramp|it) held/,
    mutate: (parts) => ({
      ...parts,
      decide: (state, input, nowMs) => {
        const { held, ...rest } = state
        const next = advance(rest, input, nowMs)
        const kept = next.state.held ?? held
        return { ...next, state: kept === undefined ? next.state : { ...next.state, held: kept } }
      },
    }),
  },
  {
    title: 'believes answers about an earlier life of a stage',
    noticed: /answered for .*, not /,
    mutate: (parts) => ({
      ...parts,
      probes: parts.probes.map((probe) => ({
        ...probe,
        kind: probe.kind,
        ask: async (asking) => {
          const answer = await probe.ask(asking)
          const earlier = String(answer.evidence['askedOf']).replace(/\d+$/, (n) => `${+n - 1}`)
          return { ...answer, evidence: { ...answer.evidence, askedOf: earlier } }
        },
      })),
    }),
  },
  {
    title: 'runs commands a second time under a new id',
    noticed: /is run before it is recorded|over its ceiling|while .* has it/,
    mutate: (parts) => ({
      ...parts,
      actuators: parts.actuators.map((actuator) => ({
        name: actuator.name,
        run: async (order) => {
          await actuator.run(order)
          return actuator.run({ ...order, id: `${order.id}-again` })
        },
      })),
    }),
  },
  {
    title: 'runs commands before they are recorded',
    noticed: /is run before it is recorded/,
    mutate: (parts) => ({ ...parts, ledger: new Hasty(parts.ledger, parts) }),
  },
  {
    title: 'forgets to take back what a stage did',
    noticed: /was undone, but .* is left/,
    mutate: deciding(({ compensation: _, ...stage }) => stage, 'undoing'),
  },
  {
    title: 'writes secrets down',
    noticed: /a secret is in the ledger/,
    mutate: (parts) => ({
      ...parts,
      decide: (state, input, nowMs) => {
        const secret = JSON.stringify(SECRET).slice(1, -1)
        const said = JSON.stringify(input).replaceAll('[secret password]', () => secret)
        return advance(state, JSON.parse(said) as typeof input, nowMs)
      },
    }),
  },
]

type Rewrite = (stage: Stage) => Stage

const REWRITTEN = new WeakMap<Plan, Map<Rewrite, Plan>>()

/** Decides as if the plan said something else, while a ramp goes in one direction. */
function deciding(
  rewrite: Rewrite,
  direction: RampState['direction'],
): (parts: EngineParts) => EngineParts {
  return (parts) => ({
    ...parts,
    decide: (state, input, nowMs): Advance => {
      if (state.direction !== direction) return advance(state, input, nowMs)
      const next = advance({ ...state, plan: rewritten(state.plan, rewrite) }, input, nowMs)
      const commands = next.commands.filter(({ command }) => command !== undefined)
      return { ...next, commands, state: { ...next.state, plan: state.plan } }
    },
  })
}

function rewritten(plan: Plan, rewrite: Rewrite): Plan {
  const known = REWRITTEN.get(plan) ?? new Map<Rewrite, Plan>()
  REWRITTEN.set(plan, known)
  const made = known.get(rewrite) ?? {
    ...plan,
    groups: plan.groups.map(free),
    stages: plan.stages.map(rewrite),
  }
  known.set(rewrite, made)
  return made
}

function free(group: Plan['groups'][number]): Plan['groups'][number] {
  return { ...group, needs: [] }
}

function thin(condition: Condition): Condition {
  return { ...condition, consecutive: 1, holdMs: 0 }
}

function open(condition: Condition): Condition {
  return { ...condition, question: { ask: 'elapsed', ms: 0 }, holdMs: 0 }
}

/** A ledger that says that it is done before it is. */
class Hasty extends LedgerAbove {
  readonly #clock: Clock

  constructor(below: Ledger, { clock }: EngineParts) {
    super(below)
    this.#clock = clock
  }

  override append(append: Append): Promise<readonly Recorded[]> {
    if (append.after === 0) return super.append(append)
    const later = (): void => void super.append(append).catch(() => undefined)
    this.#clock.wakeAt(this.#clock.nowMs() + 40, later)
    return Promise.resolve([])
  }
}
