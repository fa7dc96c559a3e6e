/**
 * One front and the process that carries it: finds the process, starts it when there is none, tells it
 * all that is wanted, and starts it again when it has ended. The wanted state is kept here, on the
 * daemon's side; the process has it only for as long as it lives.
 */
import { performance } from 'node:perf_hooks'
import { isDeepStrictEqual } from 'node:util'
import { Fault } from '../../core/fault/fault.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import type { Backend, RoutedBackend } from '../../seams/data-plane.ts'
import { pause } from '../../seams/pause.ts'
import type { Access } from './access.ts'
import { ForwarderLine, type ForwarderQuestion, LineLost, UNHEARD } from './forwarder-line.ts'
import type { ForwarderNote, FrontLook } from './forwarder-words.ts'
import type { FrontDefinition } from './front.ts'

const LOOK_MS = 10

/** What one is made of. */
export interface FrontProcessOptions {
  readonly path: string
  readonly definition: FrontDefinition
  readonly clock: Clock
  readonly log: (line: string) => void
  /** Starts the process; it answers at the path soon. */
  readonly start: () => Promise<unknown>
  readonly access: () => Access
  /** How long a process may take to be there. @unit ms */
  readonly startMs: number
  /** Told when it is there again, and when it begins or ends to let nobody in. */
  readonly onChanged: () => void
}

/** How long to wait before the next start, by how many have failed in a row. @unit ms */
const PAUSES_MS: readonly number[] = [0, 50, 200, 1_000, 5_000]

/** One that lived so long was no failed start. @unit ms */
const STEADY_MS = 5_000

/** A front. */
export class FrontProcess {
  readonly #options: FrontProcessOptions
  #definition: FrontDefinition
  readonly #backends = new Map<string, RoutedBackend>()
  #line: ForwarderLine | undefined
  #opening: Promise<ForwarderLine> | undefined
  #again: Timer | undefined
  #failures = 0
  #openedAtMs = 0
  #end: 'left' | 'replaced' | undefined
  /** Whether we have ever told it anything: until then its own word counts. */
  #hasTold = false
  #shut: string | undefined

  constructor(options: FrontProcessOptions) {
    this.#options = options
    this.#definition = options.definition
  }

  get definition(): FrontDefinition {
    return this.#definition
  }

  /** Of the process; undefined while there is none. */
  get pid(): number | undefined {
    return this.#line?.pid
  }

  /** Why it lets nobody in, by its own word; undefined: it does, or there is no process. */
  get shut(): string | undefined {
    return this.#shut
  }

  /** Is there, and carries the front, from now on by this definition. @throws data-plane-failed */
  async open(definition: FrontDefinition = this.#definition): Promise<void> {
    const before = this.#definition
    this.#definition = definition
    try {
      const line = await this.#insist(() => this.#connected())
      if (!isDeepStrictEqual(definition, before)) await this.#tell(line)
    } catch (error) {
      // One that cannot be had is not what the process is started with again.
      this.#definition = before
      throw error
    }
  }

  async route(backend: Backend): Promise<void> {
    await this.#change({ ...backend, state: 'routed' }, 'route')
  }

  async drain(backend: Backend): Promise<void> {
    // It may be known from the process alone, which an earlier daemon has told.
    await this.open()
    if (!this.#backends.has(backend.id)) return
    await this.#change({ ...backend, state: 'draining' }, 'drain')
  }

  async remove(backend: Backend): Promise<void> {
    await this.open()
    this.#backends.delete(backend.id)
    await this.#ask({ do: 'remove', front: this.definition.name, backend: plain(backend) })
  }

  async look(): Promise<FrontLook | undefined> {
    const answer = await this.#ask({ do: 'look' })
    return answer.says === 'look' ? answer.fronts[0] : undefined
  }

  async setAccess(access: Access): Promise<void> {
    await this.#ask({ do: 'access', access })
  }

  /** Ends the front, and with it the process. */
  async close(): Promise<void> {
    const known = this.#letGo()
    const line = known ?? (await ForwarderLine.open(this.#options.path, UNHEARD))
    try {
      await line?.ask({ do: 'close', front: this.definition.name })
    } catch (error) {
      // It is gone, which was asked for.
      if (!(error instanceof LineLost)) throw error
    } finally {
      line?.close()
    }
  }

  /** Leaves it as it is. Idempotent. */
  leave(): void {
    this.#letGo()?.close()
  }

  #letGo(): ForwarderLine | undefined {
    this.#end ??= 'left'
    this.#again?.cancel()
    const line = this.#line
    this.#line = undefined
    return line
  }

  async #change(backend: RoutedBackend, how: 'route' | 'drain'): Promise<void> {
    await this.open()
    this.#backends.set(backend.id, backend)
    await this.#ask({ do: how, front: this.definition.name, backend: plain(backend) })
  }

  async #ask(question: ForwarderQuestion) {
    return await this.#insist(async () => (await this.#connected()).ask(question))
  }

