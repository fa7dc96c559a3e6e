/** The input of the `redis` probe, its templates resolved. */
import { isFault } from '../../core/fault/fault.ts'
import { parseShareBp } from '../../core/units/share.ts'
import { readTlsInput, type TlsInput } from '../connection/tls-input.ts'
import type { InputReader } from '../input/input-reader.ts'
import { readUrlPart } from '../input/read-url-part.ts'

/** Keys of which a share must be there. */
export interface SampleInput {
  readonly keys: readonly string[]
  /** @unit basis points */
  readonly leastBp: number
}

/** Where to sign in and what to expect. */
export interface RedisInput {
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
  readonly tls: TlsInput
  readonly user: string
  /** Never shown. */
  readonly password: string
  readonly database: number
  /** For people: `localhost:6379/0`. */
  readonly shown: string
  readonly role: 'primary' | 'replica' | undefined
  readonly keys: readonly string[]
  readonly keyCountMin: number | undefined
  readonly sample: SampleInput | undefined
  /** @unit basis points of maxmemory */
  readonly memoryFreeBpMin: number | undefined
}

const DEFAULT_PORT = 6_379

/** Reads the input; what is wrong with it is kept by the reader. */
export function readRedisInput(reader: InputReader): RedisInput {
  const role = reader.optionalText('role')
  if (role !== undefined && role !== 'primary' && role !== 'replica') {
    reader.refuse(`\`role\` must be primary or replica, and is ${role}.`)
  }
  return {
    ...readUrl(reader),
    tls: readTlsInput(reader),
    role: role === 'primary' || role === 'replica' ? role : undefined,
    keys: reader.texts('keys', []),
    keyCountMin: reader.has('keyCount') ? reader.whole('keyCount', undefined) : undefined,
    sample: readSample(reader),
    memoryFreeBpMin: readShare(reader, 'memoryFree'),
  }
}

type Place = Pick<
  RedisInput,
  'host' | 'port' | 'isSecure' | 'user' | 'password' | 'database' | 'shown'
>

function readUrl(reader: InputReader): Place {
  const url = URL.parse(reader.text('url'))
  const database = /^\/?(\d{0,9})$/.exec(url?.pathname ?? '')?.[1]
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    // The text itself is not shown, because it may hold a password.
    reader.refuse('`url` must be a URL like redis://user:password@host:6379/0.')
  } else if (database === undefined) {
    reader.refuse('`url` must end in the number of a database, such as /0, or name none.')
  }
  const host = url?.hostname ?? ''
  const port = Number(url?.port || DEFAULT_PORT)
  return {
    host,
    port,
    isSecure: url?.protocol === 'rediss:',
    user: readUrlPart(reader, url?.username ?? ''),
    password: readUrlPart(reader, url?.password ?? ''),
    database: Number(database ?? 0),
    shown: `${host}:${port}/${database || 0}`,
  }
}

function readSample(reader: InputReader): SampleInput | undefined {
  const sample = reader.object('sample')
  if (sample === undefined) return undefined
  const keys = sample.texts('keys', [])
  if (keys.length === 0) sample.refuse('`keys` must name at least one key.')
  const leastBp = readShare(sample, 'least')
  if (leastBp === undefined) sample.refuse('`least` must be a share such as 95%.')
  if (sample.mistake !== undefined) reader.refuse(`sample: ${sample.mistake}`)
  return { keys, leastBp: leastBp ?? 0 }
}

function readShare(reader: InputReader, name: string): number | undefined {
  const text = reader.optionalText(name)
  if (text === undefined) return undefined
  try {
    return parseShareBp(text)
  } catch (thrown) {
    if (!isFault(thrown, 'unit-malformed')) throw thrown
    reader.refuse(`\`${name}\` must be a share such as 95%, and is ${text}.`)
    return undefined
  }
}
