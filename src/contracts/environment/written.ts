/**
 * An environment as it is written: the shape of the document, with a sentence for every key. What a
 * shape alone cannot say (needs that exist, references that resolve) is checked elsewhere.
 */
import * as z from 'zod'
import { API_VERSION } from '../contract.ts'
import { type Metadata, metadataSchema } from '../document/metadata.ts'
import { durationMs, keyText, nameText } from '../document/word-schemas.ts'
import { COPIES_MAX } from './copies.ts'
import { type WrittenAgreement, writtenAgreement } from './written-agreement.ts'
import { BREACH_POLICIES, type WrittenCondition, writtenCondition } from './written-condition.ts'
import { type WrittenDrain, writtenDrain } from './written-drain.ts'
import { type WrittenGate, writtenGate } from './written-gate.ts'
import { type WrittenRegion, writtenRegions } from './written-region.ts'
import { type WrittenRoll, writtenRoll } from './written-roll.ts'
import { type WrittenRun, type WrittenStop, writtenRun, writtenStop } from './written-run.ts'
import { type WrittenTarget, writtenTargets } from './written-target.ts'
import { type WrittenUse, writtenUse } from './written-use.ts'
import { type WrittenWatch, writtenWatch } from './written-watch.ts'

/** How far a needed component must have come. */
export type WrittenUntil = 'started' | 'provisional' | 'ready' | 'completed'

/** What a breach does to the ramp. */
export type WrittenBreachPolicy = 'hold' | 'abort' | 'undo' | 'undoRegion' | 'ignore'

/** One entry of `needs`: a name, or one name with how far it must have come, and `drain`. */
export type WrittenNeed = string | Readonly<Record<string, WrittenUntil | boolean>>

/** A value from outside. */
export interface WrittenSetting {
  readonly from?: string
  readonly default?: string | number | boolean
  readonly secret?: boolean
  readonly description?: string
}

/** A component. */
export interface WrittenComponent {
  readonly owner?: string
  readonly description?: string
  readonly regions?: readonly string[]
  readonly needs?: readonly WrittenNeed[]
  readonly gates?: readonly WrittenGate[]
  readonly use?: WrittenUse
  readonly run?: WrittenRun
  readonly ready?: readonly WrittenCondition[]
  readonly deadline?: number
  readonly onBreach?: WrittenBreachPolicy
  readonly retry?: { readonly limit: number; readonly backoff?: number }
  readonly drain?: WrittenDrain
  readonly roll?: WrittenRoll
  readonly copies?: number
  readonly stop?: WrittenStop
  readonly optional?: boolean
}

/** The whole document. */
export interface WrittenEnvironment {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly spec: {
    readonly settings?: Readonly<Record<string, WrittenSetting>>
    readonly regions?: Readonly<Record<string, WrittenRegion>>
    readonly components: Readonly<Record<string, WrittenComponent>>
    readonly agree?: readonly WrittenAgreement[]
    readonly watch?: WrittenWatch
    readonly targets?: Readonly<Record<string, WrittenTarget>>
  }
}

const UNTIL = ['started', 'provisional', 'ready', 'completed'] as const

const needName = z
  .string()
  .regex(/^[a-z0-9-]+(?:\/[a-z0-9-]+)?$/, 'a component, such as db, or one of a region, as eu/db')

const need: z.ZodType<WrittenNeed> = z.union([
  needName.describe('A component that must be ready, of this region or, as `eu/db`, of another.'),
  z
    .object({
      drain: z
        .boolean()
        .exactOptional()
        .describe('Whether, on the way down, it is stopped only once this component is gone.'),
    })
    .catchall(z.enum(UNTIL))
    .refine(
      (entry) => Object.keys(entry).filter((key) => key !== 'drain').length === 1,
      'one component, such as { db: completed }',
    )
    .describe('A component and how far it must have come.'),
])

