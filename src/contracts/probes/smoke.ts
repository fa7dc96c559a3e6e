/** The input of the `smoke` probe: a journey of HTTP steps, written as a list or with how often. */
import { z } from 'zod'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { httpMembers, httpUrl, isJsonAgreed, JSON_DISAGREES } from './http-words.ts'
import { patternText } from './pattern.ts'
import { findJourneyMistakes, type JourneyStep } from './smoke-journey.ts'
import { templated, textThat } from './template.ts'

const from = textThat(
  (text) => /^(?:json(?:\.[^\s.]+)+|header\.[!#$%&'*+.^_`|~0-9A-Za-z-]+|body)$/.test(text),
  'where the value stands: json.order.id, header.location or body',
)

const captured = z.union([
  from.transform((text): JsonObject => ({ from: text })),
  z.strictObject({
    from,
    pattern: patternText.describe('Its first group is the value; without one, all that matches.'),
  }),
])

const captureName = z
  .string()
  .regex(/^(?!run$)[A-Za-z_]\w*$/, 'a name such as orderId; `run` is the name of the run itself')

const step = z
  .strictObject({
    name: z.string().min(1).max(80),
    url: httpUrl.describe('Where to ask. {name} stands for what an earlier step captured.'),
    ...httpMembers,
    send: z
      .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
      .transform((sent) => sent as Json)
      .exactOptional()
      .describe('Body to send: a text, or what is sent as JSON.'),
    capture: z
      .record(captureName, captured)
      .exactOptional()
      .describe('Values to keep for later steps, and where they stand in the answer.'),
    within: durationMs(1)
      .exactOptional()
      .describe('Repeat the step until its answer is as expected, for so long at most.'),
  })
  .refine(isJsonAgreed, JSON_DISAGREES)

type Step = z.infer<typeof step>

const steps = z.array(step).min(1).max(50)

const journey = z.strictObject({
  steps,
  cleanup: z
    .array(step)
    .min(1)
    .max(20)
    .exactOptional()
    .describe('Steps at the end of every run, also of a failed one, as far as they can be taken.'),
  times: templated(z.int().min(1).max(100))
    .exactOptional()
    .describe('How many runs in a row must be good within one asking.')
    .meta({ default: 1 }),
  retries: templated(z.int().min(0).max(20))
    .exactOptional()
    .describe('How many failed runs one asking may follow by another; each is evidence.')
    .meta({ default: 0 }),
})

/** Reads as `{ steps }` when written as a list, else as the object itself. */
export const smokeInput: z.ZodType<JsonObject> = z
  .union([steps, journey])
  .superRefine((read, context) => {
    const all = Array.isArray(read)
      ? placed(read, [])
      : [...placed(read.steps, ['steps']), ...placed(read.cleanup ?? [], ['cleanup'])]
    for (const { path, message, nearest } of findJourneyMistakes(all)) {
      const params = { message, nearest }
      context.addIssue({ code: 'custom', path: [...path], message, params })
    }
  })
  .transform((read): JsonObject => {
    const written = Array.isArray(read) ? { steps: read } : read
    return written as unknown as JsonObject
  })

function placed(list: readonly Step[], path: readonly (string | number)[]): readonly JourneyStep[] {
  return list.map(({ name, url, headers, capture }, index) => ({
    path: [...path, index],
    name,
    url,
    headers: (headers ?? {}) as Readonly<Record<string, string>>,
    captures: Object.keys(capture ?? {}),
  }))
}
