/**
 * Several runtimes, and each component in one of them at a time: where a contract has changed from
 * one to another, what still runs in the other is ended first.
 */
import type { CommandAnswer } from '../core/entry/entry.ts'
import type { JsonObject } from '../core/units/json.ts'
import type { Actuator, Order } from '../seams/actuator.ts'

/** A runtime that can say whether anything of a subject runs in it. */
export interface HoldingRuntime extends Actuator {
  isRunning(subject: string): boolean
}

/** A runtime that takes over from others, and stops for them what is theirs. */
export class SoleRuntime implements Actuator {
  readonly name: string
  readonly #runtime: Actuator
  readonly #others: readonly HoldingRuntime[]

  constructor(runtime: Actuator, all: readonly HoldingRuntime[]) {
    this.name = runtime.name
    this.#runtime = runtime
    this.#others = all.filter((other) => other.name !== runtime.name)
  }

  async run(order: Order): Promise<CommandAnswer> {
    const { operation, input } = order
    const subject = input['subject']
    if (typeof subject === 'string' && (operation === 'start' || operation === 'stop')) {
      for (const other of this.#others) {
        if (!other.isRunning(subject)) continue
        const answer = await other.run({ ...order, operation: 'stop', input: stopInput(input) })
        if (answer.verdict === 'failed') return answer
      }
    }
    return await this.#runtime.run(order)
  }
}

/** Without its stop command, which is written for another runtime. */
function stopInput(input: JsonObject): JsonObject {
  const { subject = '', onlyStartedByRamp, stop } = input
  const only = onlyStartedByRamp === undefined ? {} : { onlyStartedByRamp }
  return { subject, ...only, stop: policyOf(stop) }
}

function policyOf(stop: JsonObject[string] | undefined): JsonObject {
  if (typeof stop !== 'object' || stop === null || Array.isArray(stop)) return {}
  const { signal, graceMs } = stop as JsonObject
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(graceMs === undefined ? {} : { graceMs }),
  }
}
