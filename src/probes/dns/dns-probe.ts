/**
 * The `dns` probe: does every named resolver say of a name what it should? Each is asked for itself,
 * at the same time, because what one has learned another may still deny out of its cache. The hosts
 * file is not looked at.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { askResolver } from './ask-resolver.ts'
import { assessDns } from './assess-dns.ts'
import { readDnsInput } from './dns-input.ts'

/** Asks resolvers. */
export class DnsProbe implements Probe {
  readonly kind = 'dns'

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readDnsInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const whom = input.resolvers.length === 0 ? [undefined] : input.resolvers
    const resolutions = await Promise.all(
      whom.map((resolver) => askResolver(resolver, input, asking.signal)),
    )
    return assessDns(input, { resolutions, latencyMs: elapsedMs(startedMs, performance.now()) })
  }
}
