/**
 * Notices ends by the engine's own events. When the stream of events breaks, everything is looked at
 * again once it is back: nothing depends on having heard an event. It never ends anything.
 */
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { parseExitCode } from '../subject/exit-code.ts'
import type { Engine } from './engine/engine.ts'
import { EngineTrouble } from './engine/engine-trouble.ts'
import { type ContainerFacts, type EngineEvent, parseEvent } from './engine/shapes.ts'
import type { Instance } from './instance.ts'
import { workspaceLabels } from './labels.ts'
import { isBrokenOff, type OutputCarrier } from './output-carrier.ts'
import type { Ended } from './record.ts'

const PAUSE_FIRST_MS = 50
const PAUSE_MOST_MS = 5_000

/** What watching needs. */
export interface WatcherNeeds {
  readonly engine: Engine
  readonly workspace: string
  readonly output: OutputCarrier
  readonly nowMs: () => number
  readonly instances: () => Iterable<Instance>
  /** Told whenever an instance is seen to run. */
  readonly running: (instance: Instance) => void
  /** Told once an instance has ended. */
  readonly ended: (instance: Instance) => void
  readonly onTrouble: (error: unknown) => void
}

/** Watches containers until they have ended. */
export class Watcher {
  readonly #needs: WatcherNeeds
  readonly #closing = new AbortController()
  readonly #ending = new Map<Instance, Promise<void>>()
  #isWatching = false

  constructor(needs: WatcherNeeds) {
    this.#needs = needs
  }

  /** Watches for as long as something has not ended. Idempotent. */
  watch(): void {
    if (this.#isWatching || this.#closing.signal.aborted) return
    this.#isWatching = true
    this.#watchOn()
      .catch(this.#needs.onTrouble)
      .finally(() => {
        this.#isWatching = false
      })
  }

  /** Looks at one instance, and ends it when its container has. @throws EngineTrouble */
  async settle(instance: Instance): Promise<ContainerFacts | undefined> {
    const { record, made } = instance
    const facts = await this.#needs.engine.inspect(made ?? record.container)
    if (instance.ended !== undefined) return facts
    if (facts !== undefined) await this.#take(instance, facts)
    // One that was never made can still be: that is for the order to say.
    else if (made !== undefined) await this.end(instance, this.#lost())
    return facts
  }

  /** Ends an instance once the rest of its output is there. Never rejects. */
  async end(instance: Instance, how: Ended): Promise<void> {
    if (instance.ended !== undefined) return
    const ending =
      this.#ending.get(instance) ??
      this.#needs.output.finish(instance).then(() => {
        instance.end(how)
        this.#needs.ended(instance)
      })
    this.#ending.set(instance, ending)
    try {
      await ending
    } finally {
      this.#ending.delete(instance)
    }
  }

  /** Stops watching; what runs goes on running. Idempotent. */
  close(): void {
    this.#closing.abort()
  }

  async #watchOn(): Promise<void> {
    const { signal } = this.#closing
    let pauseMs = PAUSE_FIRST_MS
    while (!signal.aborted && this.#open().length > 0) {
      try {
        const stream = await this.#needs.engine.events(
          workspaceLabels(this.#needs.workspace),
          signal,
        )
        stream.on('error', () => undefined)
        for (const instance of this.#open()) await this.settle(instance)
        pauseMs = PAUSE_FIRST_MS
        for await (const line of createInterface({ input: stream })) await this.#hear(line)
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof EngineTrouble) && !isBrokenOff(error)) this.#needs.onTrouble(error)
        for (const instance of this.#open()) instance.isKnown = false
      }
      // Closing rejects the pause; that is its purpose.
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined)
      pauseMs = Math.min(pauseMs * 2, PAUSE_MOST_MS)
    }
  }

  async #hear(line: string): Promise<void> {
    const event = parseEvent(line)
    if (event === undefined) return
    const instance = this.#open().find((one) => isOf(one, event))
    if (instance === undefined) return
    if (event.action === 'die' && event.exitCode !== undefined) {
      const endedAtMs = event.atMs ?? this.#needs.nowMs()
      await this.end(instance, { status: 'exited', ...parseExitCode(event.exitCode), endedAtMs })
    } else if (['start', 'die', 'destroy', 'remove'].includes(event.action))
      await this.settle(instance)
  }

  async #take(instance: Instance, facts: ContainerFacts): Promise<void> {
    instance.make(facts.id)
    // One that has ended is told of once the rest of its output is there.
    instance.isKnown = facts.status !== 'ended'
    if (facts.pid > 0) instance.pid = facts.pid
    if (facts.status === 'running') {
      this.#needs.output.follow(instance)
      this.#needs.running(instance)
    }
    if (facts.status !== 'ended') return
    const endedAtMs = facts.endedAtMs ?? this.#needs.nowMs()
    await this.end(instance, { status: 'exited', ...parseExitCode(facts.exitCode), endedAtMs })
  }

  #lost(): Ended {
    return { status: 'lost', endedAtMs: this.#needs.nowMs() }
  }

  #open(): readonly Instance[] {
    return [...this.#needs.instances()].filter((instance) => instance.ended === undefined)
  }
}

function isOf(instance: Instance, event: EngineEvent): boolean {
  if (instance.made !== undefined) return instance.made === event.container
  return instance.name === event.labels['rampart.instance']
}
