/** Processes and containers side by side: whoever looks at components need not know which it is. */
import type { ContainerRuntime } from '../runtimes/container/container-runtime.ts'
import type { Processes, ProcessState } from '../seams/processes.ts'
import type { Components, LogsWanted } from '../server/parts.ts'
import type { ComponentView, LeftoversView, LogLine } from '../server/wire.ts'
import { componentView } from './component-view.ts'

/** Asks whichever runtime knows the instance; no two runtimes name an instance alike. */
export class EveryRuntime implements Processes {
  readonly #runtimes: readonly Processes[]

  constructor(runtimes: readonly Processes[]) {
    this.#runtimes = runtimes
  }

  state(instance: string): ProcessState | undefined {
    for (const runtime of this.#runtimes) {
      const state = runtime.state(instance)
      if (state !== undefined) return state
    }
    return undefined
  }

  onEnd(instance: string, ended: () => void): () => void {
    const unwatch = this.#runtimes.map((runtime) => runtime.onEnd(instance, ended))
    return () => {
      for (const stop of unwatch) stop()
    }
  }
}

/** The components that are containers, added to those that are processes. */
export class EveryComponent implements Components {
  readonly #processes: Components
  readonly #containers: ContainerRuntime

  constructor(processes: Components, containers: ContainerRuntime) {
    this.#processes = processes
    this.#containers = containers
  }

  list(): readonly ComponentView[] {
    const containers = this.#containers.views().flatMap((start) => {
      const state = this.#containers.state(start.instance)
      return state === undefined ? [] : [componentView(start, state)]
    })
    const all = [...this.#processes.list(), ...containers]
    return all.sort((one, other) =>
      one.subject < other.subject ? -1 : one.subject > other.subject ? 1 : 0,
    )
  }

  logs(wanted: LogsWanted): AsyncIterable<LogLine> {
    const { subject, tailLines, follow, signal } = wanted
    const views = this.#containers.views()
    const isAny = views.some((view) => subject === undefined || view.subject === subject)
    if (!isAny) return this.#processes.logs(wanted)
    const which = subject === undefined ? {} : { subject }
    if (follow) {
      const lines = this.#containers.followLogs({ ...which, tailLines, signal })
      return interleaved([this.#processes.logs(wanted), lines])
    }
    return this.#tail(wanted, this.#containers.tailLogs(subject, tailLines))
  }

  /** The processes of containers carry the same marks, wherever this machine shows them. */
  leftovers(): LeftoversView {
    return this.#processes.leftovers()
  }

  async *#tail(wanted: LogsWanted, lines: readonly LogLine[]): AsyncGenerator<LogLine> {
    const all = [...lines]
    for await (const line of this.#processes.logs(wanted)) all.push(line)
    all.sort((one, other) => one.atMs - other.atMs)
    yield* all.slice(-wanted.tailLines)
  }
}

/** The values of all as they come, until all have ended. */
async function* interleaved<Value>(all: readonly AsyncIterable<Value>[]): AsyncGenerator<Value> {
  const iterators = all.map((values) => values[Symbol.asyncIterator]())
  const take = async (place: number): Promise<Taken<Value>> => ({
    place,
    result: (await iterators[place]?.next()) ?? { done: true, value: undefined },
  })
  const waiting = new Map(iterators.map((_, place) => [place, take(place)]))
  try {
    while (waiting.size > 0) {
      const { place, result } = await Promise.race(waiting.values())
      if (result.done === true) {
        waiting.delete(place)
        continue
      }
      waiting.set(place, take(place))
      yield result.value
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.()
  }
}

interface Taken<Value> {
  readonly place: number
  readonly result: IteratorResult<Value, undefined>
}
