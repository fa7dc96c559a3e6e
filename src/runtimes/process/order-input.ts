/** The inputs of the operations `start`, `stop` and `look`, parsed; what is wrong becomes an answer. */
import { z } from 'zod'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import { digestOf } from '../../core/units/digest.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { type ParsedInput, parsed } from '../subject/parsed-input.ts'
import type { StopPolicy } from './record.ts'

const SIGNALS = ['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'ALRM', 'WINCH', 'KILL'] as const
const PORT_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** What `start` is asked to do. */
export interface StartInput {
  readonly subject: string
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly inherit: readonly string[]
  /** By name; how it is given each. */
  readonly ports: Readonly<Record<string, PortGiving>>
  /** The machine's address that they are listened on. @default 127.0.0.1 */
  readonly host?: string | undefined
  readonly oneShot: boolean
  /** Whether what runs, and should not any more, goes on beside it until it is stopped. */
  readonly beside: boolean
  /** Which of several starts that run side by side it is; absent: the only one. */
  readonly copy?: number | undefined
  readonly digest: string
  readonly stop: StopPolicy
  /** Present: it is given a NOTIFY_SOCKET, and what it says there is kept. */
  readonly notify?: NotifyWish | undefined
}

/** How a component is given a port. Without any of these it is told the number of one of TCP. */
export interface PortGiving {
  readonly protocol?: PortProtocol | undefined
  /** It inherits the listening sockets. */
  readonly inherit?: boolean | undefined
  /** With `inherit`: starts that run beside it accept on the same ones. */
  readonly share?: boolean | undefined
}

/** How a component is to speak of itself. */
export interface NotifyWish {
  /** Given as WATCHDOG_USEC. @unit ms */
  readonly watchdogMs?: number | undefined
}

/** What `stop` is asked to do. */
export interface StopInput {
  readonly subject: string
  readonly stop: StopPolicy
  /** Leaves alone what another ramp has started. */
  readonly onlyStartedByRamp?: string | undefined
  /** Ends this copy alone. */
  readonly copy?: number | undefined
  /** Leaves these instances alone; ends nothing unless all of them run. */
  readonly except?: readonly string[] | undefined
  /** Leaves it alone where the same ramp has asked the one before it to end, and nobody else serves. */
  readonly unlessGaveWay: boolean
  /** Its grace is what a Ports contract in force gives to who gives way, where one says that. */
  readonly graceAsRuled: boolean
}

/** What `look` is asked to do. */
export interface LookInput {
  readonly subject: string
  /** Looks for this copy; absent: for the latest start. */
  readonly copy?: number | undefined
  /** Whether it is a failure that nothing runs. @default false */
  readonly mustRun?: boolean | undefined
  /** Sent to the component's own process. */
  readonly signal?: NodeJS.Signals | undefined
}

const WORD: z.ZodType<string> = z
  .string()
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character')
const NAME: z.ZodString = z
  .string()
  .regex(VARIABLE, 'a variable is letters, digits and _, no digit first')
const SUBJECT: z.ZodString = z.string().min(1).max(200)
const COPY: z.ZodOptional<z.ZodInt> = z.int().min(1).optional()

const SIGNAL: z.ZodString = z
  .string()
  .refine((name) => SIGNALS.some((known) => name === `SIG${known}`), {
    error: `a stop signal is one of ${SIGNALS.map((name) => `SIG${name}`).join(', ')}`,
  })

const POLICY: z.ZodType<StopPolicy> = z
  .object({
    signal: SIGNAL.default('SIGTERM'),
    graceMs: z.number().int().min(0).default(10_000),
    command: z.array(WORD).min(1).optional(),
  })
  .prefault({})

const START: z.ZodType<StartInput> = z.object({
  subject: SUBJECT,
  command: z.array(WORD).min(1),
  cwd: z.string().startsWith('/', 'must be an absolute path'),
  env: z.record(NAME, WORD).default({}),
  inherit: z.array(NAME).default([]),
  ports: z
    .record(
      z.string().regex(PORT_NAME),
      z.object({
        protocol: z.enum(['tcp', 'udp']).optional(),
        inherit: z.boolean().optional(),
        share: z.boolean().optional(),
      }),
    )
    .default({}),
  host: z.union([z.ipv4(), z.ipv6()]).optional(),
  oneShot: z.boolean().default(false),
  beside: z.boolean().default(false),
  copy: COPY,
  digest: z.string().min(1),
  stop: POLICY,
  notify: z.object({ watchdogMs: z.number().int().positive().optional() }).optional(),
})

const STOP: z.ZodType<StopInput> = z.object({
  subject: SUBJECT,
  stop: POLICY,
  onlyStartedByRamp: z.string().optional(),
  copy: COPY,
  except: z.union([z.array(z.string()).min(1), z.string().transform((one) => [one])]).optional(),
  unlessGaveWay: z.boolean().default(false),
  graceAsRuled: z.boolean().default(false),
})

const LOOK: z.ZodType<LookInput> = z.object({
  subject: SUBJECT,
  copy: COPY,
  mustRun: z.boolean().optional(),
  signal: SIGNAL.transform((name) => name as NodeJS.Signals).optional(),
})

/**
 * Parses the input of `start`. Its digest becomes one over what is really run, every template
 * resolved, so that a running instance is kept only if nothing it was started with has changed.
 */
export function parseStartInput(input: JsonObject): ParsedInput<StartInput> {
  const start = parsed(START.safeParse(input))
  if (start.input === undefined) return start
  const { digest: definition, command, cwd, env } = start.input
  return { input: { ...start.input, digest: digestOf({ definition, command, cwd, env }) } }
}

/** Parses the input of `stop`. */
export function parseStopInput(input: JsonObject): ParsedInput<StopInput> {
  return parsed(STOP.safeParse(input))
}

/** Parses the input of `look`. */
export function parseLookInput(input: JsonObject): ParsedInput<LookInput> {
  return parsed(LOOK.safeParse(input))
}
