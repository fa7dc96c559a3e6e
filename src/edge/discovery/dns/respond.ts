/**
 * From the bytes of a question to the bytes of its answer: codes, EDNS, and what to leave out when it
 * does not fit. Pure, and total: whatever comes, it answers or is silent.
 *
 * @source RFC 6891; RFC 2181, section 9 (what truncation means)
 */
import { answerQuestion, type DnsAnswer, EMPTY_ANSWER, type ZoneView } from './answer-question.ts'
import { type DnsHeard, parseDns } from './dns-query.ts'
import { type DnsRecord, DnsWriter } from './dns-record.ts'

/** How the question came. */
export interface DnsCircumstances {
  readonly transport: 'udp' | 'tcp'
  /** Too much comes from there: only whoever can be reached by TCP gets an answer. */
  readonly isLimited?: boolean
}

/** The largest answer by UDP that no network on the way cuts up. @unit bytes @source DNS flag day 2020 */
export const UDP_BYTES_MAX = 1_232
const UDP_BYTES_WITHOUT_EDNS = 512
const TCP_BYTES_MAX = 65_535
const OPT_BYTES = 11

const CODES = { NOERROR: 0, FORMERR: 1, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const

const FLAG_RESPONSE = 0x8000
const FLAG_AUTHORITATIVE = 0x0400
const FLAG_TRUNCATED = 0x0200
const KEPT_FLAGS = 0x7910

type Query = Extract<DnsHeard, { sense: 'query' }>

/** Answers; undefined: silence. */
export function respond(
  bytes: Buffer,
  zones: readonly ZoneView[],
  circumstances: DnsCircumstances,
): Buffer | undefined {
  const heard = parseDns(bytes)
  switch (heard.sense) {
    case 'none':
      return undefined
    case 'broken':
      return printHead(heard, CODES.FORMERR)
    case 'other-opcode':
      return printHead(heard, CODES.NOTIMP)
    case 'query':
      return respondToQuery(heard, zones, circumstances)
  }
}

function respondToQuery(
  query: Query,
  zones: readonly ZoneView[],
  circumstances: DnsCircumstances,
): Buffer {
  if (query.edns !== undefined && query.edns.version > 0)
    return printAnswer(query, CODES.BADVERS, EMPTY_ANSWER, UDP_BYTES_WITHOUT_EDNS)
  if (circumstances.isLimited === true && circumstances.transport === 'udp')
    return printAnswer(query, CODES.NOERROR, EMPTY_ANSWER, 0)
  const answer = answerQuestion(query.question, zones, query.id)
  return printAnswer(query, CODES[answer.code], answer, mostBytes(query, circumstances))
}

function mostBytes(query: Query, { transport }: DnsCircumstances): number {
  if (transport === 'tcp') return TCP_BYTES_MAX
  const asked = query.edns?.size ?? UDP_BYTES_WITHOUT_EDNS
  return Math.min(Math.max(asked, UDP_BYTES_WITHOUT_EDNS), UDP_BYTES_MAX)
}

/** With `most` 0 nothing fits: the client is asked to come by TCP. */
function printAnswer(query: Query, code: number, answer: DnsAnswer, most: number): Buffer {
  const writer = new DnsWriter()
  const head = Buffer.alloc(12)
  writer.raw(head)
  writer.question(query.question.bytes, query.question.name)
  const room = most - (query.edns === undefined ? 0 : OPT_BYTES)
  const counts = [answer.answers, answer.authorities, answer.additionals].map((records) =>
    writeRecords(writer, records, room),
  )
  const isCut =
    most === 0 ||
    (counts[0] ?? 0) < answer.answers.length ||
    (counts[1] ?? 0) < answer.authorities.length
  if (query.edns !== undefined) writer.raw(printOpt(code))
  head.writeUInt16BE(query.id, 0)
  const more =
    (answer.isAuthoritative ? FLAG_AUTHORITATIVE : 0) | (isCut ? FLAG_TRUNCATED : 0) | (code & 15)
  head.writeUInt16BE(FLAG_RESPONSE | (query.flags & KEPT_FLAGS) | more, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(counts[0] ?? 0, 6)
  head.writeUInt16BE(counts[1] ?? 0, 8)
  head.writeUInt16BE((counts[2] ?? 0) + (query.edns === undefined ? 0 : 1), 10)
  return writer.toBuffer()
}

/** As many as fit, in their order. */
function writeRecords(writer: DnsWriter, records: readonly DnsRecord[], room: number): number {
  let count = 0
  for (const record of records) {
    if (!writer.tryRecord(record, room)) break
    count += 1
  }
  return count
}

function printOpt(code: number): Buffer {
  const opt = Buffer.alloc(OPT_BYTES)
  opt.writeUInt16BE(41, 1)
  opt.writeUInt16BE(UDP_BYTES_MAX, 3)
  opt[5] = code >> 4
  return opt
}

/** An answer to what could not be read: nothing of it is echoed but its number. */
function printHead(heard: { readonly id: number; readonly flags: number }, code: number): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(heard.id, 0)
  head.writeUInt16BE(FLAG_RESPONSE | (heard.flags & KEPT_FLAGS) | code, 2)
  return head
}
