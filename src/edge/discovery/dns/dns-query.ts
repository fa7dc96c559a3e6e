/**
 * Reads what somebody asks by DNS, by hand: a question is echoed byte for byte, so that the case of its
 * letters survives, and nothing that arrives can make this throw or read far.
 *
 * @source RFC 1035, section 4; RFC 6891, section 6
 */

/** One question. */
export interface DnsQuestion {
  /** Labels in lower case, joined by dots; empty for the root. */
  readonly name: string
  readonly type: number
  readonly class: number
  /** As it came: name, type and class. */
  readonly bytes: Buffer
}

/** What a client says of itself. */
export interface Edns {
  readonly version: number
  /** The largest answer that it takes by UDP. @unit bytes */
  readonly size: number
}

/** What came: something to stay silent about, something broken, or a query. */
export type DnsHeard =
  | { readonly sense: 'none' }
  | { readonly sense: 'broken' | 'other-opcode'; readonly id: number; readonly flags: number }
  | {
      readonly sense: 'query'
      readonly id: number
      readonly flags: number
      readonly question: DnsQuestion
      readonly edns?: Edns
    }

const HEAD_BYTES = 12
const NAME_BYTES_MAX = 255
const RECORDS_MAX = 16
const TYPE_OPT = 41

/** Reads a message. Whoever answers gets no answer: two servers must never talk to each other. */
export function parseDns(bytes: Buffer): DnsHeard {
  if (bytes.length < HEAD_BYTES) return { sense: 'none' }
  const id = bytes.readUInt16BE(0)
  const flags = bytes.readUInt16BE(2)
  if ((flags & 0x8000) !== 0) return { sense: 'none' }
  if ((flags & 0x7800) !== 0) return { sense: 'other-opcode', id, flags }
  const broken: DnsHeard = { sense: 'broken', id, flags }
  const records = bytes.readUInt16BE(6) + bytes.readUInt16BE(8) + bytes.readUInt16BE(10)
  if (bytes.readUInt16BE(4) !== 1 || records > RECORDS_MAX) return broken
  const question = parseQuestion(bytes)
  if (question === undefined) return broken
  const edns = findEdns(bytes, HEAD_BYTES + question.bytes.length, records)
  if (edns === 'broken') return broken
  return { sense: 'query', id, flags, question, ...(edns === undefined ? {} : { edns }) }
}

function parseQuestion(bytes: Buffer): DnsQuestion | undefined {
  const labels: string[] = []
  let at = HEAD_BYTES
  for (;;) {
    const length = bytes[at]
    // There is nothing yet that a pointer could point to.
    if (length === undefined || length > 63 || at - HEAD_BYTES >= NAME_BYTES_MAX) return undefined
    at += 1
    if (length === 0) break
    if (at + length > bytes.length) return undefined
    labels.push(printLabel(bytes.subarray(at, at + length)))
    at += length
  }
  if (at + 4 > bytes.length) return undefined
  const [type, group] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)]
  const name = labels.join('.')
  return { name, type, class: group, bytes: Buffer.from(bytes.subarray(HEAD_BYTES, at + 4)) }
}

/** A dot within a label must not look like one between labels. */
function printLabel(label: Buffer): string {
  return label.toString('latin1').toLowerCase().replaceAll('.', '\\046')
}

function findEdns(bytes: Buffer, start: number, records: number): Edns | undefined | 'broken' {
  let at = start
  let edns: Edns | undefined
  for (let count = 0; count < records; count += 1) {
    const isRoot = bytes[at] === 0
    const end = skipName(bytes, at)
    if (end === undefined || end + 10 > bytes.length) return 'broken'
    const isOpt = bytes.readUInt16BE(end) === TYPE_OPT
    if (isOpt && (edns !== undefined || !isRoot)) return 'broken'
    if (isOpt) edns = { size: bytes.readUInt16BE(end + 2), version: bytes[end + 5] ?? 0 }
    at = end + 10 + bytes.readUInt16BE(end + 8)
    if (at > bytes.length) return 'broken'
  }
  return edns
}

function skipName(bytes: Buffer, start: number): number | undefined {
  for (let at = start; at - start < NAME_BYTES_MAX; ) {
    const length = bytes[at]
    if (length === undefined) return undefined
    if (length === 0) return at + 1
    if (length >= 0xc0) return at + 2
    if (length > 63) return undefined
    at += 1 + length
  }
  return undefined
}
