/** Drives the heart alone, without an engine: one input after the other, at instants of one's own. */
import type { CommandAnswer, Entry, Word } from '../../src/core/entry/entry.ts'
import { checkPlan } from '../../src/core/plan/check-plan.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { Answer, Verdict } from '../../src/core/plan/verdict.ts'
import { advance, openRamp } from '../../src/core/ramp/advance.ts'
import { nextDue } from '../../src/core/ramp/due.ts'
import type { Input } from '../../src/core/ramp/input.ts'
import type { RampState, StageState } from '../../src/core/ramp/state.ts'

/** A ramp in hand. */
export class Drive {
  readonly entries: Entry[] = []
  state: RampState
  nowMs = 1_000

  constructor(plan: Plan) {
    const opened = openRamp({ ramp: 'ramp', plan: checkPlan(plan), by: 'proposer' }, this.nowMs)
    this.state = opened.state
    this.entries.push(...opened.entries)
  }

  /** Hears one input. Returns what was recorded of it. */
  hear(input: Input): readonly Entry[] {
    const next = advance(this.state, input, this.nowMs)
    this.state = next.state
    this.entries.push(...next.entries)
    return next.entries
  }

  /** Answers the command of a stage that is in flight. */
  done(
    stage: string,
    verdict: 'done' | 'failed' = 'done',
    rest: Partial<CommandAnswer> = {},
  ): readonly Entry[] {
    const command = this.stage(stage).inFlight?.id ?? 'none'
    const plain = { verdict, reason: verdict, sentence: `It is ${verdict}.`, outputs: {} }
    const answer = { ...plain, retryable: true, ...rest }
    return this.hear({ type: 'command', command, answer })
  }

  /** Answers a probe's question, as its next attempt unless another is given. */
  answer(
    at: string,
    verdict: Verdict,
    rest: Partial<Answer> & { attempt?: number } = {},
  ): readonly Entry[] {
    const [stage = '', condition = ''] = at.split(':')
    const { attempt = this.#attempts(stage) + 1, ...fields } = rest
    const sentence = `It ${verdict}.`
    const plain: Answer = { verdict, outlook: 'notYet', reason: verdict, sentence, evidence: {} }
    const { incarnation } = this.stage(stage)
    const answer = { ...plain, ...fields }
    return this.hear({ type: 'answer', stage, condition, incarnation, answer, attempt })
  }

  /** Says a word. */
  say(word: Word, by = 'operator'): readonly Entry[] {
    return this.hear({ type: 'word', by, word })
  }

  /** Tells news of a subject. */
  news(subject: string, is: string): readonly Entry[] {
    return this.hear({ type: 'news', subject, is, digest: this.state.planDigest })
  }

  /** Lets time go by, with a tick at every instant that is due. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    for (;;) {
      const due = nextDue(this.state, this.nowMs)
      if (due === undefined || due.atMs > untilMs) break
      this.nowMs = due.atMs
      this.hear({ type: 'tick' })
    }
    this.nowMs = untilMs
  }

  /** How a stage stands. */
  stage(name: string): StageState {
    const found = this.state.stages.find((stage) => stage.name === name)
    if (found === undefined) throw new Error(`there is no stage ${name}`)
    return found
  }

  /** The phases of all stages: `db ready, api waiting`. */
  phases(): string {
    return this.state.stages.map(({ name, phase }) => `${name} ${phase}`).join(', ')
  }

  #attempts(stage: string): number {
    return Math.max(0, ...this.stage(stage).conditions.map((condition) => condition.attempts))
  }
}
