/**
 * A Ports contract as it is written: the shape of the document, with a sentence for every key. What a
 * shape alone cannot say (ranges that overlap, ports that nobody can listen on) is checked elsewhere.
 */
import * as z from 'zod'
import { API_VERSION } from '../contract.ts'
import { type Metadata, metadataSchema } from '../document/metadata.ts'
import { durationMs, nameText } from '../document/word-schemas.ts'
import {
  type WrittenClient,
  type WrittenRule,
  writtenClients,
  writtenRules,
} from './written-connect.ts'
import { type WrittenRange, writtenRange } from './written-range.ts'
import { type WrittenTransitions, writtenTransitions } from './written-transition.ts'
import { servicePortText } from './written-words.ts'

/** The systems that a contract is for. */
export type WrittenSystem = 'linux' | 'macos' | 'windows'

/** The whole document. */
export interface WrittenPorts {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly spec: {
    readonly systems?: readonly WrittenSystem[]
    readonly regions?: readonly string[]
    readonly cooling?: number
    readonly ranges: Readonly<Record<string, WrittenRange>>
    readonly clients?: Readonly<Record<string, WrittenClient>>
    readonly connect?: readonly WrittenRule[]
    readonly names?: Readonly<Record<string, string>>
    readonly transitions?: WrittenTransitions
  }
}

/** The schema of the whole document. */
export const writtenPorts: z.ZodType<WrittenPorts> = z
  .strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Ports'),
    metadata: metadataSchema,
    spec: z.strictObject({
      systems: z
        .array(z.enum(['linux', 'macos', 'windows']))
        .min(1)
        .exactOptional()
        .describe('The systems it is for: what they use themselves is refused in ranges.')
        .meta({ default: ['linux', 'macos', 'windows'] }),
      regions: z
        .array(nameText)
        .min(1)
        .exactOptional()
        .describe('In which regions it is in force; absent: where stages of no region are done.'),
      cooling: durationMs()
        .exactOptional()
        .describe('How long a port is kept from others after its last owner.')
        .meta({ default: '60s' }),
      ranges: z
        .record(nameText, writtenRange, {
          error: 'a mapping from the name of each range to its ports',
        })
        .refine((all) => Object.keys(all).length > 0, 'at least one range')
        .describe('Which ports there are, and for whom, by name.'),
      clients: writtenClients
        .exactOptional()
        .describe('How services prove who they are where their process cannot be looked up.'),
      connect: writtenRules
        .exactOptional()
        .describe('Who may connect to whom. Whoever is named by `to` lets nobody else in.'),
      names: z
        .record(nameText, servicePortText, {
          error: 'a mapping from each name to a port, such as { api: shop/api/http }',
        })
        .exactOptional()
        .describe('Further names by which discovery tells of a port.'),
      transitions: writtenTransitions
        .exactOptional()
        .describe('How a port goes from one owner to the next, by what happens.'),
    }),
  })
  .describe('Ports: for whom they are, who may connect, and how they change hands.')
