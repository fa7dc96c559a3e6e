/**
 * One life of an engine: its parts, which go dead all at once when it is killed. A dead engine's
 * timers never fire, and nothing it waits for ever comes; what it did in the world stays done.
 */
import type { EngineParts } from '../../src/engine/parts.ts'
import type { Clock, Timer } from '../../src/seams/clock.ts'
import type { Ledger } from '../../src/seams/ledger.ts'

/** An engine's parts with an end. */
export class Life {
  readonly parts: EngineParts
  isAlive = true
  readonly #timers = new Set<Timer>()

  constructor(below: EngineParts) {
    this.parts = {
      ...below,
      clock: this.#clock(below.clock),
      ledger: this.#ledger(below.ledger),
      probes: below.probes.map((probe) => ({
        kind: probe.kind,
        ask: (asking) => this.#while(probe.ask(asking)),
        watch: (asking, changed) =>
          probe.watch?.(asking, () => this.isAlive && changed()) ?? (() => undefined),
      })),
      actuators: below.actuators.map((actuator) => ({
        name: actuator.name,
        run: (order) => this.#while(actuator.run(order)),
      })),
      settings: {
        keep: (ramp, settings) => this.#while(below.settings.keep(ramp, settings)),
        load: (ramp) => this.#while(below.settings.load(ramp)),
      },
    }
  }

  /** How many timers it has set. */
  get timers(): number {
    return this.#timers.size
  }

  /** As kill -9. */
  kill(): void {
    this.isAlive = false
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  #while<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.isAlive && resolve(value),
        (error: unknown) => this.isAlive && reject(error as Error),
      )
    })
  }

  #clock(below: Clock): Clock {
    return {
      nowMs: () => below.nowMs(),
      elapsedMs: () => below.elapsedMs?.() ?? below.nowMs(),
      wakeAt: (atMs, callback) => {
        const timer: Timer = below.wakeAt(atMs, () => {
          this.#timers.delete(timer)
          callback()
        })
        this.#timers.add(timer)
        return {
          cancel: () => {
            this.#timers.delete(timer)
            timer.cancel()
          },
        }
      },
    }
  }

  #ledger(below: Ledger): Ledger {
    const read = (stream: string, after?: number): AsyncIterable<never> =>
      this.#each(below.read(stream, after)) as AsyncIterable<never>
    return {
      append: (append) => this.#while(below.append(append)),
      read,
      readAll: (after) => this.#each(below.readAll(after)),
      streams: () => this.#while(below.streams()),
      saveSnapshot: (snapshot) => this.#while(below.saveSnapshot(snapshot)),
      loadSnapshot: (stream) => this.#while(below.loadSnapshot(stream)),
      onAppended: (listener) => below.onAppended(listener),
      checkHealth: () => this.#while(below.checkHealth()),
      checkpoint: () => this.#while(below.checkpoint()),
      verify: () => this.#while(below.verify()),
      close: () => this.#while(below.close()),
    }
  }

  async *#each<Value>(values: AsyncIterable<Value>): AsyncIterable<Value> {
    for await (const value of values) {
      if (!this.isAlive) await new Promise(() => undefined)
      yield value
    }
  }
}
