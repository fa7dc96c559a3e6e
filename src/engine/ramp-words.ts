/** What a ramp's questions and commands say, once their expressions are resolved. */

import type { ComparedQuestion } from '../core/plan/question.ts'
import type { Answer } from '../core/plan/verdict.ts'
import type { OpenQuestion } from '../core/ramp/open-questions.ts'
import { outputsFor } from '../core/ramp/scope.ts'
import { type RampState, stageNamed } from '../core/ramp/state.ts'
import type { JsonObject } from '../core/units/json.ts'
import type { Expressions, Resolution, Scope } from '../seams/expressions.ts'
import type { ComparedAsking } from '../seams/probe.ts'
import type { RampSettings } from '../seams/settings.ts'
import { limitEvidence } from './evidence-limit.ts'
import { type Redact, redactorFor } from './redact.ts'
import { toldEvidence } from './told-evidence.ts'

/** Resolves expressions for one ramp, and keeps its secrets out of what is recorded. */
export class RampWords {
  readonly redact: Redact
  readonly #expressions: Expressions
  readonly #settings: RampSettings | undefined
  readonly #state: () => RampState

  constructor(
    expressions: Expressions,
    settings: RampSettings | undefined,
    state: () => RampState,
  ) {
    this.#expressions = expressions
    this.#settings = settings
    this.#state = state
    this.redact = redactorFor(settings)
  }

  /** An input with every template resolved, for a stage as it stands. */
  resolve(stage: string, template: JsonObject): Resolution<JsonObject> {
    return this.#expressions.resolve(template, this.#scope(stage))
  }

  /** What a question compares, each put as its own stage would put it. */
  resolveAmong(among: readonly ComparedQuestion[]): Resolution<readonly ComparedAsking[]> {
    const askings: ComparedAsking[] = []
    for (const { name, stage, probe, input: template } of among) {
      const input = this.resolve(stage, template)
      if (!input.ok) return { ok: false, why: `for ${name}, ${input.why}` }
      const where = this.groupOf(stage)
      askings.push({ name, probe, input: input.value, self: this.selfOf(stage), ...where })
    }
    return { ok: true, value: askings }
  }

  /** What `self` is for a stage. */
  selfOf(stage: string): JsonObject {
    return stageNamed(this.#state(), stage)?.now.outputs ?? {}
  }

  /** Which group a stage belongs to, as a member to spread. */
  groupOf(stage: string): { readonly group?: string } {
    const group = stageNamed(this.#state(), stage)?.stage.group
    return group === undefined ? {} : { group }
  }

  /** An answer held against the question's `when`, without secrets. */
  judge(question: OpenQuestion, answer: Answer): Answer {
    // Redacted before anything is cut: a secret that is cut in two is not found any more.
    const { evidence, ...judged } = this.redact(this.#judge(question, answer))
    return { ...judged, evidence: limitEvidence(evidence) }
  }

  #judge(question: OpenQuestion, answer: Answer): Answer {
    const { when } = question.question
    if (when === undefined || answer.verdict !== 'passed') return answer
    const scope = { ...this.#scope(question.stage), evidence: answer.evidence }
    const result = this.#expressions.evaluate(when, scope)
    const { evidence } = answer
    if (!result.ok) {
      const sentence = `${answer.sentence} But \`${when}\` cannot be told: ${result.why}`
      const reason = 'when-unknown'
      return { verdict: 'inconclusive', outlook: 'notYet', reason, sentence, evidence }
    }
    if (result.value === true) return answer
    const told = toldEvidence(when, this.redact(evidence))
    const values = told === '' ? '' : `: ${told}`
    const sentence = `${answer.sentence} But \`${when}\` is ${JSON.stringify(result.value)}${values}.`
    return { verdict: 'failed', outlook: 'notYet', reason: 'when-false', sentence, evidence }
  }

  /** What whoever opened the ramp is called. */
  get by(): readonly string[] {
    return this.#settings?.by ?? []
  }

  #scope(stage: string): Scope {
    const state = this.#state()
    const run = { ...this.#settings?.run, id: state.ramp, goal: state.plan.goal }
    const outputs = outputsFor(state, stage)
    const { values, groups } = this.#settings ?? { values: {} }
    const settings = { ...values, ...groups?.[outputs.group ?? ''] }
    return { ...outputs, settings, run }
  }
}
