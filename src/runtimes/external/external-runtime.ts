/**
 * The external runtime: components that somebody else runs. It starts and stops nothing and asks
 * nothing; it only hands on where they are, so that conditions can say whether they are there.
 */
import { z } from 'zod'
import {
  done,
  misunderstood,
  printIssues,
  unknownOperation,
} from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { Actuator, Order } from '../../seams/actuator.ts'

interface ExternalInput {
  readonly subject: string
  readonly host: string
  readonly ports: Readonly<Record<string, number>>
}

const SUBJECT = z.object({ subject: z.string().min(1) })

// A port out of a setting is text.
const PORT = z
  .union([z.number(), z.string().regex(/^\d+$/, 'a number of a port').transform(Number)])
  .pipe(z.number().int().min(1).max(65_535))

const INPUT: z.ZodType<ExternalInput> = SUBJECT.extend({
  host: z.string().min(1),
  ports: z.record(z.string(), PORT).default({}),
})

/** Observes components that are none of ours. */
export class ExternalRuntime implements Actuator {
  readonly name = 'external'

  async run({ operation, input }: Order): Promise<CommandAnswer> {
    if (operation === 'stop') {
      const subject = SUBJECT.safeParse(input).data?.subject ?? 'it'
      const sentence = `${subject} is run by somebody else, and is left alone.`
      return done({ reason: 'not-ours', sentence })
    }
    if (operation !== 'start' && operation !== 'look') {
      const sentence = `What is external can be looked at, not told to ${operation}.`
      return unknownOperation(sentence)
    }
    const parsed = INPUT.safeParse(input)
    if (!parsed.success) return misunderstood(operation, printIssues(parsed.error.issues))
    const { subject, host, ports } = parsed.data
    const sentence = `${subject} is looked for at ${host}; nothing was started.`
    return done({ reason: 'observed', sentence, outputs: { subject, host, ports } })
  }
}
