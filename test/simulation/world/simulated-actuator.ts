/**
 * Changes the simulated world as its seam demands: idempotent by id, fenced per stage, settled soon
 * after an abort. Within that it fails in every way that is switched on.
 */
import type { CommandAnswer } from '../../../src/core/entry/entry.ts'
import type { Actuator, Order } from '../../../src/seams/actuator.ts'
import type { Faults } from '../faults/faults.ts'
import type { SimulatedClock } from '../simulated-clock.ts'
import type { World } from './world.ts'

/** One order being carried out, however often it is delivered. */
interface Work {
  readonly done: Promise<CommandAnswer>
  isAborted: boolean
}

/** The actuator of the simulated world. Outlives engines, as the real world does. */
export class SimulatedActuator implements Actuator {
  readonly name = 'world'
  /** Called with each order before anything is done. */
  onOrder: (order: Order) => void = () => undefined
  readonly #world: World
  readonly #clock: SimulatedClock
  readonly #faults: Faults
  readonly #works = new Map<string, Work>()
  /** The highest fence seen, by stage. */
  readonly #fences = new Map<string, number>()

  constructor(options: {
    readonly world: World
    readonly clock: SimulatedClock
    readonly faults: Faults
  }) {
    this.#world = options.world
    this.#clock = options.clock
    this.#faults = options.faults
  }

  async run(order: Order): Promise<CommandAnswer> {
    this.onOrder(order)
    if (this.#faults.strikes('actuator-delivers-twice', 20)) void this.#deliver(order)
    return this.#deliver(order)
  }

  #deliver(order: Order): Promise<CommandAnswer> {
    const known = this.#works.get(order.id)
    if (known !== undefined) {
      order.signal.addEventListener('abort', () => abort(known))
      return known.done
    }
    if (this.#isFenced(order)) return Promise.resolve(fenced(order))
    this.#fences.set(stageOf(order), order.fence)
    // The promise below reads it only after a pause, when it is complete.
    const work = { isAborted: order.signal.aborted } as Work & { done: Promise<CommandAnswer> }
    order.signal.addEventListener('abort', () => abort(work))
    work.done = this.#work(order, work)
    this.#works.set(order.id, work)
    return work.done
  }

  #isFenced(order: Order): boolean {
    return order.fence < (this.#fences.get(stageOf(order)) ?? 0)
  }

  async #work(order: Order, work: Work): Promise<CommandAnswer> {
    const faults = this.#faults
    const isUndo = order.purpose === 'undo'
    const isLate = faults.strikes('actuator-is-late', 15)
    if (faults.strikes('actuator-hangs', 4)) return this.#hang(order, work)
    await this.#clock.pause(faults.between(1, 200) * (isLate ? 60 : 1))
    if (work.isAborted && !isLate) return answer('failed', 'aborted', order)
    if (this.#isFenced(order)) return fenced(order)
    if (faults.strikes('actuator-fails', 15)) return answer('failed', 'refused', order)
    const mayIdle = !isUndo && order.operation !== 'take'
    if (mayIdle && faults.strikes('actuator-does-nothing', 8)) return answer('done', 'done', order)
    const half = faults.strikes('actuator-half-applies', 15)
    const readyAtMs = this.#clock.goneMs + faults.between(0, 4_000)
    this.#world.apply(order, { readyAtMs, half })
    if (half) return answer('failed', 'half-done', order)
    await this.#clock.pause(faults.between(0, 50))
    return answer('done', 'done', order)
  }

  /** Never answers, having done it or not; whoever waits must give up by himself. */
  async #hang(order: Order, work: Work): Promise<CommandAnswer> {
    if (this.#faults.between(0, 1) === 1) {
      await this.#clock.pause(5)
      const isMoot = work.isAborted || this.#isFenced(order)
      if (!isMoot) this.#world.apply(order, { readyAtMs: this.#clock.goneMs, half: false })
    }
    return new Promise(() => undefined)
  }
}

function abort(work: Work): void {
  work.isAborted = true
}

function stageOf(order: Order): string {
  return `${order.ramp}/${order.stage}`
}

function fenced(order: Order): CommandAnswer {
  return answer('failed', 'fenced', order)
}

function answer(verdict: 'done' | 'failed', reason: string, order: Order): CommandAnswer {
  return {
    verdict,
    reason,
    sentence: `${order.operation} of ${order.stage} was ${reason} with ${order.input['password']}.`,
    outputs: { command: order.id, url: `world://user:${order.input['password']}@host` },
    retryable: true,
  }
}