  /** Does it again when the process ended meanwhile: everything that is asked may be repeated. */
  async #insist<Value>(attempt: () => Promise<Value>): Promise<Value> {
    const untilMs = performance.now() + this.#options.startMs
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof LineLost)) throw error
        if (performance.now() > untilMs) throw this.#failed('its process ends again and again.')
      }
    }
  }

  async #connected(): Promise<ForwarderLine> {
    if (this.#end !== undefined) throw this.#failed(SENTENCES[this.#end])
    if (this.#line !== undefined) return this.#line
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    return await this.#opening
  }

  async #open(): Promise<ForwarderLine> {
    const { path } = this.#options
    const line = (await ForwarderLine.open(path, this.#listener())) ?? (await this.#start())
    try {
      if (!this.#hasTold) await this.#adopt(line)
      await this.#tell(line)
    } catch (error) {
      await this.#endUseless(line)
      throw error
    }
    this.#hasTold = true
    this.#openedAtMs = performance.now()
    if (this.#end === undefined) this.#line = line
    else line.close()
    return line
  }

  /** All that is wanted, in one message. */
  async #tell(line: ForwarderLine): Promise<void> {
    const [definition, backends] = [this.#definition, [...this.#backends.values()]]
    await line.ask({ do: 'open', definition, backends, access: this.#options.access() })
  }

  /** A process that could not get its front is in the way of one that can. */
  async #endUseless(line: ForwarderLine): Promise<void> {
    try {
      const answer = await line.ask({ do: 'look' })
      const isUseless = answer.says === 'look' && answer.fronts.length === 0
      if (isUseless) await line.ask({ do: 'close', front: this.definition.name })
    } catch (error) {
      if (!(error instanceof LineLost)) throw error
    } finally {
      line.close()
    }
  }

  /** What an earlier daemon has told it stays. */
  async #adopt(line: ForwarderLine): Promise<void> {
    const answer = await line.ask({ do: 'look' })
    const [found] = answer.says === 'look' ? answer.fronts : []
    for (const { id, address, port, state } of found?.counts.backends ?? []) {
      this.#backends.set(id, { id, address, port, state })
    }
  }

  async #start(): Promise<ForwarderLine> {
    const { path, start, startMs, clock } = this.#options
    await start()
    const untilMs = performance.now() + startMs
    while (performance.now() < untilMs && this.#end === undefined) {
      const line = await ForwarderLine.open(path, this.#listener())
      if (line !== undefined) return line
      await pause(clock, LOOK_MS)
    }
    throw this.#failed(`no forwarder answers at ${path}, although one was started.`)
  }

  #listener() {
    const { definition, log } = this.#options
    return {
      onDenied: ({ sentence, count }: { readonly sentence: string; readonly count: number }) => {
        const others = count > 1 ? ` (and ${count - 1} more since the last word of it)` : ''
        log(`${definition.name} let a client not in. ${sentence}${others}`)
      },
      onNoted: ({ sentence, isShut }: ForwarderNote) => {
        log(`${definition.name}: ${sentence}`)
        this.#setShut(isShut === true ? sentence : undefined)
      },
      onReplaced: () => {
        this.#end ??= 'replaced'
      },
      onGone: () => this.#onGone(),
    }
  }

  #setShut(why: string | undefined): void {
    if (this.#shut === why) return
    this.#shut = why
    this.#options.onChanged()
  }

  #onGone(): void {
    const pid = this.#line?.pid
    this.#line = undefined
    this.#shut = undefined
    if (this.#end !== undefined || pid === undefined) return
    const { definition, log } = this.#options
    log(`The forwarder of ${definition.name} (process ${pid}) has ended; it is started again.`)
    if (performance.now() - this.#openedAtMs > STEADY_MS) this.#failures = 0
    this.#startAgain()
  }

  #startAgain(): void {
    const { clock, log, definition, onChanged } = this.#options
    const pauseMs = PAUSES_MS[Math.min(this.#failures, PAUSES_MS.length - 1)] ?? 0
    this.#failures += 1
    this.#again = clock.wakeAt(clock.nowMs() + pauseMs, () => {
      this.#connected().then(onChanged, (error: unknown) => {
        if (this.#end !== undefined) return
        const why = error instanceof Error ? error.message : String(error)
        log(`The forwarder of ${definition.name} could not be started again: ${why}`)
        this.#startAgain()
      })
    })
  }

  #failed(hint: string): Fault {
    const subject = this.#options.definition.name
    return new Fault({ code: 'data-plane-failed', operation: 'carry a front', subject, hint })
  }
}

const SENTENCES = {
  left: 'this daemon has let go of it.',
  replaced: 'another daemon has taken it over; look who else runs in this workspace.',
} as const

function plain({ id, address, port }: Backend): Backend {
  return { id, address, port }
}
