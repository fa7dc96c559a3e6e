/** What a Caddy listens on, whichever way it is configured: each socket once, and what it adds by itself. */

import type { PortSpan } from '../../core/port/machine-facts.ts'
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import type { Confidence, FoundPort } from '../found/found-port.ts'
import { addressesOf, parseSpan } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'

const LONGEST = 300

/** A socket that is asked for. */
export interface Listening extends PortSpan {
  readonly source: SourceText
  readonly offset: number
  readonly text: string
  readonly addresses: readonly string[]
  readonly protocol: 'tcp' | 'udp'
  readonly confidence: Confidence
  readonly because?: string
  /** Whether it is the door of those who run it. */
  readonly isAdmin?: boolean
}

/** What is the same for all ports of one Caddy. */
export type CaddyCommon = Pick<
  FoundPort,
  'format' | 'unit' | 'service' | 'scope' | 'variant' | 'environment'
>

/** `:80`, `tcp/127.0.0.1:80-82`, `udp/:53`; undefined for sockets without ports. */
export function parseListen(
  text: string,
): (PortSpan & Pick<Listening, 'addresses' | 'protocol'>) | undefined {
  if (text.length > LONGEST) return undefined
  const match = /^(?:(tcp[46]?|udp[46]?)\/)?(.*?):?(\d[\d-]*)$/.exec(text)
  const span = match === null ? undefined : parseSpan(match[3] ?? '')
  if (match === null || span === undefined || /[/{}@]/.test(match[2] ?? '')) return undefined
  const host = match[2] ?? ''
  if (host !== '' && !text.includes(`${host}:`)) return undefined
  const addresses = addressesFor(host, match[1] ?? '')
  return { ...span, addresses, protocol: match[1]?.startsWith('udp') === true ? 'udp' : 'tcp' }
}

/** Addresses of one network: `tcp4` is of IPv4 alone; a name is looked up once, and IPv4 comes first. */
function addressesFor(host: string, network = ''): readonly string[] {
  if (host === 'localhost') return [network.endsWith('6') ? '::1' : '127.0.0.1']
  const addresses = addressesOf(host === '[::]' || host === '::' ? '' : host)
  if (addresses.length === 1 || network.length !== 4) return addresses
  return network.endsWith('6') ? ['::'] : ['0.0.0.0']
}

/** The claims: sites on one address share its socket; what is said comes before what is only added. */
export function claimsOf(
  listening: readonly Listening[],
  common: CaddyCommon,
): readonly FoundPort[] {
  const sockets = new Map<string, Listening>()
  const said = listening.filter(({ confidence }) => confidence !== 'default')
  for (const one of [...said, ...listening]) {
    const key = [one.protocol, one.first, one.last, one.addresses.join()].join(' ')
    if (!sockets.has(key)) sockets.set(key, one)
  }
  return [...sockets.values()].map(
    ({ source, offset, text, first, last, protocol, confidence, ...rest }) => ({
      ...{ ...common, ...source.at(offset), text, first, last, protocol, confidence },
      ...{ stance: 'claim', addresses: rest.addresses, isHttp: true },
      service: rest.isAdmin === true ? `${common.service}-admin` : common.service,
      // All sockets of one Caddy may share ports with each other.
      identity: `${common.unit} ${protocol}${rest.isAdmin === true ? ' admin' : ''}`,
      ...(rest.because === undefined ? {} : { because: rest.because }),
    }),
  )
}

/** The door for those who run it, which is open when nobody closes it. */
export function defaultAdmin(source: SourceText): Listening {
  return {
    ...{ source, offset: 0, text: 'admin', first: 2019, last: 2019, protocol: 'tcp' },
    ...{ addresses: ['127.0.0.1'], confidence: 'default', isAdmin: true },
    because: 'the default of admin',
  }
}

/** What a site that is served by HTTPS has beside its port: HTTP/3, and a redirection from HTTP. */
export function besideHttps(
  site: Listening,
  options: { readonly redirectFrom?: number | undefined; readonly hasHttp3: boolean },
): readonly Listening[] {
  const beside: Listening[] = []
  if (options.hasHttp3)
    beside.push({ ...site, protocol: 'udp', confidence: 'default', because: 'HTTP/3' })
  if (options.redirectFrom !== undefined) {
    const port = options.redirectFrom
    const because = 'the redirection to HTTPS'
    beside.push({ ...site, first: port, last: port, confidence: 'default', because })
  }
  return beside
}

/** Every address, unless a `bind` says otherwise; undefined when all it says are sockets without ports. */
export function boundAddresses(hosts: readonly string[]): readonly string[] | undefined {
  if (hosts.length === 0) return EVERY_ADDRESS
  const all = hosts.flatMap((host) => {
    const [network = '', address] = host.includes('/') ? splitNetwork(host) : ['', host]
    return address === undefined ? [] : addressesFor(address, network)
  })
  return all.length === 0 ? undefined : [...new Set(all)]
}

function splitNetwork(host: string): readonly [network: string, address: string | undefined] {
  const match = /^((?:tcp|udp)[46]?)\/([^/]+)$/.exec(host)
  return match === null ? ['', undefined] : [match[1] ?? '', match[2]]
}
