/** Sends every ramp that ends as a trace, where OpenTelemetry's variables say so. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Entry } from '../core/entry/entry.ts'
import { traceOf } from '../core/trace/ramp-trace.ts'
import { OtlpSender } from '../telemetry/otlp-sender.ts'
import { otlpTargetOf } from '../telemetry/otlp-target.ts'
import type { DaemonParts } from './daemon-parts.ts'

/** How long a daemon that is stopping waits for traces to be taken. @unit ms */
const CLOSE_PATIENCE_MS = 3_000

/** What telemetry is put together from. */
export interface DaemonTelemetryOptions {
  readonly parts: Pick<DaemonParts, 'engine' | 'ledger'>
  readonly settings: Readonly<Record<string, string>>
  readonly version: string
  onTrouble(error: unknown): void
}

/**
 * Sends from now on.
 *
 * @returns stops, once what is being sent has been taken
 */
export function sendTraces(options: DaemonTelemetryOptions): () => Promise<void> {
  const { parts, settings, version, onTrouble } = options
  const target = otlpTargetOf(settings)
  if (target === undefined) return async () => undefined
  const sender = new OtlpSender(target, version)
  const reading = new Set<Promise<void>>()
  const stop = parts.engine.events.on('ramp.ended', ({ ramp }) => {
    const sending = sendRamp(parts, sender, ramp)
      .catch(onTrouble)
      .finally(() => reading.delete(sending))
    reading.add(sending)
  })
  return async () => {
    stop()
    const sent = Promise.all(reading).then(() => sender.close())
    // A collector that does not answer must not keep the daemon: traces are worth no waiting.
    await Promise.race([sent, delay(CLOSE_PATIENCE_MS, undefined, { ref: false })])
  }
}

async function sendRamp(
  { ledger }: Pick<DaemonParts, 'ledger'>,
  sender: OtlpSender,
  ramp: string,
): Promise<void> {
  const entries: Entry[] = []
  for await (const { entry } of ledger.read(ramp)) entries.push(entry)
  await sender.send(traceOf(entries))
}
