/**
 * The record of one start, kept as `instance.json` in its folder. It is written before the process
 * is spawned, so that whoever finds the folder knows what was meant. Never holds the component's
 * variables or command: they may be secret. What happened since is told by the wrapper's own files
 * (`pid`, `exit`) and by `ended.json`.
 */
import { z } from 'zod'
import type { PortProtocols } from '../../core/port/port-protocols.ts'

/** How a component is asked to end. */
export interface StopPolicy {
  readonly signal: string
  /** How long it may take before it is killed. @unit ms */
  readonly graceMs: number
  /** Run before the signal is sent. */
  readonly command?: readonly string[] | undefined
}

/** What was meant by one start. */
export interface InstanceRecord {
  readonly recordVersion: 1
  readonly instance: string
  readonly subject: string
  readonly number: number
  /** The order that asked for this start. */
  readonly order: string
  readonly fence: number
  /** Digest of the component's definition: another one is another component. */
  readonly digest: string
  readonly oneShot: boolean
  /** Which of several that run side by side it is; absent: it was the only one, or is the first. */
  readonly copy?: number | undefined
  readonly cwd: string
  readonly ports: Readonly<Record<string, number>>
  /** Of those of its ports that are not of TCP; absent: all are. */
  readonly protocols?: PortProtocols | undefined
  /** Those of its ports whose sockets it inherits; absent: none. */
  readonly inherited?: readonly string[] | undefined
  /** Where it listens, when its contract names that. */
  readonly host?: string | undefined
  readonly stop: StopPolicy
  /** Whether it was given a NOTIFY_SOCKET. */
  readonly notify?: boolean | undefined
  readonly workspace: string
  readonly bootId: string
  readonly startedAtMs: number
}

/** How an instance ended. */
export interface Ended {
  readonly status: 'exited' | 'lost'
  readonly code?: number | undefined
  readonly signal?: string | undefined
  readonly endedAtMs: number
}

const RECORD: z.ZodType<InstanceRecord> = z.object({
  recordVersion: z.literal(1),
  instance: z.string(),
  subject: z.string(),
  number: z.number().int().positive(),
  order: z.string(),
  fence: z.number().int(),
  digest: z.string(),
  oneShot: z.boolean(),
  copy: z.number().int().min(1).optional(),
  cwd: z.string(),
  ports: z.record(z.string(), z.number().int()),
  protocols: z.record(z.string(), z.enum(['tcp', 'udp'])).optional(),
  inherited: z.array(z.string()).optional(),
  host: z.string().optional(),
  stop: z.object({
    signal: z.string(),
    graceMs: z.number().int().min(0),
    command: z.array(z.string()).min(1).optional(),
  }),
  notify: z.boolean().optional(),
  workspace: z.string(),
  bootId: z.string(),
  startedAtMs: z.number().int(),
})

const ENDED: z.ZodType<Ended> = z.object({
  status: z.enum(['exited', 'lost']),
  code: z.number().int().optional(),
  signal: z.string().optional(),
  endedAtMs: z.number().int(),
})

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
