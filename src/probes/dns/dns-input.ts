/** The input of the `dns` probe, its templates resolved. */
import { isIP } from 'node:net'
import type { InputReader } from '../input/input-reader.ts'

/** The types of records that can be asked for. */
const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'TXT', 'SRV', 'MX', 'NS'] as const

/** The type of a record. */
export type RecordType = (typeof RECORD_TYPES)[number]

/** What to ask, whom, and what to expect. */
export interface DnsInput {
  readonly name: string
  readonly type: RecordType
  /** Addresses, with ports where they are not 53; empty: the machine's own. */
  readonly resolvers: readonly string[]
  /** All records as {@link normalizeRecord} writes them, sorted; absent: any will do. */
  readonly expect: readonly string[] | undefined
  /** @unit ms */
  readonly ttlMsMax: number | undefined
  readonly absent: boolean
  readonly whenUnknown: 'notYet' | 'terminal'
}

/** Reads the input; what is wrong with it is kept by the reader. */
export function readDnsInput(reader: InputReader): DnsInput {
  const type = readType(reader)
  const whenUnknown = reader.optionalText('whenUnknown') === 'terminal' ? 'terminal' : 'notYet'
  return {
    name: reader.text('name'),
    type,
    resolvers: readResolvers(reader),
    expect: readExpected(reader, type),
    ttlMsMax: reader.has('maxTtl') ? reader.whole('maxTtl', 0) : undefined,
    absent: reader.flag('absent', false),
    whenUnknown,
  }
}

/** A record as it is compared: names in lower case and without the last dot, addresses in short. */
export function normalizeRecord(type: RecordType, record: string): string {
  if (type === 'TXT' || type === 'A') return record
  if (type === 'AAAA') return isIP(record) === 6 ? shortest(record) : record
  return record.trim().replaceAll(/\s+/g, ' ').replace(/\.$/, '').toLowerCase()
}

function shortest(address: string): string {
  return new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
}

function readType(reader: InputReader): RecordType {
  const text = reader.optionalText('type') ?? 'A'
  const type = RECORD_TYPES.find((one) => one === text)
  if (type === undefined) {
    reader.refuse(`\`type\` must be one of ${RECORD_TYPES.join(', ')}, and is ${text}.`)
  }
  return type ?? 'A'
}

function readExpected(reader: InputReader, type: RecordType): readonly string[] | undefined {
  if (!reader.has('expect')) return undefined
  const texts = reader.texts('expect', [])
  const version = type === 'A' ? 4 : type === 'AAAA' ? 6 : undefined
  const wrong = version && texts.find((text) => isIP(text) !== version)
  if (wrong !== undefined) {
    reader.refuse(`\`expect\` must hold addresses of IPv${version}, and holds ${wrong}.`)
  }
  return [...new Set(texts.map((text) => normalizeRecord(type, text)))].sort()
}

function readResolvers(reader: InputReader): readonly string[] {
  const resolvers = reader.texts('resolvers', [])
  const wrong = resolvers.find((text) => !isResolver(text))
  if (wrong !== undefined) {
    reader.refuse(`\`resolvers\` must hold addresses such as 10.0.0.2:53, and holds ${wrong}.`)
  }
  return resolvers
}

function isResolver(text: string): boolean {
  const [, bracketed, plain, port = '53'] =
    /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  if (isIP(text) === 6) return true
  const isAddress = bracketed === undefined ? isIP(plain ?? '') === 4 : isIP(bracketed) === 6
  return isAddress && Number(port) >= 1 && Number(port) <= 65_535
}
