/** A collector of our own: takes OTLP over HTTP in JSON, and gives back what it was sent. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'

/** A value as OTLP writes it in JSON. */
type OtlpValue = Readonly<Record<string, unknown>>

/** A span as it came. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code?: number; readonly message?: string }
  readonly attributes: readonly { readonly key: string; readonly value: OtlpValue }[]
  readonly events: readonly { readonly name: string; readonly timeUnixNano: string }[]
}

/** One request. */
export interface ReceivedTraces {
  readonly path: string
  readonly contentType: string
  readonly resource: Readonly<Record<string, unknown>>
  readonly spans: readonly ReceivedSpan[]
}

/** Takes traces until the test ends. */
export interface OtlpReceiver {
  /** What goes into OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string
  readonly received: readonly ReceivedTraces[]
  readonly logs: readonly ReceivedLog[]
}

/** A line of a log, as it came. */
export interface ReceivedLog {
  readonly path: string
  readonly severityText: string
  readonly body: { readonly stringValue: string }
  readonly attributes: readonly { readonly key: string; readonly value: OtlpValue }[]
  readonly resource: Readonly<Record<string, unknown>>
}

/** Opens one on a free port; it answers everything with this status. */
export async function openOtlpReceiver(t: TestContext, status = 200): Promise<OtlpReceiver> {
  const received: ReceivedTraces[] = []
  const logs: ReceivedLog[] = []
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    if (request.url?.endsWith('/logs')) logs.push(...parseLogs(request, body))
    else received.push(parse(request, body))
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return { endpoint: `http://127.0.0.1:${port}`, received, logs }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const body = Buffer.concat(pieces)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: ReceivedSpan['attributes'] }
    readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[]
  }[]
}

interface OtlpLogsBody {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: ReceivedSpan['attributes'] }
    readonly scopeLogs: readonly { readonly logRecords: readonly ReceivedLog[] }[]
  }[]
}

function parseLogs({ url: path = '' }: IncomingMessage, body: Buffer): readonly ReceivedLog[] {
  const { resourceLogs } = JSON.parse(body.toString('utf8')) as OtlpLogsBody
  return resourceLogs.flatMap(({ resource, scopeLogs }) => {
    const named = resource.attributes.map(({ key, value }) => [key, Object.values(value)[0]])
    const records = scopeLogs.flatMap(({ logRecords }) => logRecords)
    return records.map((record) => ({ ...record, path, resource: Object.fromEntries(named) }))
  })
}

function parse(request: IncomingMessage, body: Buffer): ReceivedTraces {
  const { resourceSpans } = JSON.parse(body.toString('utf8')) as OtlpBody
  const attributes = resourceSpans.flatMap(({ resource }) => resource.attributes)
  const resource = Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
  )
  const spans = resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans))
  const { url: path = '', headers } = request
  return { path, contentType: headers['content-type'] ?? '', resource, spans }
}
