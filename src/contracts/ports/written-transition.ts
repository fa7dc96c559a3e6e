/** How a port goes from one owner to the next, as it is written: rules by what happens. */
import * as z from 'zod'
import { durationMs } from '../document/word-schemas.ts'

/** What makes a port change hands. */
export type TransitionEvent = 'scale-up' | 'scale-down' | 'roll' | 'migrate' | 'failover'

/** All of them, in the order in which they are told. */
export const TRANSITION_EVENTS: readonly TransitionEvent[] = [
  'scale-up',
  'scale-down',
  'roll',
  'migrate',
  'failover',
]

/** One rule. */
export interface WrittenTransition {
  readonly drain?: number
  readonly linger?: number
  readonly cooling?: number
  readonly deadline?: number
}

/** Rules by event. */
export type WrittenTransitions = { readonly [Event in TransitionEvent]?: WrittenTransition }

const transition: z.ZodType<WrittenTransition> = z.strictObject({
  drain: durationMs()
    .exactOptional()
    .describe('How long what is under way at the old owner may take to end.')
    .meta({ default: '30s' }),
  linger: durationMs()
    .exactOptional()
    .describe('How long the old owner stays once nothing is under way, for connections kept alive.')
    .meta({ default: '5s' }),
  cooling: durationMs()
    .exactOptional()
    .describe("How long its port is kept from others then; else the range's."),
  deadline: durationMs(1)
    .exactOptional()
    .describe(
      'How long all of it may take; no limit when not written. Of a failover, how long clients wait, ' +
        'and of an amendment, how long it waits for whoever is to move: 2m when not written.',
    ),
})

const rule = (what: string): z.ZodExactOptional<typeof transition> =>
  transition.exactOptional().describe(what)

/** The schema of all rules. */
export const writtenTransitions: z.ZodType<WrittenTransitions> = z.strictObject({
  'scale-up': rule('One more owner.'),
  'scale-down': rule('One owner less.'),
  roll: rule('A new version takes over from the old one.'),
  migrate: rule('An owner at another address takes over.'),
  failover: rule('An owner has died, and another takes its place.'),
})
