/**
 * Carries out what plans say about fronts: `open`, `switch`, `switchBack`, `close`, `look`. Each may be
 * repeated; what is already so is an effect like any other.
 */
import { z } from 'zod'
import { listWords } from '../../contracts/document/describe-value.ts'
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
import type { CarriedFront, FrontCarrier } from '../../core/port/carried-front.ts'
import type { FrontTls } from '../../core/port/front-tls.ts'
import { startOfInstance } from '../../core/port/port-owner.ts'
import type { Actuator, Order } from '../../seams/actuator.ts'
import type { Forwarded } from './front-plane.ts'
import type { Fronts } from './fronts.ts'

interface FrontInput {
  readonly front: string
  readonly ports: Readonly<Record<string, { readonly as: Forwarded }>>
  readonly to?: readonly string[] | undefined
  readonly from?: readonly string[] | undefined
  readonly unlessRouted: boolean
  /** The ramp that asks. */
  readonly ramp?: string | undefined
  /** What the component says of how others part with their ports. @unit ms */
  readonly drainMs?: number | undefined
  readonly lingerMs?: number | undefined
  /** The TLS that it ends. */
  readonly tls?: FrontTls | undefined
  /** The proxy that carries it, and where that is reached; absent: a process of our own does. */
  readonly by?: Pick<CarriedFront, 'host' | 'number' | 'carrier'> | undefined
}

const PATH = z.string().startsWith('/')

const TLS: z.ZodType<FrontTls> = z.object({
  certificate: PATH,
  key: PATH,
  clientCa: PATH.exactOptional(),
})

const CARRIER: z.ZodType<FrontCarrier> = z.discriminatedUnion('plane', [
  z.object({ plane: z.literal('haproxy'), socket: PATH, backend: z.string() }),
  z.object({ plane: z.literal('nginx'), config: PATH, pid: PATH, servers: PATH }),
  z.object({
    plane: z.literal('envoy'),
    admin: z.string(),
    cluster: z.string(),
    endpoints: PATH,
  }),
])

/** One start, or all copies. */
const STARTS = z.union([z.array(z.string()), z.string().transform((one) => [one])])

const INPUT: z.ZodType<FrontInput> = z.object({
  front: z.string().min(1).max(200),
  ports: z.record(z.string(), z.object({ as: z.enum(['http', 'tcp']) })).default({}),
  to: STARTS.optional(),
  from: STARTS.optional(),
  unlessRouted: z.boolean().default(false),
  ramp: z.string().optional(),
  drainMs: z.int().min(0).optional(),
  lingerMs: z.int().min(0).optional(),
  tls: TLS.optional(),
  by: z.object({ host: z.string(), number: z.int(), carrier: CARRIER }).optional(),
})

/** What is taken back, and to whom. */
interface SwitchedBack {
  readonly from: readonly string[]
  readonly to?: readonly string[]
  readonly ramp: string
}

/** Opens fronts and moves traffic. */
export class FrontActuator implements Actuator {
  readonly name = 'front'
  readonly #fronts: Fronts

  constructor(fronts: Fronts) {
    this.#fronts = fronts
  }

  async run(order: Order): Promise<CommandAnswer> {
    const { operation } = order
    const parsed = INPUT.safeParse(order.input)
    if (!parsed.success) return misunderstood(operation, printIssues(parsed.error.issues))
    try {
      return await this.#carryOut(order, parsed.data)
    } catch (error) {
      if (isFault(error)) return failedByFault(error)
      throw error
    }
  }

  async #carryOut({ operation, ramp, by }: Order, input: FrontInput): Promise<CommandAnswer> {
    const { front, to, from, drainMs, lingerMs } = input
    const fronts = this.#fronts
    if (operation === 'open') return await this.#open(input, by)
    if (operation === 'look') return this.#look(front)
    if (operation === 'switch' && to !== undefined) {
      await fronts.switch(front, to.map(startOfInstance), { drainMs, lingerMs })
      const sentence = `What comes to ${front} goes to ${listWords(to, 'and')}, and nothing new to any other.`
      return done({ reason: 'switched', sentence })
    }
    if (operation === 'switchBack' && from !== undefined) {
      return await this.#switchBack(front, { from, ramp, ...(to && { to }) })
    }
    if (operation === 'close') return await this.#close(input)
    return unknownOperation(`A front cannot be told to ${operation}.`)
  }

  /** To exactly those that served before where that is known, else to whoever drains. */
  async #switchBack(front: string, { from, to, ramp }: SwitchedBack): Promise<CommandAnswer> {
    if (to !== undefined) {
      await this.#fronts.restore(front, to.map(startOfInstance))
      const whom = to.length === 0 ? 'nobody' : listWords(to, 'and')
      const sentence = `What comes to ${front} goes to ${whom} again, and nothing new to any other.`
      return done({ reason: 'switched-back', sentence })
    }
    for (const one of from) await this.#fronts.switchBack(front, startOfInstance(one), ramp)
    const sentence = `Nothing that comes to ${front} goes to ${listWords(from, 'and')} any more.`
    return done({ reason: 'switched-back', sentence })
  }

  async #open(input: FrontInput, by: Order['by']): Promise<CommandAnswer> {
    const { front, ports, ramp, tls, by: carrier } = input
    const [[name = ''] = []] = Object.entries(ports)
    const carried = { service: front, port: name, ...(ramp && { ramp }) }
    const wanted = Object.entries(ports).map(([name, { as }]) => [name, as] as const)
    const how = { ...(ramp && { ramp }), ...(tls && { tls }), ...(by && { by }) }
    if (carrier === undefined) await this.#fronts.open(front, Object.fromEntries(wanted), how)
    else await this.#fronts.carry({ ...carried, ...carrier })
    const reached = this.#fronts.reached(front)
    const words = Object.entries(reached.ports).map(([port, number]) => `${port} ${number}`)
    const sentence = `${front} is reached by ${words.join(', ')}, whichever start of it serves.`
    const serving = this.#fronts.serving(front).map((start) => `${front}#${start}`)
    return done({ reason: 'open', sentence, outputs: { ...reached, serving } })
  }

  #look(front: string): CommandAnswer {
    const reached = this.#fronts.reached(front)
    if (Object.keys(reached.ports).length > 0)
      return done({
        reason: 'open',
        sentence: `${front} is open.`,
        outputs: { ...reached },
      })
    return failed({ reason: 'closed', sentence: `${front} has no front.`, retryable: true })
  }

  async #close({ front, unlessRouted, ramp }: FrontInput): Promise<CommandAnswer> {
    if (ramp !== undefined && this.#fronts.isOfAnother(front, ramp)) {
      const sentence = `${front} is left open: an earlier ramp opened it, and clients may wait there.`
      return done({ reason: 'left-open', sentence })
    }
    if (unlessRouted && (await this.#fronts.isRouted(front))) {
      const sentence = `${front} is left open: what served before goes on.`
      return done({ reason: 'left-open', sentence })
    }
    await this.#fronts.close(front)
    return done({ reason: 'closed', sentence: `${front} is closed.` })
  }
}
