/**
 * The record of one start. It is kept as `instance.json` before anything is asked of the engine, and
 * again as a label of the container, so that either gives the other back. Holds neither variables
 * nor the command: they may be secret.
 */
import { z } from 'zod'
import type { PortProtocols } from '../../core/port/port-protocols.ts'

/** How a component is asked to end. */
export interface StopPolicy {
  readonly signal: string
  /** How long it may take before it is killed. @unit ms */
  readonly graceMs: number
}

/** Where it listens, as seen by one side. */
export interface Listening {
  readonly host: string
  readonly ports: Readonly<Record<string, number>>
}

/** What was meant by one start. */
export interface ContainerRecord {
  readonly recordVersion: 1
  /** `shop/api#c1`: never the name of a process's start. */
  readonly instance: string
  readonly subject: string
  readonly number: number
  /** The container's name at the engine. */
  readonly container: string
  /** The order that asked for this start. */
  readonly order: string
  readonly fence: number
  /** Digest of the component's definition: another one is another component. */
  readonly digest: string
  readonly oneShot: boolean
  /** The image as it was wanted, and the digest it turned out to have. */
  readonly image: string
  readonly imageDigest: string
  /** Where everybody else finds it. */
  readonly outside: Listening
  /** Of those of its ports that are not of TCP, on every side; absent: all are. */
  readonly protocols?: PortProtocols | undefined
  /** Where those in the same networks find it; absent where it has no name. */
  readonly inside?: Listening | undefined
  /** Where its program listens in a network of its own; absent: it is in the machine's, or has none. */
  readonly published?: Readonly<Record<string, number>> | undefined
  /** Networks that were made for the workspace. */
  readonly networks: readonly string[]
  readonly stop: StopPolicy
  readonly workspace: string
  readonly startedAtMs: number
}

/** How an instance ended. */
export interface Ended {
  /** `lost`: it is gone, and nobody saw how. */
  readonly status: 'exited' | 'lost'
  readonly code?: number | undefined
  readonly signal?: string | undefined
  readonly endedAtMs: number
}

const LISTENING: z.ZodType<Listening> = z.object({
  host: z.string(),
  ports: z.record(z.string(), z.number().int()),
})

const RECORD: z.ZodType<ContainerRecord> = z.object({
  recordVersion: z.literal(1),
  instance: z.string(),
  subject: z.string(),
  number: z.number().int().positive(),
  container: z.string(),
  order: z.string(),
  fence: z.number().int(),
  digest: z.string(),
  oneShot: z.boolean(),
  image: z.string(),
  imageDigest: z.string(),
  outside: LISTENING,
  protocols: z.record(z.string(), z.enum(['tcp', 'udp'])).optional(),
  inside: LISTENING.optional(),
  published: z.record(z.string(), z.number().int()).optional(),
  networks: z.array(z.string()),
  stop: z.object({ signal: z.string(), graceMs: z.number().int().min(0) }),
  workspace: z.string(),
  startedAtMs: z.number().int(),
})

const ENDED: z.ZodType<Ended> = z.object({
  status: z.enum(['exited', 'lost']),
  code: z.number().int().optional(),
  signal: z.string().optional(),
  endedAtMs: z.number().int(),
})

/** The record in a text; undefined when the text is not one. */
export function parseRecord(text: string): ContainerRecord | undefined {
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
