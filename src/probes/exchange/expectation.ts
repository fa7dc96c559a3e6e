/** What is asked by HTTP and which answer is good: what all probes that ask by HTTP read alike. */
import { readTlsInput, type TlsInput } from '../connection/tls-input.ts'
import type { InputReader } from '../input/input-reader.ts'
import { findPatternMistake } from '../pattern/pattern.ts'
import { signInHeaders } from './sign-in.ts'

/** What to ask for and what to expect. */
export interface Expectation {
  readonly url: URL
  /** @default GET */
  readonly method: string
  /** Statuses (`200`) and classes of status (`2xx`) that are good. @default 2xx */
  readonly status: readonly string[]
  /** Headers to send, with the user and password of the URL. */
  readonly headers: Readonly<Record<string, string>>
  /** Patterns by the lower-case name of the header. */
  readonly expectHeaders: Readonly<Record<string, string>>
  /** Patterns by the path of a value in the JSON. */
  readonly expectJson: Readonly<Record<string, string>>
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

/** Reads the members; what is wrong with them is kept by the reader. */
export function readExpectation(reader: InputReader): Expectation {
  const url = readUrl(reader.text('url'), reader)
  return {
    url,
    method: (reader.optionalText('method') ?? 'GET').toUpperCase(),
    status: readStatus(reader),
    headers: { ...signInHeaders(url, reader), ...readLowerCase(reader.textMap('headers')) },
    ...readPatterns(reader),
    bodyBytesMax: reader.whole('bodyLimit', BODY_BYTES_MAX),
    redirectsMax: reader.whole('followRedirects', 0),
    tls: readTlsInput(reader),
  }
}

/** The URL that a text is; the reader keeps it as a mistake when it is none. */
export function readUrl(text: string, reader: InputReader): URL {
  const url = URL.parse(text)
  if (url !== null && ['http:', 'https:'].includes(url.protocol)) return url
  // The text itself is not shown, because it may hold a password.
  reader.refuse('`url` must be a URL with http:// or https://.')
  return new URL(NOWHERE)
}

function readPatterns(
  reader: InputReader,
): Pick<Expectation, 'expectHeaders' | 'expectJson' | 'body' | 'json'> {
  const expectHeaders = readLowerCase(reader.textMap('expectHeaders'))
  const expectJson = reader.textMap('expectJson')
  const body = reader.optionalText('body')
  const patterns = [...Object.values(expectHeaders), ...Object.values(expectJson)]
  for (const pattern of [...patterns, ...(body === undefined ? [] : [body])]) {
    const mistake = findPatternMistake(pattern)
    if (mistake !== undefined) reader.refuse(`/${pattern}/ is not a pattern: ${mistake}`)
  }
  const isJson = reader.flag('json', Object.keys(expectJson).length > 0)
  const json = isJson ? 'must' : reader.has('json') ? 'never' : 'asTyped'
  if (json === 'never' && Object.keys(expectJson).length > 0) {
    reader.refuse('`expectJson` needs JSON, and `json` is false.')
  }
  return { expectHeaders, expectJson, body, json }
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
