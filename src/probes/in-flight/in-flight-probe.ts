/**
 * The `in-flight` probe: is nothing under way any more at the starts of a component that are being
 * replaced? It only asks what carries their traffic. Plans ask it; no contract writes it.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import { startOfInstance } from '../../core/port/port-owner.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { inconclusive, malformedInput, notYet, passed } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'

/** Tells what is under way at every start of a service but some; undefined when it cannot be told. */
export type InFlight = (service: string, except: readonly string[]) => Promise<number | undefined>

/** Asks what carries traffic. */
export class InFlightProbe implements Probe {
  readonly kind = 'in-flight'
  readonly #inFlight: InFlight

  constructor(inFlight: InFlight) {
    this.#inFlight = inFlight
  }

  async ask({ input }: Asking): Promise<Answer> {
    const reader = new InputReader(input)
    const front = reader.text('front')
    const except = reader.texts('except', [])
    if (except.length === 0) reader.refuse('except must name the starts that go on')
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const count = await this.#inFlight(front, except.map(startOfInstance))
    if (count === undefined) {
      return inconclusive({
        reason: 'untold',
        sentence: `What carries the traffic of ${front} does not tell what is under way.`,
        evidence: {},
      })
    }
    const evidence = { inFlight: count }
    if (count === 0) {
      const sentence = `Nothing is under way at the earlier starts of ${front}.`
      return passed({ reason: 'drained', sentence, evidence })
    }
    const many = count === 1 ? 'request is' : 'requests are'
    const sentence = `${count} ${many} still under way at the earlier starts of ${front}.`
    return notYet({ reason: 'in-flight', sentence, evidence })
  }
}
