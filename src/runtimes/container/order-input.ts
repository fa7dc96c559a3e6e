/** The inputs of the operations `start`, `stop` and `look`, parsed; what is wrong becomes an answer. */
import { z } from 'zod'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import { digestOf } from '../../core/units/digest.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { type ParsedInput, parsed } from '../subject/parsed-input.ts'
import type { StopPolicy } from './record.ts'

const SIGNAL = /^SIG[A-Z0-9+-]{2,10}$/
const PORT_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/
const NETWORK = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/

/** A folder or file of this machine, seen inside. */
export interface Mount {
  /** Absolute. */
  readonly source: string
  /** Absolute, inside. */
  readonly target: string
  readonly access: 'read' | 'write'
}

/** A port that is published. */
export interface PublishedPort {
  readonly container?: number | undefined
  /** @default tcp */
  readonly protocol?: PortProtocol | undefined
}

/** What `start` is asked to do. */
export interface StartInput {
  readonly subject: string
  readonly image: string
  /** Whether an image may be named by tag alone. */
  readonly allowTag: boolean
  /** `missing`: fetched when the engine does not have it. */
  readonly pull: 'missing' | 'never'
  readonly entrypoint?: readonly string[] | undefined
  readonly command?: readonly string[] | undefined
  /** Folder to run in, inside. */
  readonly cwd?: string | undefined
  readonly user?: string | undefined
  readonly env: Readonly<Record<string, string>>
  readonly inherit: readonly string[]
  /** By name; `container` is where the program listens inside, the same as outside when absent. */
  readonly ports: Readonly<Record<string, PublishedPort>>
  /** `host` and `none` stand alone; others are made for the workspace when they are not there. */
  readonly networks: readonly string[]
  readonly mounts: readonly Mount[]
  readonly oneShot: boolean
  readonly digest: string
  readonly stop: StopPolicy
}

/** What `stop` is asked to do. */
export interface StopInput {
  readonly subject: string
  readonly stop: StopPolicy
  /** Leaves alone what another ramp has started. */
  readonly onlyStartedByRamp?: string | undefined
}

/** What `look` is asked to find. */
export interface LookInput {
  readonly subject: string
  /** Sent to the container's first process when it runs. */
  readonly signal?: string | undefined
  /** Whether not running is a failure. */
  readonly mustRun?: boolean | undefined
}

const WORD: z.ZodType<string> = z
  .string()
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character')
const NAME: z.ZodString = z
  .string()
  .regex(VARIABLE, 'a variable is letters, digits and _, no digit first')
const SUBJECT: z.ZodString = z.string().min(1).max(200)
const ABSOLUTE: z.ZodString = z.string().startsWith('/', 'must be an absolute path')
const SIGNAL_NAME: z.ZodString = z.string().regex(SIGNAL, 'a signal is named like SIGTERM')

const POLICY: z.ZodType<StopPolicy> = z
  .strictObject({
    signal: SIGNAL_NAME.default('SIGTERM'),
    graceMs: z.number().int().min(0).default(10_000),
  })
  .prefault({})

const START: z.ZodType<StartInput> = z.object({
  subject: SUBJECT,
  image: z.string().min(1),
  allowTag: z.boolean().default(false),
  pull: z.enum(['missing', 'never']).default('missing'),
  entrypoint: z.array(WORD).min(1).optional(),
  command: z.array(WORD).optional(),
  cwd: ABSOLUTE.optional(),
  user: z.string().min(1).optional(),
  env: z.record(NAME, WORD).default({}),
  inherit: z.array(NAME).default([]),
  ports: z
    .record(
      z.string().regex(PORT_NAME),
      z.strictObject({
        container: z.number().int().min(1).max(65_535).optional(),
        protocol: z.enum(['tcp', 'udp']).optional(),
      }),
    )
    .default({}),
  networks: z
    .array(z.string().regex(NETWORK, 'a network is named by letters, digits, _, . and -'))
    .default([])
    .refine(standAlone, 'host and none stand alone'),
  mounts: z
    .array(
      z.strictObject({
        source: ABSOLUTE,
        target: ABSOLUTE,
        access: z.enum(['read', 'write']).default('read'),
      }),
    )
    .default([]),
  oneShot: z.boolean().default(false),
  digest: z.string().min(1),
  stop: POLICY,
})

const STOP: z.ZodType<StopInput> = z.object({
  subject: SUBJECT,
  stop: POLICY,
  onlyStartedByRamp: z.string().optional(),
})

const LOOK: z.ZodType<LookInput> = z.object({
  subject: SUBJECT,
  signal: SIGNAL_NAME.optional(),
  mustRun: z.boolean().optional(),
})

/**
 * Parses the input of `start`. Its digest becomes one over what is really run, every template
 * resolved, so that a running container is kept only if nothing it was started with has changed.
 */
export function parseStartInput(input: JsonObject): ParsedInput<StartInput> {
  const start = parsed(START.safeParse(input))
  if (start.input === undefined) return start
  const { digest: definition, image, command = null, env } = start.input
  return { input: { ...start.input, digest: digestOf({ definition, image, command, env }) } }
}

/** Parses the input of `stop`. */
export function parseStopInput(input: JsonObject): ParsedInput<StopInput> {
  return parsed(STOP.safeParse(input))
}

/** Parses the input of `look`. */
export function parseLookInput(input: JsonObject): ParsedInput<LookInput> {
  return parsed(LOOK.safeParse(input))
}

function standAlone(networks: readonly string[]): boolean {
  const alone = networks.includes('host') || networks.includes('none')
  return !alone || networks.length === 1
}
