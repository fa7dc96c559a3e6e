/**
 * The `http` probe: asks a URL and judges status, headers and body. It follows no redirect that it
 * was not told to follow, reads no more than it was told to read, and uses no proxy. All of it is
 * shared with the other probes that ask by HTTP, in src/probes/exchange/.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import type { PortListeners } from '../../seams/processes.ts'
import { malformedInput } from '../answer/answer.ts'
import { assessOwner, UNTOLD } from '../connection/assess-owner.ts'
import { assessExchange } from '../exchange/assess-exchange.ts'
import { portOf } from '../exchange/exchange.ts'
import { exchangeFollowing } from '../exchange/exchange-following.ts'
import { readExpectation } from '../exchange/expectation.ts'
import { InputReader } from '../input/input-reader.ts'
import { printUrl } from '../redaction/redact.ts'

/** Asks by HTTP/1.1. */
export class HttpProbe implements Probe {
  readonly kind = 'http'
  readonly #listeners: PortListeners

  constructor(listeners: PortListeners = UNTOLD) {
    this.#listeners = listeners
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readExpectation(reader)
    const isOwned = reader.flag('owned', false)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const facts = await exchangeFollowing(input, {}, asking.signal)
    const answer = assessExchange(input, facts)
    const { connected } = facts.exchange
    if (!isOwned || connected === undefined) return answer
    const stranger = assessOwner({
      listeners: this.#listeners,
      self: asking.self,
      address: connected.address,
      port: portOf(facts.url),
      subject: `${input.method} ${printUrl(facts.url)}`,
      evidence: answer.evidence,
    })
    return stranger ?? answer
  }
}
