/** What the process runtime knows, as the server tells it. */
import { join } from 'node:path'
import { readInstance } from '../runtimes/process/instance-folder.ts'
import { leftovers } from '../runtimes/process/leftovers.ts'
import type { ProcessRuntime } from '../runtimes/process/process-runtime.ts'
import type { InstanceRecord } from '../runtimes/process/record.ts'
import { slugOf } from '../runtimes/subject/subject-folder.ts'
import type { Components, LogsWanted } from '../server/parts.ts'
import type { ComponentView, LeftoversView, LogLine } from '../server/wire.ts'
import { componentView } from './component-view.ts'

/** Where and how processes are run. */
export interface ProcessComponentsOptions {
  readonly runtime: ProcessRuntime
  readonly workspace: string
  /** Where the runtime keeps everything. */
  readonly folder: string
}

/** What the record of a start says. */
type Meant = Pick<InstanceRecord, 'ports' | 'protocols' | 'copy'>

/** The components that are processes of this machine. */
export class ProcessComponents implements Components {
  readonly #options: ProcessComponentsOptions
  /** What was meant by a start never changes. */
  readonly #meant = new Map<string, Meant>()

  constructor(options: ProcessComponentsOptions) {
    this.#options = options
  }

  list(): readonly ComponentView[] {
    const views = this.#options.runtime.instances().flatMap((instance) => {
      const state = this.#options.runtime.state(instance)
      if (state === undefined) return []
      const pid = state.status === 'running' ? this.#componentIn(state.pid) : state.pid
      const place = placeIn(instance)
      const meant = { subject: place.subject, instance, ...this.#meantBy(instance) }
      const view = componentView(meant, { ...state, pid })
      return [{ ...place, view }]
    })
    views.sort((one, other) =>
      one.subject === other.subject
        ? one.number - other.number
        : one.subject < other.subject
          ? -1
          : 1,
    )
    return views.map(({ view }) => view)
  }

  logs(wanted: LogsWanted): AsyncIterable<LogLine> {
    const { subject, tailLines, follow, signal } = wanted
    const { runtime } = this.#options
    const which = subject === undefined ? {} : { subject }
    if (follow) return runtime.followLogs({ ...which, tailLines, signal })
    return inTurn(runtime.tailLogs(subject, tailLines))
  }

  leftovers(): LeftoversView {
    return leftovers(this.#options.workspace, this.#options.runtime.kernel)
  }

  /** The component's own process in its wrapper: the one that a person would look at, or kill. */
  #componentIn(wrapper: number): number {
    return this.#options.runtime.kernel.children(wrapper)[0] ?? wrapper
  }

  #meantBy(instance: string): Meant {
    const known = this.#meant.get(instance)
    if (known !== undefined) return known
    const { subject, number } = placeIn(instance)
    const found = readInstance(join(this.#options.folder, slugOf(subject)), number)
    if (found === undefined) return { ports: {} }
    const { ports, protocols, copy } = found.record
    const meant = { ports, protocols, copy }
    this.#meant.set(instance, meant)
    return meant
  }
}

function placeIn(instance: string): { readonly subject: string; readonly number: number } {
  const mark = instance.lastIndexOf('#')
  return { subject: instance.slice(0, mark), number: Number(instance.slice(mark + 1)) }
}

async function* inTurn<Value>(values: Iterable<Value>): AsyncGenerator<Value> {
  yield* values
}
