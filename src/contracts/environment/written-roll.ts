/** How a component is replaced without a gap, as it is written. */
import * as z from 'zod'
import type { FrontTls } from '../../core/port/front-tls.ts'
import { durationMs, mappingExpected } from '../document/word-schemas.ts'
import { CARRIER_EXPECTED, type WrittenCarrier, writtenCarrier } from './written-carrier.ts'

/** What is forwarded: requests, or connections that are not looked into. */
export type Forwarded = 'http' | 'tcp'

/** The old one serves until the new one is proved. */
export interface WrittenRoll {
  readonly ports?: readonly string[]
  readonly as?: Forwarded
  readonly drain?: number
  readonly linger?: number
  readonly by?: WrittenCarrier | 'descriptor'
  readonly tls?: FrontTls
}

const pemFile = z
  .string()
  .max(4_096)
  .regex(
    /^\/(?!.*\/\.\.?(?:\/|$))[^\0\n]*[^\0\n/]$/,
    'an absolute path of a file, such as /etc/shop/web.pem',
  )

const tls: z.ZodType<FrontTls> = z.strictObject(
  {
    certificate: pemFile.describe('Its certificate, then those that lead to its authority; PEM.'),
    key: pemFile.describe('The key of that certificate, without a passphrase; PEM.'),
    clientCa: pemFile
      .exactOptional()
      .describe(
        'Authorities whose clients are believed; absent: nobody is asked to show who it is.',
      ),
  },
  mappingExpected('a mapping with certificate and key, paths of files'),
)

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
      .meta({ default: 'as a Ports contract says, or 30s' }),
    linger: durationMs()
      .exactOptional()
      .describe('How long the old one stays once nothing is under way, for connections kept alive.')
      .meta({ default: 'as a Ports contract says, or 0s' }),
    by: z
      .union([
        z
          .literal('descriptor', mappingExpected(CARRIER_EXPECTED))
          .describe('No front: its starts accept on one socket, which each inherits.'),
        writtenCarrier,
      ])
      .exactOptional()
      .describe("Proxy that carries its front; absent: a process of Rampart's own."),
    tls: tls.exactOptional().describe('The TLS that its front ends; absent: it speaks none.'),
  },
  mappingExpected('a mapping; {} takes every default'),
)
