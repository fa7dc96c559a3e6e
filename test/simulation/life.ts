/**
 * One life of an engine: its parts, which go dead all at once when it is killed. A dead engine's
 * timers never fire, and nothing it waits for ever comes; what it did in the world stays done. A
 * stopped engine hears all of it late, and goes on as if nothing had happened.
 */
import type { EngineParts } from '../../src/engine/parts.ts'
import type { Clock, Timer } from '../../src/seams/clock.ts'
import type { Leases } from '../../src/seams/leases.ts'
import type { Ledger } from '../../src/seams/ledger.ts'
import type { Mailbox } from '../../src/seams/mailbox.ts'

/** How many turns of the queue of promises are left to what was missed, each time. */
const TURNS = 40

/** An engine's parts with an end. */
export class Life {
  readonly parts: EngineParts
  isAlive = true
  /** Whether it is stopped, or still catching up with what it has missed. */
  isStopped = false
  /** Resolves when it is killed. */
  readonly death: Promise<void>
  readonly #timers = new Set<Timer>()
  readonly #backlog: (() => void)[] = []
  readonly #onDeath: (() => void)[] = []
  readonly #onResume: (() => void)[] = []

  constructor(below: EngineParts) {
    this.death = new Promise((resolve) => this.#onDeath.push(resolve))
    this.parts = {
      ...below,
      clock: this.#clock(below.clock),
      ledger: this.#ledger(below.ledger),
      probes: below.probes.map((probe) => ({
        kind: probe.kind,
        ask: (asking) => this.#while(probe.ask(asking)),
        watch: (asking, changed) =>
          probe.watch?.(asking, () => this.#happen(changed)) ?? (() => undefined),
      })),
      actuators: below.actuators.map((actuator) => ({
        name: actuator.name,
        run: (order) => this.#while(actuator.run(order)),
      })),
      settings: {
        keep: (ramp, settings) => this.#while(below.settings.keep(ramp, settings)),
        load: (ramp) => this.#while(below.settings.load(ramp)),
      },
      ...(below.leases === undefined ? {} : { leases: this.#leases(below.leases) }),
      ...(below.mailbox === undefined ? {} : { mailbox: this.#mailbox(below.mailbox) }),
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
    this.#backlog.length = 0
    for (const end of this.#onDeath) end()
  }

  /** As kill -STOP. */
  stop(): void {
    this.isStopped = true
  }

  /** As kill -CONT: everything comes now, one after the other. */
  async resume(): Promise<void> {
    for (let next = this.#backlog.shift(); next !== undefined; next = this.#backlog.shift()) {
      next()
      // What follows from it comes before the rest, and time does not go on meanwhile.
      for (let turn = 0; turn < TURNS; turn++) await Promise.resolve()
    }
    this.isStopped = false
    for (const look of this.#onResume) look()
  }

  #happen(callback: () => void): void {
    if (!this.isAlive) return
    if (this.isStopped) this.#backlog.push(callback)
    else callback()
  }

  #while<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.#happen(() => resolve(value)),
        (error: unknown) => this.#happen(() => reject(error as Error)),
      )
    })
  }

  #clock(below: Clock): Clock {
    return {
      nowMs: () => below.nowMs(),
      elapsedMs: () => below.elapsedMs?.() ?? below.nowMs(),
      wakeAt: (atMs, callback) => {
        const fire = (): void => {
          // It may have been cancelled while it waited for the engine to go on.
          if (this.#timers.delete(timer)) callback()
        }
        const timer: Timer = below.wakeAt(atMs, () => this.#happen(fire))
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

  #leases(below: Leases): Leases {
    return {
      lifetimeMs: below.lifetimeMs,
      take: (subject) => this.#while(below.take(subject)),
      begin: () => this.#while(below.begin()),
      renew: () => this.#while(below.renew()),
      end: () => this.#while(below.end()),
      release: (lease) => this.#while(below.release(lease)),
      holder: (subject) => this.#while(below.holder(subject)),
      holders: () => this.#while(below.holders()),
      close: () => this.#while(below.close()),
    }
  }

  #mailbox(below: Mailbox): Mailbox {
    return {
      send: (letter, signal) => this.#while(below.send(letter, signal)),
      serve: (isOwn, handle) => {
        const isHere = (subject: string): boolean =>
          this.isAlive && !this.isStopped && isOwn(subject)
        const service = below.serve(isHere, (letter) => this.#while(handle(letter)))
        this.#onDeath.push(() => service.stop())
        this.#onResume.push(() => service.look())
        return service
      },
      close: () => this.#while(below.close()),
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
      onAppended: (listener) => {
        const stop = below.onAppended((stream) => this.#happen(() => listener(stream)))
        this.#onDeath.push(stop)
        return stop
      },
      checkHealth: () => this.#while(below.checkHealth()),
      end: () => this.#while(below.end()),
      checkpointAt: (position) => this.#while(below.checkpointAt(position)),
      checkpoint: () => this.#while(below.checkpoint()),
      verify: () => this.#while(below.verify()),
      close: () => this.#while(below.close()),
    }
  }

  async *#each<Value>(values: AsyncIterable<Value>): AsyncIterable<Value> {
    for await (const value of values) {
      if (this.isStopped) await this.#while(Promise.resolve())
      if (!this.isAlive) await new Promise(() => undefined)
      yield value
    }
  }
}
