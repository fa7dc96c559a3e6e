/**
 * The `agree` probe: asks one condition in several regions at the same time, and holds what they see
 * against each other. What is compared was asked in this very attempt, of what runs now: nothing that
 * was seen earlier, or of an earlier incarnation, can make regions agree.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Expressions } from '../../seams/expressions.ts'
import type { Asking, ComparedAsking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { readAgreeInput } from './agree-input.ts'
import { assessAgreement, type Observation } from './assess-agreement.ts'

/** Asks several regions. */
export class AgreeProbe implements Probe {
  readonly kind = 'agree'
  readonly #probes: ReadonlyMap<string, Probe>
  readonly #expressions: Pick<Expressions, 'evaluate'>

  /** @param probes those that it may ask */
  constructor(probes: readonly Probe[], expressions: Pick<Expressions, 'evaluate'>) {
    this.#probes = new Map(probes.map((probe) => [probe.kind, probe]))
    this.#expressions = expressions
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readAgreeInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const observations = await Promise.all(
      (asking.among ?? []).map((one) => this.#observe(one, input.value, asking)),
    )
    return assessAgreement(input, observations, elapsedMs(startedMs, performance.now()))
  }

  async #observe(one: ComparedAsking, value: string, asking: Asking): Promise<Observation> {
    const { name: region, probe: kind, input, self, group } = one
    const probe = this.#probes.get(kind)
    if (probe === undefined) {
      const why = `this build has no probe ${kind}`
      return { region, atMs: performance.now(), why }
    }
    const { attempt, signal } = asking
    const where = group === undefined ? {} : { group }
    const answer = await probe.ask({ input, self, ...where, attempt, signal })
    const atMs = performance.now()
    if (answer.verdict !== 'passed') return { region, atMs, why: answer.sentence }
    const { evidence } = answer
    const nothing = { self: {}, components: {}, settings: {}, run: {} }
    const result = this.#expressions.evaluate(value, { ...nothing, evidence })
    if (!result.ok) return { region, atMs, why: `its \`${value}\` cannot be told: ${result.why}` }
    return { region, atMs, value: result.value }
  }
}
