/**
 * The shape of a ramp's state: the members that are promised. The core may hold more; whoever reads it
 * leaves alone what is not named here.
 */
import { z } from 'zod'
import type { Plan } from '../../core/plan/plan.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { CONTRACT_REFERENCE, DIGEST, JSON_OBJECT } from './contract.ts'
import { ANSWER, CAUSE } from './entry.ts'
import { COUNT, INSTANT, promised } from './promised.ts'

const CONDITION = promised(
  'PlannedCondition',
  z.looseObject({
    name: z.string(),
    owner: z.string().exactOptional(),
    question: z.looseObject({ ask: z.enum(['probe', 'approval', 'elapsed', 'instant', 'ramp']) }),
  }),
)

const STAGE = promised(
  'PlannedStage',
  z.looseObject({
    name: z.string(),
    group: z.string().exactOptional(),
    owner: z.string().exactOptional(),
    needs: z.array(
      z.looseObject({
        stage: z.string(),
        until: z.enum(['started', 'provisional', 'ready', 'completed']),
      }),
    ),
    gates: z.array(CONDITION),
    conditions: z.array(CONDITION),
    guards: z.array(CONDITION),
    deadlineMs: COUNT,
    optional: z.boolean(),
    pivot: z.boolean(),
  }),
)

export const PLAN: z.ZodType<Plan> = promised(
  'Plan',
  z.looseObject({
    contract: CONTRACT_REFERENCE,
    goal: z.string().describe('`up`, `down`, `watch`, `forward` or `back`.'),
    groups: z.array(z.looseObject({ name: z.string() })),
    stages: z.array(STAGE),
    endless: z.boolean().exactOptional(),
  }),
)

const CONDITION_STATE = promised(
  'ConditionState',
  z.looseObject({
    askedSinceMs: INSTANT.optional(),
    attempts: COUNT,
    passes: COUNT,
    failures: COUNT,
    metAtMs: INSTANT.optional(),
    lastAnswer: ANSWER.optional(),
    lastAnsweredAtMs: INSTANT.optional(),
  }),
)

const PHASES = [
  'waiting',
  'gated',
  'entered',
  'started',
  'provisional',
  'ready',
  'completed',
  'failed',
  'undoing',
  'undone',
  'left',
] as const

const STAGE_STATE = promised(
  'StageState',
  z.looseObject({
    name: z.string(),
    phase: z.enum(PHASES),
    incarnation: COUNT,
    conditions: z
      .array(CONDITION_STATE)
      .describe('Gates, then exit conditions, then guards, as the plan has them.'),
    inEffect: z.boolean(),
    outputs: JSON_OBJECT,
    retries: COUNT,
    cause: CAUSE.optional(),
    enteredAtMs: INSTANT.optional(),
    startedAtMs: INSTANT.optional(),
    readyAtMs: INSTANT.optional(),
    failedAtMs: INSTANT.optional(),
    undoneAtMs: INSTANT.optional(),
  }),
)

const APPROVAL = promised(
  'CountedApproval',
  z.looseObject({
    stage: z.string(),
    condition: z.string(),
    by: z.string(),
    approves: z.boolean(),
    atMs: INSTANT,
  }),
)

export const RAMP_STATE: z.ZodType<RampState> = promised(
  'RampState',
  z.looseObject({
    ramp: z.string(),
    plan: PLAN,
    planDigest: DIGEST,
    by: z.string().describe('Who proposed it.'),
    openedAtMs: INSTANT,
    sequence: COUNT.describe('The sequence of the last entry folded in.'),
    latestMs: INSTANT,
    direction: z.enum(['forward', 'undoing']),
    held: CAUSE.optional(),
    undoCause: CAUSE.optional(),
    ended: z
      .looseObject({
        outcome: z.enum(['reached', 'undone', 'abandoned']),
        cause: CAUSE.optional(),
        atMs: INSTANT,
      })
      .optional(),
    stages: z.array(STAGE_STATE).describe("In the plan's order."),
    approvals: z.array(APPROVAL),
  }),
)
