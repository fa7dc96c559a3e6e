/**
 * The `exit` probe: has the component's own process ended as it should, or does it keep running? It
 * only looks, by the instance that the stage's command put out, and never starts or stops anything.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import type { Processes } from '../../seams/processes.ts'
import { errored, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessExit, type ExpectedExit } from './assess-exit.ts'

/** Looks at the process that the stage started. */
export class ExitProbe implements Probe {
  readonly kind = 'exit'
  readonly #processes: Processes
  readonly #clock: Clock

  constructor(processes: Processes, clock: Clock) {
    this.#processes = processes
    this.#clock = clock
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const expected = readExpectedExit(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const instance = instanceOf(asking.self)
    if (instance === undefined) {
      return errored('terminal', {
        reason: 'no-process',
        sentence: 'The stage has started no process of its own, so there is no exit to judge.',
        evidence: {},
      })
    }
    const state = this.#processes.state(instance)
    if (state === undefined) {
      return errored('notYet', {
        reason: 'unknown-process',
        sentence: `Nothing is known of a process ${instance}.`,
        evidence: { instance },
      })
    }
    return assessExit(expected, state, this.#clock.nowMs())
  }

  watch(asking: Asking, changed: () => void): () => void {
    const instance = instanceOf(asking.self)
    return instance === undefined ? () => undefined : this.#processes.onEnd(instance, changed)
  }
}

/** Reads the input; what is wrong with it is kept by the reader. */
export function readExpectedExit(reader: InputReader): ExpectedExit {
  const words = reader.texts('expect', [])
  if (words.length === 1 && words[0] === 'running') return 'running'
  const codes = reader.wholes('expect', [])
  if (codes.length === 0) reader.refuse('`expect` must be `running` or exit codes.')
  return codes
}

function instanceOf(self: JsonObject): string | undefined {
  const instance = self['instance']
  return typeof instance === 'string' ? instance : undefined
}
