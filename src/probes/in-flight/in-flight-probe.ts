/**
 * The `in-flight` probe: is nothing under way any more at the starts of a component that are being
 * replaced, and have they stayed as long as they are to? It only asks what carries their traffic. Once
 * their time is over, asking again will not do. Plans ask it; no contract writes it.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import { type Parting, printTimes, type Underway } from '../../core/port/parting.ts'
import { startOfInstance } from '../../core/port/port-owner.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { inconclusive, malformedInput, notYet, passed, terminal } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'

/** Tells what is under way at every start of a service but some. */
export type InFlight = (service: string, except: readonly string[]) => Promise<Underway>

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
    const { count, stayMs, over } = await this.#inFlight(front, except.map(startOfInstance))
    if (over !== undefined) return unclean(front, count, over)
    if (count === undefined) {
      return inconclusive({
        reason: 'untold',
        sentence: `What carries the traffic of ${front} does not tell what is under way.`,
        evidence: {},
      })
    }
    const evidence = { inFlight: count }
    if (count === 0 && stayMs > 0) {
      const sentence = `Nothing is under way at the earlier starts of ${front}; they stay ${describeDuration(stayMs)} more.`
      return notYet({ reason: 'lingering', sentence, evidence })
    }
    if (count === 0) {
      const sentence = `Nothing is under way at the earlier starts of ${front}.`
      return passed({ reason: 'drained', sentence, evidence })
    }
    const sentence = `${many(count)} still under way at the earlier starts of ${front}.`
    return notYet({ reason: 'in-flight', sentence, evidence })
  }
}

function many(count: number): string {
  return `${count} ${count === 1 ? 'request is' : 'requests are'}`
}

/** They are cut off: the record says so. */
function unclean(front: string, count: number | undefined, over: Parting): Answer {
  const { event, contract, by } = over
  const whose = by === 'contract' ? `, as ${contract} says` : ''
  const what = count === undefined ? 'Something may be' : many(count)
  const sentence = `${what} still under way at the earlier starts of ${front}; this ${event} gave them ${printTimes(over)}${whose}, and that is over.`
  const evidence = { event, ...(count === undefined ? {} : { inFlight: count }) }
  return terminal({ reason: 'unclean', sentence, evidence })
}
