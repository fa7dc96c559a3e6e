/**
 * Which records answer a question, and whether there are none for this type or none at all. Outside its
 * zones this server knows nothing and says so; it never asks anybody else.
 *
 * @source RFC 2308 (negative answers), RFC 8482 (ANY)
 */
import type { DnsQuestion } from './dns-query.ts'
import { type DnsRecord, TYPES } from './dns-record.ts'
import type { ZoneNode, ZoneTable } from './zone.ts'

/** One zone, as it is now. */
export interface ZoneView {
  /** In lower case, without a dot at its end. */
  readonly origin: string
  readonly table: ZoneTable
  /** Grows with every change. */
  readonly serial: number
  readonly ttlS: number
  readonly negativeTtlS: number
  /** Where this server is reached. */
  readonly serverAddresses: readonly string[]
}

/** What goes into each section. */
export interface DnsAnswer {
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'REFUSED'
  readonly isAuthoritative: boolean
  readonly answers: readonly DnsRecord[]
  readonly authorities: readonly DnsRecord[]
  readonly additionals: readonly DnsRecord[]
}

const CLASS_IN = 1
const NOTHING: ZoneNode = { addresses: [], places: [] }

/** An answer without any record. */
export const EMPTY_ANSWER: DnsAnswer = {
  code: 'NOERROR',
  isAuthoritative: false,
  answers: [],
  authorities: [],
  additionals: [],
}

const REFUSED: DnsAnswer = { ...EMPTY_ANSWER, code: 'REFUSED' }

/**
 * Answers one question. `turn` says with which of several records to begin: the question's number,
 * which clients draw by lot, so that those who take the first one are spread over all.
 */
export function answerQuestion(
  question: Pick<DnsQuestion, 'name' | 'type' | 'class'>,
  zones: readonly ZoneView[],
  turn: number,
): DnsAnswer {
  const { name, type } = question
  const isCopy = type === TYPES.AXFR || type === TYPES.IXFR
  const zone = zones.find(({ origin }) => name === origin || name.endsWith(`.${origin}`))
  if (zone === undefined || question.class !== CLASS_IN || isCopy) return REFUSED
  const relative = name === zone.origin ? '' : name.slice(0, -(zone.origin.length + 1))
  const node = relative === 'ns' ? serverNode(zone) : zone.table.get(relative)
  const all = node === undefined ? [] : recordsOf(zone, name, relative, node)
  const answers = rotate(chooseType(all, type), turn)
  if (answers.length === 0) {
    const code = node === undefined ? 'NXDOMAIN' : 'NOERROR'
    const ttlS = Math.min(zone.ttlS, zone.negativeTtlS)
    const authorities = [{ ...soaOf(zone), ttlS }]
    return { code, isAuthoritative: true, answers, authorities, additionals: [] }
  }
  const additionals = uniqueTargets(answers).flatMap((target) => addressesAt(zone, target))
  return { code: 'NOERROR', isAuthoritative: true, answers, authorities: [], additionals }
}

function recordsOf(
  zone: ZoneView,
  name: string,
  relative: string,
  node: ZoneNode,
): readonly DnsRecord[] {
  const { ttlS, origin } = zone
  const apex: readonly DnsRecord[] =
    relative === '' ? [soaOf(zone), { name, ttlS, type: 'NS', host: `ns.${origin}` }] : []
  const places = node.places.map(({ port, target }): DnsRecord => {
    return { name, ttlS, type: 'SRV', port, target: `${target}.${origin}` }
  })
  return [
    ...apex,
    ...places,
    ...node.addresses.map((address) => addressRecord(zone, name, address)),
  ]
}

/** Who asks for ANY gets one kind of what there is, so that no small question has a large answer. */
function chooseType(all: readonly DnsRecord[], type: number): readonly DnsRecord[] {
  const wanted = type === TYPES.ANY && all[0] !== undefined ? TYPES[all[0].type] : type
  return all.filter((record) => TYPES[record.type] === wanted)
}

function uniqueTargets(records: readonly DnsRecord[]): readonly string[] {
  const targets = records.flatMap((record) => {
    if (record.type === 'SRV') return [record.target]
    return record.type === 'NS' ? [record.host] : []
  })
  return [...new Set(targets)]
}

function addressesAt(zone: ZoneView, name: string): readonly DnsRecord[] {
  const relative = name.slice(0, -(zone.origin.length + 1))
  const node = relative === 'ns' ? serverNode(zone) : (zone.table.get(relative) ?? NOTHING)
  return node.addresses.map((address) => addressRecord(zone, name, address))
}

function addressRecord(zone: ZoneView, name: string, address: string): DnsRecord {
  return { name, ttlS: zone.ttlS, type: address.includes(':') ? 'AAAA' : 'A', address }
}

function soaOf(zone: ZoneView): DnsRecord {
  const { origin, serial, ttlS, negativeTtlS } = zone
  const [host, mailbox] = [`ns.${origin}`, `hostmaster.${origin}`]
  return { name: origin, ttlS, type: 'SOA', host, mailbox, serial, negativeTtlS }
}

function serverNode(zone: ZoneView): ZoneNode {
  return { addresses: zone.serverAddresses, places: [] }
}

function rotate<Item>(items: readonly Item[], turn: number): readonly Item[] {
  const start = items.length === 0 ? 0 : turn % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
