/** One entry of `ready`, as it is written: exactly one probe, and how firmly it must pass. */
import * as z from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { listWords } from '../document/describe-value.ts'
import { durationMs, nameText } from '../document/word-schemas.ts'
import { PROBE_NAMES, type ProbeName, probeInputs } from '../probes/index.ts'

/** How often a probe asks. */
export interface WrittenCadence {
  readonly first?: number
  readonly most?: number
  readonly watch?: number
}

/** What a failure or a breach may lead to. */
export const BREACH_POLICIES = ['hold', 'abort', 'undo', 'undoRegion', 'ignore'] as const

/** One condition. The probe stands under its own name. */
export type WrittenCondition = {
  readonly name?: string
  readonly owner?: string
  readonly when?: string
  readonly consecutive?: number
  readonly holdFor?: number
  readonly deadline?: number
  readonly timeout?: number
  readonly every?: number | WrittenCadence
  readonly onBreach?: (typeof BREACH_POLICIES)[number]
  readonly watch?: 'none' | 'current' | 'ramp'
  readonly tolerate?: { readonly failures?: number; readonly for?: number }
} & { readonly [Name in ProbeName]?: JsonObject }

/** The probes that an entry names. */
export function probesOf(condition: WrittenCondition): readonly ProbeName[] {
  return PROBE_NAMES.filter((name) => condition[name] !== undefined)
}

const cadence = z.strictObject({
  first: durationMs(1).exactOptional().describe('Pause before the second attempt.'),
  most: durationMs(1).exactOptional().describe('Longest pause while it is not met.'),
  watch: durationMs(1).exactOptional().describe('Pause while it is met and watched.'),
})

const firmness = {
  name: nameText.exactOptional().describe("How it is called; by default the probe's name."),
  owner: z
    .string()
    .min(1)
    .exactOptional()
    .describe('Who to talk to about it; by default the owner of its component.'),
  when: z
    .string()
    .min(1)
    .exactOptional()
    .describe('CEL over evidence that must also be true, for example evidence.status == 200.'),
  consecutive: z
    .int()
    .min(1)
    .max(10_000)
    .exactOptional()
    .describe('How many passes in a row are needed.')
    .meta({ default: 1 }),
  holdFor: durationMs()
    .exactOptional()
    .describe('How long it must have been passing without a break.')
    .meta({ default: '0ms' }),
  deadline: durationMs(1)
    .exactOptional()
    .describe("When it must be met; by default the component's deadline alone."),
  timeout: durationMs(1)
    .exactOptional()
    .describe('How long one attempt may take; from 1s to 10s by default, as its page says.'),
  every: z
    .union([durationMs(1), cadence])
    .exactOptional()
    .describe('How often to ask: one pause for all, or first, most and watch.')
    .meta({ default: { first: '5ms', most: '100ms', watch: '1s' } }),
  onBreach: z
    .enum(BREACH_POLICIES)
    .exactOptional()
    .describe("What a failure of it does; by default the component's onBreach."),
  watch: z
    .enum(['none', 'current', 'ramp'])
    .exactOptional()
    .describe('How long it goes on being asked once it was met.')
    .meta({ default: 'ramp' }),
  tolerate: z
    .strictObject({
      failures: z.int().min(0).max(10_000).exactOptional(),
      for: durationMs().exactOptional(),
    })
    .exactOptional()
    .describe('How much failing is forgiven once it was met.')
    .meta({ default: { failures: 0, for: '0ms' } }),
}

/** What may be written of any condition: every probe under its own name, and how firmly it must pass. */
export const conditionShape: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(PROBE_NAMES.map((name) => [name, describeProbe(name)])),
  ...firmness,
}

/** The schema of one entry of `ready`. */
export const writtenCondition: z.ZodType<WrittenCondition> = z
  .strictObject(conditionShape)
  .superRefine((raw, context) => {
    const probes = probesOf(raw as WrittenCondition)
    if (probes.length === 1) return
    const kinds = listWords(PROBE_NAMES)
    const message =
      probes.length === 0
        ? `this condition asks nothing; give it one probe: ${kinds}`
        : `one condition asks one thing; ${listWords(probes, 'and')} are conditions of their own`
    context.addIssue({ code: 'custom', message: `one of ${kinds}`, params: { message } })
  })
  .meta({
    oneOf: PROBE_NAMES.map((name) => ({ required: [name] })),
  }) as unknown as z.ZodType<WrittenCondition>

function describeProbe(name: ProbeName): z.ZodExactOptional<z.ZodType<JsonObject>> {
  const { schema, summary } = probeInputs[name]
  return schema.exactOptional().describe(summary)
}
