/**
 * Carries out what plans say about fronts: `open`, `switch`, `switchBack`, `close`, `look`. Each may be
 * repeated; what is already so is an effect like any other.
 */
import { z } from 'zod'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'
import { startOfInstance } from '../../core/port/port-owner.ts'
import type { JsonObject } from '../../core/units/json.ts'
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
    if (parsed.data === undefined) {
      const problems = parsed.error.issues.map((one) => `${one.path.join('.')}: ${one.message}`)
      const sentence = `The input of ${operation} is not understood: ${problems.join('; ')}.`
      return failed({ reason: 'input-malformed', sentence, retryable: false })
    }
    try {
      return await this.#carryOut(operation, parsed.data)
    } catch (error) {
      if (!isFault(error)) throw error
      return failed({ reason: error.code, sentence: error.message, retryable: error.retryable })
    }
  }

  async #carryOut(operation: string, input: FrontInput): Promise<CommandAnswer> {
    const { front, to, from } = input
    const fronts = this.#fronts
    if (operation === 'open') return await this.#open(input)
    if (operation === 'look') return this.#look(front)
    if (operation === 'switch' && to !== undefined) {
      await fronts.switch(front, startOfInstance(to))
      return done('switched', `What comes to ${front} goes to ${to}, and nothing new to any other.`)
    }
    if (operation === 'switchBack' && from !== undefined) {
      await fronts.switchBack(front, startOfInstance(from))
      return done('switched-back', `Nothing that comes to ${front} goes to ${from} any more.`)
    }
    if (operation === 'close') return await this.#close(input)
    const sentence = `A front cannot be told to ${operation}.`
    return failed({ reason: 'operation-unknown', sentence, retryable: false })
  }

  async #open({ front, ports }: FrontInput): Promise<CommandAnswer> {
    const wanted = Object.entries(ports).map(([name, { as }]) => [name, as] as const)
    const opened = await this.#fronts.open(front, Object.fromEntries(wanted))
    const words = Object.entries(opened).map(([name, port]) => `${name} ${port}`)
    const sentence = `${front} is reached by ${words.join(', ')}, whichever start of it serves.`
    return done('open', sentence, { host: HOST, ports: opened })
  }

  #look(front: string): CommandAnswer {
    const ports = this.#fronts.ports(front)
    if (Object.keys(ports).length > 0)
      return done('open', `${front} is open.`, { host: HOST, ports })
    return failed({ reason: 'closed', sentence: `${front} has no front.`, retryable: true })
  }

  async #close({ front, unlessRouted }: FrontInput): Promise<CommandAnswer> {
    if (unlessRouted && (await this.#fronts.isRouted(front))) {
      return done('left-open', `${front} is left open: what served before goes on.`)
    }
    await this.#fronts.close(front)
    return done('closed', `${front} is closed.`)
  }
}

function done(reason: string, sentence: string, outputs: JsonObject = {}): CommandAnswer {
  return { verdict: 'done', reason, sentence, outputs, retryable: false }
}

function failed(words: {
  readonly reason: string
  readonly sentence: string
  readonly retryable: boolean
}): CommandAnswer {
  return { verdict: 'failed', outputs: {}, ...words }
}
