/** Whom a Caddy connects to. */
import type { FoundPort } from '../found/found-port.ts'
import { addressesOf, parseEndpoint } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import type { CaddyCommon } from './listening.ts'
import type { CaddyLine } from './parse-caddyfile.ts'

const PROXIES = /^(reverse_proxy|php_fastcgi|forward_auth)$/

/** One upstream as a connection; none where no port stands, or only at run time. */
export function connectionTo(
  upstream: { readonly source: SourceText; readonly offset: number; readonly text: string },
  common: CaddyCommon,
): readonly FoundPort[] {
  const bare = upstream.text.replace(/^(?:tcp[46]?\/|[a-z0-9]+:\/\/)/, '').replace(/\/.*$/, '')
  const endpoint = parseEndpoint(bare)
  if (endpoint === undefined || /[{}/]/.test(endpoint.host)) return []
  const host = endpoint.host === '' ? 'localhost' : endpoint.host.toLowerCase()
  return [
    {
      ...{ ...common, ...upstream.source.at(upstream.offset), ...endpoint.span, host },
      ...{ stance: 'consumption', confidence: 'explicit', protocol: 'tcp' },
      ...{ text: upstream.text, addresses: addressesOf(host) },
    },
  ]
}

/** The upstreams in these lines and the blocks within them. */
export function connectionsIn(
  source: SourceText,
  lines: readonly CaddyLine[],
  common: CaddyCommon,
): readonly FoundPort[] {
  return lines.flatMap(({ words, block }) => {
    const [directive, ...rest] = words
    if (directive === undefined || !PROXIES.test(directive.text))
      return connectionsIn(source, block ?? [], common)
    const targets = (block ?? []).filter((line) => line.words[0]?.text === 'to')
    const named = targets.flatMap((line) => line.words.slice(1))
    // What begins like a path or a matcher says which requests, and not to whom.
    const told = rest.filter(({ text }) => !/^[/@*]/.test(text))
    return [...told, ...named].flatMap((word) => connectionTo({ source, ...word }, common))
  })
}
