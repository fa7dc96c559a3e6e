/**
 * The record of one start, kept as `instance.json` in its folder. It is written before the process is
 * spawned, so that whoever finds the folder knows what was meant. Never holds the component's
 * variables or command: they may be secret. What happened since is told by the wrapper's own files
 * (`pid`, `exit`) and by `ended.json`.
 */
import { z } from 'zod'

/** How a component is asked to end. */
const STOP = z.object({
  signal: z.string().default('SIGTERM'),
  graceMs: z.number().int().min(0).default(10_000),
  command: z.array(z.string()).min(1).optional(),
})

const RECORD = z.object({
  recordVersion: z.literal(1),
  instance: z.string(),
  subject: z.string(),
  number: z.number().int().positive(),
  /** The order that asked for this start. */
  order: z.string(),
  fence: z.number().int(),
  /** Digest of the component's definition: another one is another component. */
  digest: z.string(),
  oneShot: z.boolean(),
  cwd: z.string(),
  ports: z.record(z.string(), z.number().int()),
  stop: STOP,
  workspace: z.string(),
  bootId: z.string(),
  startedAtMs: z.number().int(),
})

const ENDED = z.object({
  status: z.enum(['exited', 'lost']),
  code: z.number().int().optional(),
  signal: z.string().optional(),
  endedAtMs: z.number().int(),
})

/** How a component is asked to end. */
export type StopPolicy = z.infer<typeof STOP>

/** What was meant by one start. */
export type InstanceRecord = Readonly<z.infer<typeof RECORD>>

/** How an instance ended. */
export type Ended = Readonly<z.infer<typeof ENDED>>

/** The shape of a stop policy within other shapes. */
export const STOP_POLICY: typeof STOP = STOP

/** The record in a text; undefined when the text is not one. */
export function parseRecord(text: string): InstanceRecord | undefined {
  return RECORD.safeParse(parseJson(text)).data
}

/** The end in a text; undefined when the text is not one. */
export function parseEnded(text: string): Ended | undefined {
  return ENDED.safeParse(parseJson(text)).data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Torn by a loss of power: the same as no record at all, and the caller says so.
    return undefined
  }
}
