/** The inputs of the operations `start` and `stop`, parsed; what is wrong becomes an answer. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { STOP_POLICY } from './record.ts'

const SIGNALS = ['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'ALRM', 'WINCH', 'KILL'] as const
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

const noNul = (text: string): boolean => !text.includes('\0')
const word = z.string().refine(noNul, 'must not contain a NUL character')
const variable = z.string().regex(VARIABLE, 'a variable is letters, digits and _, no digit first')
const subject = z.string().min(1).max(200)

const stop = STOP_POLICY.extend({
  signal: z
    .string()
    .default('SIGTERM')
    .refine((name) => SIGNALS.some((known) => name === `SIG${known}`), {
      error: `a stop signal is one of ${SIGNALS.map((name) => `SIG${name}`).join(', ')}`,
    }),
})

const START = z.object({
  subject,
  command: z.array(word).min(1),
  cwd: z.string().startsWith('/', 'must be an absolute path'),
  env: z.record(variable, word).default({}),
  inherit: z.array(variable).default([]),
  ports: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/), z.object({})).default({}),
  oneShot: z.boolean().default(false),
  digest: z.string().min(1),
  stop: stop.prefault({}),
})

const STOP = z.object({
  subject,
  stop: stop.prefault({}),
  onlyStartedByRamp: z.string().optional(),
})

/** What `start` is asked to do. */
export type StartInput = Readonly<z.infer<typeof START>>

/** What `stop` is asked to do. */
export type StopInput = Readonly<z.infer<typeof STOP>>

/** An input that was understood, or a sentence naming everything that was not. */
export type Parsed<Input> =
  | { readonly input: Input; readonly problem?: never }
  | { readonly input?: never; readonly problem: string }

/** Parses the input of `start`. */
export function parseStartInput(input: JsonObject): Parsed<StartInput> {
  return parsed(START.safeParse(input))
}

/** Parses the input of `stop`. */
export function parseStopInput(input: JsonObject): Parsed<StopInput> {
  return parsed(STOP.safeParse(input))
}

function parsed<Input>(result: z.ZodSafeParseResult<Input>): Parsed<Input> {
  if (result.success) return { input: result.data }
  // The values are left out: they may be secret.
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  return { problem: problems.join('; ') }
}
