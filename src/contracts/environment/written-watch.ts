/** What goes on once an environment is ready, as it is written. */
import * as z from 'zod'
import { durationMs } from '../document/word-schemas.ts'
import { httpUrl, sentHeaders } from '../probes/http-words.ts'

/** What a promise that is broken later leads to. */
const WATCH_POLICIES = ['record', 'hold', 'undo', 'undoRegion'] as const

/** How an environment is watched, or that it is not. */
export type WrittenWatch =
  | false
  | {
      readonly every?: number
      readonly onBreach?: (typeof WATCH_POLICIES)[number]
      readonly notify?: WrittenNotify
    }

/** Who is told. */
export interface WrittenNotify {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The schema of `watch`. */
export const writtenWatch: z.ZodType<WrittenWatch> = z.union([
  z.literal(false).describe('Nothing is asked any more once everything is ready.'),
  z.strictObject({
    every: durationMs(100)
      .exactOptional()
      .describe('Pause between two askings of a condition that goes on being met.')
      .meta({ default: '10s' }),
    onBreach: z
      .enum(WATCH_POLICIES)
      .exactOptional()
      .describe('What follows when a promise breaks: a record, a hold for others, or taking down.')
      .meta({ default: 'record' }),
    notify: z
      .strictObject({
        url: httpUrl.describe('Where each breach is posted as JSON; may be a template.'),
        headers: sentHeaders.exactOptional().describe('Headers to send, such as Authorization.'),
      })
      .exactOptional()
      .describe('Who is told of every promise that breaks, whatever else follows.'),
  }),
])
