/**
 * The commands of one ramp that are under way. A command is run only once its issue is recorded, and
 * again after a crash if it has no answer; actuators make that harmless. Whatever happens, each
 * command gets an answer within its time-out and a short grace.
 */
import type { CommandAnswer } from '../core/entry/entry.ts'
import { type CommandToRun, isUnwanted, unansweredCommands } from '../core/ramp/commands.ts'
import type { RampState } from '../core/ramp/state.ts'
import { describeDuration } from '../core/units/duration.ts'
import type { Actuator } from '../seams/actuator.ts'
import type { Timer } from '../seams/clock.ts'
import type { PoolParts } from './asker-pool.ts'

/** How long an actuator may take to settle after its command was aborted. @unit ms */
const SETTLE_MS = 5_000

/** Runs just the commands that a ramp wants done. */
export class CommandPool {
  readonly #pool: PoolParts
  readonly #underWay = new Map<string, AbortController>()
  /** Of everything that has not answered, also what nobody wants any more. */
  readonly #timers = new Set<Timer>()
  #isClosed = false

  constructor(pool: PoolParts) {
    this.#pool = pool
  }

  /** Runs commands that have no answer, and aborts those that are no longer wanted. */
  reconcile(state: RampState): void {
    const unanswered = unansweredCommands(state)
    // An answer that waits to be recorded still stands for its command: it must not be run again.
    for (const id of this.#underWay.keys()) {
      if (!unanswered.some((command) => command.id === id)) this.#underWay.delete(id)
    }
    for (const command of unanswered) {
      const controller = this.#underWay.get(command.id)
      if (isUnwanted(state, command)) controller?.abort()
      if (controller === undefined && state.ended === undefined) void this.#run(command)
    }
  }

  /** Whether something has not answered yet, wanted or not. */
  get isBusy(): boolean {
    return this.#timers.size > 0
  }

  /** Aborts nothing: what is under way goes on in the world and is repeated by the next engine. */
  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  /** Closes, and aborts what is under way: whoever owns the ramp now does it again. */
  abort(): void {
    this.close()
    for (const controller of this.#underWay.values()) controller.abort()
  }

  async #run(command: CommandToRun): Promise<void> {
    const { events, ramp, right, words } = this.#pool
    // From here to the actuator nothing waits, so that what is sure here is sure there. A ramp whose
    // right is not sure is given up elsewhere; until then it only must not do anything.
    if (!right.isSure()) return
    const controller = new AbortController()
    this.#underWay.set(command.id, controller)
    events.emit('command.run', { ramp, command })
    const answer = await this.#answer(command, controller)
    if (this.#isClosed) return
    this.#pool.hear({ type: 'command', command: command.id, answer: words.redact(answer) })
  }

  async #answer(command: CommandToRun, controller: AbortController): Promise<CommandAnswer> {
    const { parts, ramp, words, clock } = this.#pool
    const { actuator: name, operation, timeoutMs } = command.command
    const actuator = parts.actuators.find((candidate) => candidate.name === name)
    if (actuator === undefined) {
      return failed('part-unknown', `This build has no actuator ${name}.`, false)
    }
    const input = words.resolve(command.stage, command.command.input)
    if (!input.ok) return failed('unresolved', `It could not be put: ${input.why}`, false)
    const { id, stage, purpose, fence } = command
    const what = { purpose, operation, input: input.value, fence }
    const order = { id, ramp, stage, ...words.groupOf(stage), ...what, by: words.by }
    const nowMs = clock.nowMs()
    return new Promise((resolve) => {
      const sentence = `${operation} had no answer within ${describeDuration(timeoutMs)}.`
      const giveUpMs = nowMs + timeoutMs + SETTLE_MS
      const timers = [
        clock.wakeAt(nowMs + timeoutMs, () => controller.abort()),
        clock.wakeAt(giveUpMs, () => settle(failed('timed-out', sentence, true))),
      ]
      const settle = (answer: CommandAnswer): void => {
        for (const timer of timers) {
          timer.cancel()
          this.#timers.delete(timer)
        }
        resolve(answer)
      }
      for (const timer of timers) this.#timers.add(timer)
      void carryOut(actuator, { ...order, signal: controller.signal }).then(settle)
    })
  }
}

async function carryOut(
  actuator: Actuator,
  order: Parameters<Actuator['run']>[0],
): Promise<CommandAnswer> {
  try {
    return await actuator.run(order)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const sentence = `The actuator ${actuator.name} failed by a bug of its own: ${message}`
    return failed('actuator-crashed', sentence, true)
  }
}

function failed(reason: string, sentence: string, retryable: boolean): CommandAnswer {
  return { verdict: 'failed', reason, sentence, outputs: {}, retryable }
}
