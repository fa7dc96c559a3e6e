/** A range as it is written: which ports, for whom, and how many each may have. */
import * as z from 'zod'
import { durationMs } from '../document/word-schemas.ts'
import {
  claimWord,
  portNumber,
  portsText,
  servicePattern,
  servicePortText,
} from './written-words.ts'

/** For whom a range is. */
export interface WrittenFor {
  readonly environment?: string
  readonly service?: string
  readonly tenant?: string
  readonly scope?: string
}

/** Some ports. */
export interface WrittenRange {
  readonly ports: { readonly first: number; readonly last: number }
  readonly for?: WrittenFor
  readonly protocol?: 'tcp' | 'udp' | 'http'
  readonly addresses?: 'loopback' | 'any' | readonly string[]
  readonly fixed?: Readonly<Record<string, number>>
  readonly perTenant?: number
  readonly perService?: number
  readonly claim?: readonly string[]
  readonly cooling?: number
  readonly privileged?: boolean
  readonly ephemeral?: 'kept'
  readonly description?: string
}

/** Which addresses can be written by a word. */
const ADDRESS_WORDS = ['loopback', 'any'] as const

const address = z.union([z.ipv4(), z.ipv6()]).meta({ examples: ['10.0.0.5', '::1'] })

const writtenFor: z.ZodType<WrittenFor> = z.strictObject({
  environment: claimWord.exactOptional().describe('An environment, or several: pr-*.'),
  service: servicePattern.exactOptional().describe('A service, or several: shop/*.'),
  tenant: claimWord.exactOptional().describe('A tenant, or several.'),
  scope: claimWord.exactOptional().describe('A worktree or a CI job, or several.'),
})

/** The schema of a range. */
export const writtenRange: z.ZodType<WrittenRange> = z.strictObject({
  ports: portsText.describe('The first and the last port, both part of it, or one port.'),
  for: writtenFor
    .exactOptional()
    .describe('Whose claims it takes: every word that is given must match.'),
  protocol: z
    .enum(['tcp', 'udp', 'http'])
    .exactOptional()
    .describe('`http` is TCP that browsers connect to, so that ports they refuse are refused.')
    .meta({ default: 'tcp' }),
  addresses: z
    .union([z.enum(ADDRESS_WORDS), z.array(address).min(1)], {
      error: 'loopback, any, or a list of addresses such as [10.0.0.5]',
    })
    .exactOptional()
    .describe('Where its ports are listened on: both loopback addresses, all, or these.')
    .meta({ default: 'loopback' }),
  fixed: z
    .record(servicePortText, portNumber, {
      error: 'a mapping from a port of a service to a number, such as { shop/api/http: 21080 }',
    })
    .exactOptional()
    .describe("Ports that belong to one service's port for ever."),
  perTenant: z
    .int()
    .min(1)
    .exactOptional()
    .describe('How many leases one tenant may have at once.'),
  perService: z
    .int()
    .min(1)
    .exactOptional()
    .describe('How many leases one service may have at once.'),
  claim: z
    .array(z.string().min(1))
    .min(1)
    .exactOptional()
    .describe('People, groups or roles that may claim of it; absent: whoever may claim at all.'),
  cooling: durationMs()
    .exactOptional()
    .describe("How long a port is kept from others after its last owner; else the contract's."),
  privileged: z
    .boolean()
    .exactOptional()
    .describe('Whether ports below 1024 are meant, which only root may listen on.')
    .meta({ default: false }),
  ephemeral: z
    .literal('kept')
    .exactOptional()
    .describe('Says that the machine keeps these ports from outgoing connections; it is asked.'),
  description: z.string().exactOptional().describe('What it is for.'),
})
