/** The input of the `s3` probe, its templates resolved. */
import { readTlsInput, type TlsInput } from '../connection/tls-input.ts'
import type { InputReader } from '../input/input-reader.ts'

/** The states of a bucket's versioning. */
const VERSIONINGS = ['enabled', 'suspended', 'off'] as const

/** Whether a bucket keeps old versions: yes, not any more, or never did. */
export type Versioning = (typeof VERSIONINGS)[number]

/** Where to sign in and what to prove. */
export interface S3Input {
  /** Absent: where Amazon's is in the region. */
  readonly endpoint: URL | undefined
  readonly region: string
  readonly bucket: string
  readonly isPathStyle: boolean
  readonly accessKeyId: string
  /** Never shown, nor is the token. */
  readonly secretAccessKey: string
  readonly sessionToken: string | undefined
  /** What the canary's key begins with. */
  readonly prefix: string
  readonly versioning: Versioning | undefined
  /** Key of the object that must have been replicated. */
  readonly replicated: string | undefined
  readonly tls: TlsInput
  /** For people: `shop-uploads at 127.0.0.1:9000`. */
  readonly shown: string
}

const REGION = 'us-east-1'
const PREFIX = 'rampart-canary/'
const SAFE_PREFIX = /^[A-Za-z0-9][A-Za-z0-9!_.*'()/-]{0,199}$/
const SAFE_BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/
const SAFE_REGION = /^[a-z0-9][a-z0-9-]{0,62}$/

/** Reads the input; what is wrong with it is kept by the reader. */
export function readS3Input(reader: InputReader): S3Input {
  const endpoint = readEndpoint(reader)
  const bucket = reader.text('bucket')
  if (!SAFE_BUCKET.test(bucket)) reader.refuse('`bucket` must be the name of a bucket.')
  const region = reader.optionalText('region') ?? REGION
  if (!SAFE_REGION.test(region)) reader.refuse('`region` must be a region such as eu-central-1.')
  const prefix = reader.optionalText('prefix') ?? PREFIX
  if (!SAFE_PREFIX.test(prefix)) {
    reader.refuse(
      '`prefix` must be the beginning of a key such as health/, of up to 200 characters.',
    )
  }
  return {
    endpoint,
    region,
    bucket,
    isPathStyle: reader.flag('forcePathStyle', endpoint !== undefined),
    accessKeyId: readSecret(reader, 'accessKeyId'),
    secretAccessKey: readSecret(reader, 'secretAccessKey'),
    sessionToken: reader.has('sessionToken') ? readSecret(reader, 'sessionToken') : undefined,
    prefix,
    versioning: readVersioning(reader),
    replicated: reader.optionalText('replicated'),
    tls: readTlsInput(reader),
    shown: `${bucket} at ${endpoint?.host ?? `Amazon's ${region}`}`,
  }
}

function readEndpoint(reader: InputReader): URL | undefined {
  if (!reader.has('endpoint')) return undefined
  const url = URL.parse(reader.text('endpoint'))
  const isPlain = url !== null && url.username === '' && url.pathname === '/' && url.search === ''
  if (isPlain && ['http:', 'https:'].includes(url.protocol)) return url
  // The text itself is not shown, because it may hold a password.
  reader.refuse('`endpoint` must be a URL with http:// or https://, without user and path.')
  return undefined
}

/** What is not a text is refused without being shown. */
function readSecret(reader: InputReader, name: string): string {
  const text = reader.has(name) ? reader.text(name) : ''
  if (text === '') reader.refuse(`\`${name}\` must be a text that is not empty.`)
  return text
}

function readVersioning(reader: InputReader): Versioning | undefined {
  const text = reader.optionalText('versioning')
  const versioning = VERSIONINGS.find((one) => one === text)
  if (text !== undefined && versioning === undefined) {
    reader.refuse(`\`versioning\` must be one of ${VERSIONINGS.join(', ')}, and is ${text}.`)
  }
  return versioning
}
