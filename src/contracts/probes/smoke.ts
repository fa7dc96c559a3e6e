/** The input of the `smoke` probe: a journey of HTTP steps, written as a list or with how often. */
import { z } from 'zod'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { httpMembers, httpUrl, isJsonAgreed, JSON_DISAGREES } from './http-words.ts'
import { patternText } from './pattern.ts'
import { templated, textThat } from './template.ts'

const PLACEHOLDER = /(?<!\$)\{([A-Za-z_]\w*)\}/g

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

const journey = {
  steps: z.array(step).min(1).max(50),
  cleanup: z
    .array(step)
    .min(1)
    .max(20)
    .exactOptional()
    .describe('Steps at the end of every run, also of a failed one, as far as they can be taken.'),
}

const listed = z.array(step).min(1).max(50)

/** Reads as `{ steps }` when written as a list, else as the object itself. */
export const smokeInput: z.ZodType<JsonObject> = z
  .union([
    listed.transform((steps) => ({ steps })),
    z.strictObject({
      ...journey,
      times: templated(z.int().min(1).max(100))
        .exactOptional()
        .describe('How many runs in a row must be good within one asking.')
        .meta({ default: 1 }),
      retries: templated(z.int().min(0).max(20))
        .exactOptional()
        .describe('How many failed runs one asking may follow by another; each is evidence.')
        .meta({ default: 0 }),
    }),
  ])
  .superRefine((read, context) => {
    const cleanup = 'cleanup' in read ? (read.cleanup ?? []) : []
    const all = [...read.steps, ...cleanup]
    const known = new Set(['run'])
    const names = new Set<string>()
    for (const one of all) {
      const mistake = findMistake(one, known, names)
      if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake })
      names.add(one.name)
      for (const name of Object.keys(one.capture ?? {})) known.add(name)
    }
  }) as unknown as z.ZodType<JsonObject>

function findMistake(
  { name, url, headers }: Step,
  known: ReadonlySet<string>,
  names: ReadonlySet<string>,
): string | undefined {
  if (names.has(name)) return `another name than ${JSON.stringify(name)}, which is taken`
  const texts = [url, ...Object.values((headers ?? {}) as Readonly<Record<string, string>>)]
  const used = texts.flatMap((text) => [...text.matchAll(PLACEHOLDER)].map(([, use = '']) => use))
  const unknown = used.find((use) => !known.has(use))
  if (unknown !== undefined) {
    const choice = [...known].join(', ')
    return `a value that a step before ${JSON.stringify(name)} captures, not {${unknown}}; there is ${choice}`
  }
  const authority = /^https?:\/\/[^/?#]*/i.exec(url)?.[0] ?? ''
  if (authority.search(PLACEHOLDER) === -1) return undefined
  return `a host that is not captured: what is sent must not go where an answer says (${JSON.stringify(name)})`
}
