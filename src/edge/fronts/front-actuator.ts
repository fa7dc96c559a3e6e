/**
 * Carries out what plans say about fronts: `open`, `switch`, `switchBack`, `close`, `look`. Each may be
 * repeated; what is already so is an effect like any other.
 */
import { z } from 'zod'
import {
  done,
  failed,
  failedByFault,
  misunderstood,
  printIssues,
  unknownOperation,
} from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'
import { startOfInstance } from '../../core/port/port-owner.ts'
import type { Actuator, Order } from '../../seams/actuator.ts'
import type { Forwarded, Fronts } from './fronts.ts'

const HOST = '127.0.0.1'

interface FrontInput {
  readonly front: string
  readonly ports: Readonly<Record<string, { readonly as: Forwarded }>>
  readonly to?: string | undefined
  readonly from?: string | undefined
  readonly unlessRouted: boolean
}

const INPUT: z.ZodType<FrontInput> = z.object({
  front: z.string().min(1).max(200),
  ports: z.record(z.string(), z.object({ as: z.enum(['http', 'tcp']) })).default({}),
  to: z.string().optional(),
  from: z.string().optional(),
  unlessRouted: z.boolean().default(false),
})

/** Opens fronts and moves traffic. */
export class FrontActuator implements Actuator {
  readonly name = 'front'
  readonly #fronts: Fronts

  constructor(fronts: Fronts) {
    this.#fronts = fronts
  }

  async run({ operation, input }: Order): Promise<CommandAnswer> {
    const parsed = INPUT.safeParse(input)
    if (!parsed.success) return misunderstood(operation, printIssues(parsed.error.issues))
    try {
      return await this.#carryOut(operation, parsed.data)
    } catch (error) {
      if (isFault(error)) return failedByFault(error)
      throw error
    }
  }

  async #carryOut(operation: string, input: FrontInput): Promise<CommandAnswer> {
    const { front, to, from } = input
    const fronts = this.#fronts
    if (operation === 'open') return await this.#open(input)
    if (operation === 'look') return this.#look(front)
    if (operation === 'switch' && to !== undefined) {
      await fronts.switch(front, startOfInstance(to))
      const sentence = `What comes to ${front} goes to ${to}, and nothing new to any other.`
      return done({ reason: 'switched', sentence })
    }
    if (operation === 'switchBack' && from !== undefined) {
      await fronts.switchBack(front, startOfInstance(from))
      const sentence = `Nothing that comes to ${front} goes to ${from} any more.`
      return done({ reason: 'switched-back', sentence })
    }
    if (operation === 'close') return await this.#close(input)
    return unknownOperation(`A front cannot be told to ${operation}.`)
  }

  async #open({ front, ports }: FrontInput): Promise<CommandAnswer> {
    const wanted = Object.entries(ports).map(([name, { as }]) => [name, as] as const)
    const opened = await this.#fronts.open(front, Object.fromEntries(wanted))
    const words = Object.entries(opened).map(([name, port]) => `${name} ${port}`)
    const sentence = `${front} is reached by ${words.join(', ')}, whichever start of it serves.`
    return done({ reason: 'open', sentence, outputs: { host: HOST, ports: opened } })
  }

  #look(front: string): CommandAnswer {
    const ports = this.#fronts.ports(front)
    if (Object.keys(ports).length > 0)
      return done({
        reason: 'open',
        sentence: `${front} is open.`,
        outputs: { host: HOST, ports },
      })
    return failed({ reason: 'closed', sentence: `${front} has no front.`, retryable: true })
  }

  async #close({ front, unlessRouted }: FrontInput): Promise<CommandAnswer> {
    if (unlessRouted && (await this.#fronts.isRouted(front))) {
      const sentence = `${front} is left open: what served before goes on.`
      return done({ reason: 'left-open', sentence })
    }
    await this.#fronts.close(front)
    return done({ reason: 'closed', sentence: `${front} is closed.` })
  }
}
