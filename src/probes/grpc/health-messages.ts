/**
 * The two messages of grpc.health.v1 as protocol buffers: a request with one text, an answer with one
 * number. Written by hand, because a loader of .proto files for two fields would be the larger risk.
 *
 * @source https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */

/** What a server says of a service. */
export type ServingStatus = 'UNKNOWN' | 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN'

const STATUSES: readonly ServingStatus[] = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

const SERVICE_TAG = 0x0a
const STATUS_FIELD = 1

/** HealthCheckRequest: `string service = 1`. */
export function printRequest(service: string): Buffer {
  const text = Buffer.from(service, 'utf8')
  if (text.length === 0) return text
  return Buffer.concat([Buffer.from([SERVICE_TAG, ...printVarint(text.length)]), text])
}

/**
 * HealthCheckResponse: `ServingStatus status = 1`. Fields that are not known are skipped, and a status
 * that is not known reads as `UNKNOWN`; undefined when it is no message at all.
 */
export function parseResponse(bytes: Uint8Array): ServingStatus | undefined {
  let status = 0
  let at = 0
  while (at < bytes.length) {
    const tag = readVarint(bytes, at)
    if (tag === undefined) return undefined
    const wire = tag.value & 7
    const field = tag.value >>> 3
    const content =
      wire === 0 || wire === 2 ? readVarint(bytes, tag.end) : { value: 0, end: tag.end }
    if (content === undefined || field === 0) return undefined
    if (wire === 0 && field === STATUS_FIELD) status = content.value
    const length = LENGTHS[wire]
    if (length === undefined) return undefined
    at = content.end + (wire === 2 ? content.value : length)
    if (at > bytes.length) return undefined
  }
  return STATUSES[status] ?? 'UNKNOWN'
}

/** How much follows a tag, and its varint if it has one, by wire type. */
const LENGTHS: Readonly<Record<number, number>> = { 0: 0, 1: 8, 2: 0, 5: 4 }

function printVarint(value: number): readonly number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return [...bytes, rest]
}

/** A varint of at most 32 bits; longer ones are cut off, as for an int32. */
function readVarint(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[start + index]
    if (byte === undefined) return undefined
    if (index < 5) value |= (byte & 0x7f) << (7 * index)
    if ((byte & 0x80) === 0) return { value: value >>> 0, end: start + index + 1 }
  }
  return undefined
}
