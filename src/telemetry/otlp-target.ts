/**
 * Where traces and logs are sent, by OpenTelemetry's own variables; nothing is sent unless one of
 * them says so.
 *
 * @source https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */

/** What is sent. */
export type OtlpSignal = 'traces' | 'logs'

/** Where to send, and in whose name. */
export interface OtlpTarget {
  readonly url: string
  /** Says whose they are, beside `service.name`. */
  readonly attributes: Readonly<Record<string, string>>
}

type Settings = Readonly<Record<string, string | undefined>>

/** The target; undefined when none is given, or telemetry is switched off. */
export function otlpTargetOf(
  settings: Settings,
  signal: OtlpSignal = 'traces',
): OtlpTarget | undefined {
  const name = signal.toUpperCase()
  if (settings['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined
  if (settings[`OTEL_${name}_EXPORTER`] === 'none') return undefined
  const own = given(settings[`OTEL_EXPORTER_OTLP_${name}_ENDPOINT`])
  const base = given(settings['OTEL_EXPORTER_OTLP_ENDPOINT'])
  const url = own ?? (base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/${signal}`)
  if (url === undefined) return undefined
  const attributes = listed(settings['OTEL_RESOURCE_ATTRIBUTES'])
  const service = given(settings['OTEL_SERVICE_NAME']) ?? attributes['service.name'] ?? 'rampart'
  return { url, attributes: { ...attributes, 'service.name': service } }
}

function given(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim()
}

/** `a=1,b=2` with values percent-encoded; what is not written so is left out. */
function listed(text: string | undefined): Readonly<Record<string, string>> {
  const pairs = (text ?? '').split(',').flatMap((pair): readonly [string, string][] => {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals).trim()
    const value = decode(pair.slice(equals + 1).trim())
    return equals <= 0 || name === '' || value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(pairs)
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
