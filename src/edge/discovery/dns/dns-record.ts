/**
 * Records of DNS, and how they are written. Names are compressed against everything before them, but
 * for the target of an SRV, which must not be.
 *
 * @source RFC 1035, section 4.1.4; RFC 2782
 */
import { present } from '../../../core/fault/assert.ts'
import { printAddress } from './ip-bytes.ts'

/** The types that are known by number. */
export const TYPES = {
  A: 1,
  NS: 2,
  SOA: 6,
  AAAA: 28,
  SRV: 33,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const

/** One record; the class is always IN. */
export type DnsRecord = { readonly name: string; readonly ttlS: number } & (
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'NS'; readonly host: string }
  | { readonly type: 'SRV'; readonly port: number; readonly target: string }
  | {
      readonly type: 'SOA'
      readonly host: string
      readonly mailbox: string
      readonly serial: number
      readonly negativeTtlS: number
    }
)

/** How long whoever copies a zone waits; nobody can copy this one. @unit s */
const COPY_REFRESH_S = 3_600
const COPY_RETRY_S = 600
const COPY_EXPIRE_S = 86_400

/** Writes one message; it grows, and can be taken back to an earlier length. */
export class DnsWriter {
  readonly #pieces: Buffer[] = []
  readonly #offsets = new Map<string, number>()
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The question as it came, with its name known to those that follow. */
  question(bytes: Buffer, name: string): void {
    this.#remember(name, this.#length)
    this.raw(bytes)
  }

  raw(bytes: Buffer): void {
    this.#pieces.push(bytes)
    this.#length += bytes.length
  }

  /** Writes it unless the message would then be longer than this. */
  tryRecord(record: DnsRecord, most: number): boolean {
    const before = { count: this.#pieces.length, length: this.#length }
    this.#record(record)
    if (this.#length <= most) return true
    this.#pieces.length = before.count
    this.#length = before.length
    for (const [name, offset] of this.#offsets) {
      if (offset >= before.length) this.#offsets.delete(name)
    }
    return false
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  #record(record: DnsRecord): void {
    this.#name(record.name)
    const head = Buffer.alloc(10)
    head.writeUInt16BE(TYPES[record.type], 0)
    head.writeUInt16BE(1, 2)
    head.writeUInt32BE(record.ttlS, 4)
    this.raw(head)
    const start = this.#length
    this.#data(record)
    head.writeUInt16BE(this.#length - start, 8)
  }

  #data(record: DnsRecord): void {
    switch (record.type) {
      case 'A':
      case 'AAAA':
        return this.raw(present(printAddress(record.address), 'records have literal addresses'))
      case 'NS':
        return this.#name(record.host)
      case 'SRV':
        this.raw(uint16s(0, 1, record.port))
        return this.raw(plainName(record.target))
      case 'SOA': {
        this.#name(record.host)
        this.#name(record.mailbox)
        const times = [COPY_REFRESH_S, COPY_RETRY_S, COPY_EXPIRE_S, record.negativeTtlS]
        return this.raw(uint32s(record.serial >>> 0, ...times))
      }
    }
  }

  #name(name: string): void {
    const labels = name === '' ? [] : name.split('.')
    for (let place = 0; place < labels.length; place += 1) {
      const rest = labels.slice(place).join('.')
      const offset = this.#offsets.get(rest)
      if (offset !== undefined) return this.raw(uint16s(0xc000 | offset))
      if (this.#length < 0x4000) this.#offsets.set(rest, this.#length)
      const label = Buffer.from(labels[place] ?? '', 'latin1')
      this.raw(Buffer.concat([Buffer.from([label.length]), label]))
    }
    this.raw(Buffer.from([0]))
  }

  /** A label with a dot in it is longer here than there; nobody has such a name but the question. */
  #remember(name: string, start: number): void {
    if (name === '' || name.includes('\\')) return
    const labels = name.split('.')
    let offset = start
    for (let place = 0; place < labels.length; place += 1) {
      this.#offsets.set(labels.slice(place).join('.'), offset)
      offset += 1 + (labels[place]?.length ?? 0)
    }
  }
}

function plainName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(label, 'latin1'))
  const parts = labels.flatMap((label) => [Buffer.from([label.length]), label])
  return Buffer.concat([...parts, Buffer.from([0])])
}

function uint16s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length)
  for (const [place, value] of values.entries()) bytes.writeUInt16BE(value, 2 * place)
  return bytes
}

function uint32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [place, value] of values.entries()) bytes.writeUInt32BE(value, 4 * place)
  return bytes
}
