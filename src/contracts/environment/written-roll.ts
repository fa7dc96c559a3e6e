/** How a component is replaced without a gap, as it is written. */
import * as z from 'zod'
import { durationMs } from '../document/word-schemas.ts'
import { type WrittenCarrier, writtenCarrier } from './written-carrier.ts'

/** What is forwarded: requests, or connections that are not looked into. */
export type Forwarded = 'http' | 'tcp'

/** The old one serves until the new one is proved. */
export interface WrittenRoll {
  readonly ports?: readonly string[]
  readonly as?: Forwarded
  readonly drain?: number
  readonly by?: WrittenCarrier
}

/** The schema of `roll`. */
export const writtenRoll: z.ZodType<WrittenRoll> = z.strictObject(
  {
    ports: z
      .array(z.string())
      .min(1)
      .exactOptional()
      .describe('Ports that stay the same to others whichever start of it serves; by default all.'),
    as: z
      .enum(['http', 'tcp'])
      .exactOptional()
      .describe('What is forwarded: each request by itself, or whole connections.')
      .meta({ default: 'http' }),
    drain: durationMs()
      .exactOptional()
      .describe('How long what the old one still answers may take before it is stopped.')
      .meta({ default: '30s' }),
    by: writtenCarrier
      .exactOptional()
      .describe("Proxy that carries its front; absent: a process of Rampart's own."),
  },
  { error: 'a mapping; {} takes every default' },
)
