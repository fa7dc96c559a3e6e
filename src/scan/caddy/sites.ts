/**
 * Sites of a Caddyfile: which ports their addresses mean. @source Caddy documentation, Addresses
 * and Automatic HTTPS
 */

import { parsePort, parseSpan } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { besideHttps, boundAddresses, type Listening } from './listening.ts'
import type { CaddyLine, CaddyWord } from './parse-caddyfile.ts'

/** Global options that say something about ports. */
export interface CaddyOptions {
  readonly httpPort: number
  readonly httpsPort: number
  readonly isHttpsOff: boolean
  readonly redirects: boolean
  readonly hasHttp3: boolean
  readonly defaultBind: readonly string[]
}

/** The global options of a block; what is not said is as usual. */
export function readOptions(block: readonly CaddyLine[]): CaddyOptions {
  const wordsFor = (name: string): readonly string[] =>
    block
      .find(({ words }) => words[0]?.text === name)
      ?.words.slice(1)
      .map(({ text }) => text) ?? []
  const [automatic = ''] = wordsFor('auto_https')
  const servers = block.filter(({ words }) => words[0]?.text === 'servers')
  const protocols = servers
    .flatMap((line) => line.block ?? [])
    .find(({ words }) => words[0]?.text === 'protocols')
  return {
    httpPort: parsePort(wordsFor('http_port')[0] ?? '') ?? 80,
    httpsPort: parsePort(wordsFor('https_port')[0] ?? '') ?? 443,
    isHttpsOff: automatic === 'off',
    redirects: automatic !== 'off' && automatic !== 'disable_redirects',
    hasHttp3: protocols === undefined || protocols.words.some(({ text }) => text === 'h3'),
    defaultBind: wordsFor('default_bind'),
  }
}

/** What the addresses of one site listen on. */
export function listeningOf(
  site: { readonly source: SourceText; readonly addresses: readonly CaddyWord[] },
  body: readonly CaddyLine[],
  options: CaddyOptions,
): readonly Listening[] {
  const binds = body.filter(({ words }) => words[0]?.text === 'bind')
  const said = binds.flatMap(({ words }) => words.slice(1).map(({ text }) => text))
  const addresses = boundAddresses(said.length === 0 ? options.defaultBind : said)
  const hasTls = body.some(({ words }) => words[0]?.text === 'tls')
  if (addresses === undefined) return []
  return site.addresses.flatMap((word) => {
    const address = parseSite(word.text)
    if (address === undefined) return []
    const common = { source: site.source, offset: word.offset, text: word.text, addresses }
    return ofAddress(address, { ...common, isFilled: word.isFilled }, { ...options, hasTls })
  })
}

interface SiteAddress {
  readonly scheme: string
  readonly host: string
  readonly port: string
}

function parseSite(text: string): SiteAddress | undefined {
  const match = /^(?:([a-z]+):\/\/)?(\[[^\]]*\]|[^:/]*)(?::([\d-]+))?(?:\/.*)?$/.exec(text)
  if (match === null || text === '') return undefined
  const [, scheme = '', host = '', port = ''] = match
  return /^(|http|https)$/.test(scheme) ? { scheme, host, port } : undefined
}

function ofAddress(
  { scheme, host, port }: SiteAddress,
  {
    isFilled,
    ...common
  }: Pick<Listening, 'source' | 'offset' | 'text' | 'addresses'> & {
    readonly isFilled: boolean
  },
  options: CaddyOptions & { readonly hasTls: boolean },
): readonly Listening[] {
  const usual = scheme === 'http' ? options.httpPort : options.httpsPort
  const span = port === '' ? { first: usual, last: usual } : parseSpan(port)
  if (span === undefined) return []
  const isUsual = port === ''
  const because = `the default of ${scheme === 'http' ? 'HTTP' : 'HTTPS'}`
  const listening: Listening = {
    ...{ ...common, ...span, protocol: 'tcp' },
    confidence: isUsual ? 'default' : isFilled ? 'interpolated' : 'explicit',
    ...(isUsual ? { because } : {}),
  }
  // Without a name there is no certificate, unless one is given.
  const isNamed = host !== '' && !options.isHttpsOff && span.first !== options.httpPort
  if (scheme === 'http' || !(isNamed || options.hasTls)) return [listening]
  const redirectFrom = isNamed && options.redirects ? options.httpPort : undefined
  return [listening, ...besideHttps(listening, { redirectFrom, hasHttp3: options.hasHttp3 })]
}
