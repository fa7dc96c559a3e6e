/**
 * Sends the log by OTLP over HTTP, in batches. The library is loaded with the first line, so that a
 * server that sends none does not pay for it. What cannot be sent is dropped: standard error has it.
 */
import type { LogAttributes, Logger } from '@opentelemetry/api-logs'
import type { LogAbout, LogLevel } from './log-about.ts'
import type { OtlpTarget } from './otlp-target.ts'

/** OpenTelemetry's numbers for how much a line matters. */
const SEVERITY: Readonly<Record<LogLevel, number>> = {
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
}

interface Loaded {
  readonly logger: Logger
  close(): Promise<void>
}

/** Sends to one target. */
export class OtlpLogSender {
  readonly #target: OtlpTarget
  readonly #version: string
  #loading: Promise<Loaded> | undefined

  constructor(target: OtlpTarget, version: string) {
    this.#target = target
    this.#version = version
  }

  /** Puts a line in line; never waits, never throws. */
  send(line: string, about: LogAbout, atMs: number): void {
    this.#loading ??= this.#load()
    const { level = 'info', ...ids } = about
    const attributes = attributesOf(ids)
    const record = {
      timestamp: atMs,
      severityNumber: SEVERITY[level],
      severityText: level,
      body: line,
      attributes,
    }
    this.#loading.then(
      ({ logger }) => logger.emit(record),
      // Without its library nothing can be sent; the line stands on standard error all the same.
      () => undefined,
    )
  }

  /** Sends what is left, then lets go. */
  async close(): Promise<void> {
    const loaded = await this.#loading
    await loaded?.close()
  }

  async #load(): Promise<Loaded> {
    const [{ OTLPLogExporter }, { LoggerProvider, BatchLogRecordProcessor }, resources] =
      await Promise.all([
        import('@opentelemetry/exporter-logs-otlp-http'),
        import('@opentelemetry/sdk-logs'),
        import('@opentelemetry/resources'),
      ])
    const { url, attributes } = this.#target
    const resource = resources.resourceFromAttributes({
      ...attributes,
      'service.version': this.#version,
    })
    const exporter = new OTLPLogExporter({ url })
    const processors = [new BatchLogRecordProcessor({ exporter })]
    const provider = new LoggerProvider({ resource, processors })
    return {
      logger: provider.getLogger('rampart', this.#version),
      close: () => provider.shutdown(),
    }
  }
}

/** `rampart.ramp` and the like, as the traces have them. */
function attributesOf(ids: Omit<LogAbout, 'level'>): LogAttributes {
  return Object.fromEntries(
    Object.entries(ids).map(([name, id]) => [`rampart.${name}`, id] as const),
  )
}
