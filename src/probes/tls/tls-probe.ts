/**
 * The `tls` probe: is a certificate shown that is to be trusted, for this name, for long enough, and
 * the same wherever the name leads? It only shakes hands, whatever is spoken afterwards.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { resolveAddresses } from '../connection/open-connection.ts'
import { readAuthorities } from '../connection/read-authorities.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessTls } from './assess-tls.ts'
import { type Greeting, type Handshake, shakeHands } from './shake-hands.ts'
import { readTlsProbeInput, type TlsProbeInput } from './tls-input.ts'

/** Shakes hands by TLS. */
export class TlsProbe implements Probe {
  readonly kind = 'tls'
  readonly #clock: Pick<Clock, 'nowMs'>

  /** @param clock says how many days are left */
  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readTlsProbeInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const seen = await greet(input, asking.signal)
    const latencyMs = elapsedMs(startedMs, performance.now())
    return assessTls(input, { ...seen, latencyMs, nowMs: this.#clock.nowMs() })
  }
}

interface Seen {
  readonly handshakes: readonly Handshake[]
  readonly failure?: string
}

async function greet(input: TlsProbeInput, signal: AbortSignal): Promise<Seen> {
  const ca = await readAuthorities(input.ca)
  if (ca === 'unreadable') return { handshakes: [], failure: 'CA_UNREADABLE' }
  const greeting: Greeting = { input, ca, signal }
  if (!input.allAddresses) return { handshakes: [await shakeHands(input.host, greeting)] }
  const found = await resolveAddresses(input.host, signal)
  if (!Array.isArray(found)) return { handshakes: [], failure: found.code }
  const handshakes = found.map(async ({ address, family }) => ({
    address,
    family,
    ...(await shakeHands(address, greeting)),
  }))
  return { handshakes: await Promise.all(handshakes) }
}