const setting = z
  .strictObject({
    from: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable, such as SHOP_DB_PASSWORD')
      .exactOptional()
      .describe('Variable of the calling process that holds the value.'),
    default: z
      .union([z.string(), z.int(), z.boolean()])
      .exactOptional()
      .describe('Value when the variable is not set.'),
    secret: z
      .boolean()
      .exactOptional()
      .describe('Whether the value is kept out of the ledger, logs and evidence.')
      .meta({ default: false }),
    description: z.string().exactOptional().describe('What it is for.'),
  })
  .superRefine((written, context) => {
    if (written.from !== undefined || written.default !== undefined) return
    const expected = 'a key "from", a key "default", or both'
    const message = `this setting has no source; give it ${expected}`
    context.addIssue({ code: 'custom', message: expected, params: { message } })
  })

const component: z.ZodType<WrittenComponent> = z.strictObject({
  owner: z.string().min(1).exactOptional().describe('Who to talk to about it.'),
  description: z.string().exactOptional().describe('What it does, in a sentence.'),
  regions: z
    .array(nameText)
    .min(1)
    .exactOptional()
    .describe('The regions it is part of; by default all of them.'),
  needs: z
    .array(need, { error: 'a list, such as [db] or [{ db: completed }]' })
    .exactOptional()
    .describe('Components that must have come so far before this one is entered.'),
  gates: z
    .array(writtenGate, { error: 'a list, such as [{ approval: { from: approver } }]' })
    .exactOptional()
    .describe('What must be true before it is entered, besides its needs.'),
  use: writtenUse
    .exactOptional()
    .describe('Another contract, in one revision; its components become part of this one.'),
  run: writtenRun.exactOptional().describe('What to run; absent: the component is proof alone.'),
  ready: z
    .array(writtenCondition)
    .exactOptional()
    .describe('What must be proved before it counts as ready, each with exactly one probe.'),
  deadline: durationMs(1)
    .exactOptional()
    .describe('From entering it to ready.')
    .meta({ default: '1m' }),
  onBreach: z
    .enum(BREACH_POLICIES)
    .exactOptional()
    .describe('What a failure or a broken promise of it does to the ramp.')
    .meta({ default: 'undo' }),
  retry: z
    .strictObject({
      limit: z.int().min(0).max(100).describe('How often it is undone and tried again.'),
      backoff: durationMs().exactOptional().describe('Pause before the first retry; then doubled.'),
    })
    .exactOptional()
    .describe('What happens before a failure counts.'),
  drain: writtenDrain
    .exactOptional()
    .describe('How it is emptied before it is stopped; what it needs stays until then.'),
  roll: writtenRoll
    .exactOptional()
    .describe(
      'How it is replaced without a gap when it has changed; absent: stopped, then started.',
    ),
  copies: z
    .int()
    .min(1)
    .max(COPIES_MAX)
    .exactOptional()
    .describe('How many of it serve side by side behind its front; more than one needs `roll`.')
    .meta({ default: 1 }),
  stop: writtenStop.exactOptional().describe('How it is asked to end.'),
  optional: z
    .boolean()
    .exactOptional()
    .describe('Whether the ramp goes on without it when it fails.')
    .meta({ default: false }),
})

/** The schema of the whole document. */
export const writtenEnvironment: z.ZodType<WrittenEnvironment> = z
  .strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Environment'),
    metadata: metadataSchema,
    spec: z.strictObject({
      settings: z
        .record(keyText, setting, {
          error: 'a mapping from the name of each setting to its source',
        })
        .exactOptional()
        .describe('Values from outside, read as settings.<name> in expressions.'),
      regions: writtenRegions
        .exactOptional()
        .describe('Where the components are run, each region with all of them.'),
      components: z
        .record(nameText, component, {
          error: 'a mapping from the name of each component to what it is',
        })
        .refine((all) => Object.keys(all).length > 0, 'at least one component')
        .describe('What the environment is made of, by name.'),
      agree: z
        .array(writtenAgreement)
        .exactOptional()
        .describe('What must hold across regions once all of them are ready.'),
      watch: writtenWatch
        .exactOptional()
        .describe('How all of it is watched once it is ready, or false.')
        .meta({ default: { every: '10s', onBreach: 'record' } }),
      targets: writtenTargets
        .exactOptional()
        .describe('For whom the same environment is run, and what is different there.'),
    }),
  })
  .describe('Components, and the order in which they come up and go down, each on proof.')
