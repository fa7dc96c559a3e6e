/** The input of the `http` probe, its templates resolved. */
import { readTlsInput, type TlsInput } from '../connection/tls-input.ts'
import { signInHeaders } from '../exchange/sign-in.ts'
import type { InputReader } from '../input/input-reader.ts'
import { findPatternMistake } from '../pattern/pattern.ts'

/** What to ask for and what to expect. */
export interface HttpInput {
  readonly url: URL
  /** @default GET */
  readonly method: string
  /** Statuses (`200`) and classes of status (`2xx`) that are good. @default 2xx */
  readonly status: readonly string[]
  /** Headers to send, with the user and password of the URL. */
  readonly headers: Readonly<Record<string, string>>
  /** Patterns by the lower-case name of the header. */
  readonly expectHeaders: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** `must`: as JSON whatever it says; `never`: as text; by default as the content type says. */
  readonly json: 'must' | 'asTyped' | 'never'
  /** @unit bytes @default 1 MiB */
  readonly bodyBytesMax: number
  /** How many redirects are followed. @default 0 */
  readonly redirectsMax: number
  readonly tls: TlsInput
}

const BODY_BYTES_MAX = 1_048_576
const NOWHERE = 'http://localhost/'

/** Reads the input; what is wrong with it is kept by the reader. */
export function readHttpInput(reader: InputReader): HttpInput {
  const expectHeaders = readLowerCase(reader.textMap('expectHeaders'))
  const body = reader.optionalText('body')
  for (const pattern of [...Object.values(expectHeaders), ...(body === undefined ? [] : [body])]) {
    const mistake = findPatternMistake(pattern)
    if (mistake !== undefined) reader.refuse(`/${pattern}/ is not a pattern: ${mistake}`)
  }
  const url = readUrl(reader)
  return {
    url,
    method: (reader.optionalText('method') ?? 'GET').toUpperCase(),
    status: readStatus(reader),
    headers: { ...signInHeaders(url, reader), ...readLowerCase(reader.textMap('headers')) },
    expectHeaders,
    body,
    json: !reader.has('json') ? 'asTyped' : reader.flag('json', false) ? 'must' : 'never',
    bodyBytesMax: reader.whole('bodyLimit', BODY_BYTES_MAX),
    redirectsMax: reader.whole('followRedirects', 0),
    tls: readTlsInput(reader),
  }
}

function readUrl(reader: InputReader): URL {
  const text = reader.text('url')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol)) return url
  // The text itself is not shown, because it may hold a password.
  reader.refuse('`url` must be a URL with http:// or https://.')
  return new URL(NOWHERE)
}

function readStatus(reader: InputReader): readonly string[] {
  const status = reader.texts('status', ['2xx'])
  const wrong = status.find((one) => !/^[1-5](?:\d\d|xx)$/.test(one))
  if (wrong !== undefined) reader.refuse(`\`status\` must be like 200 or 2xx, and is ${wrong}.`)
  return status
}

function readLowerCase(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).map(([name, text]) => [name.toLowerCase(), text]))
}
