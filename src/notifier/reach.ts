/**
 * Which addresses messages may go to. Whoever may name an address must not thereby reach what only this
 * machine can: its own services, its network, the metadata of its cloud. Judged by addresses, not names.
 */
import { BlockList, isIP } from 'node:net'
import { Fault } from '../core/fault/fault.ts'

/** Addresses that are not of the public internet. @source IANA special-purpose registries, RFC 6890 */
const PRIVATE = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/128', '::1/128', '100::/64', '2001::/23', '2001:db8::/32', '3fff::/20', '5f00::/16'],
  ...['fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
]

/** IPv6 addresses that stand for an IPv4 one in their last 32 bits, or from the third group on. */
const EMBEDDING = [
  { prefix: '::ffff:0:0/96', isLast: true },
  { prefix: '::/96', isLast: true },
  { prefix: '64:ff9b::/96', isLast: true },
  { prefix: '64:ff9b:1::/48', isLast: true },
  { prefix: '2002::/16', isLast: false },
]

/** Judges addresses. */
export class Reach {
  readonly #private = blockListOf(PRIVATE)
  readonly #allowed: BlockList
  readonly #embedding = EMBEDDING.map((one) => ({ ...one, list: blockListOf([one.prefix]) }))
  readonly #isEverything: boolean

  /** @param allowed networks such as `10.0.0.0/8` that may be reached although they are private */
  constructor(allowed: readonly string[] = []) {
    this.#isEverything = allowed.includes('everything')
    this.#allowed = blockListOf(allowed.filter((one) => one !== 'everything'))
  }

  /** Whether an IP address may be reached. What is no address may not. */
  may(address: string): boolean {
    const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
    const family = isIP(bare) === 4 ? 'ipv4' : 'ipv6'
    if (isIP(bare) === 0) return false
    if (this.#isEverything || this.#allowed.check(bare, family)) return true
    if (this.#private.check(bare, family)) return false
    const embedded = family === 'ipv6' ? this.#embeddedIn(bare) : undefined
    return embedded === undefined || this.may(embedded)
  }

  #embeddedIn(address: string): string | undefined {
    const found = this.#embedding.find(({ list }) => list.check(address, 'ipv6'))
    if (found === undefined) return undefined
    const groups = groupsOf(address)
    const [high = 0, low = 0] = found.isLast ? groups.slice(-2) : groups.slice(1, 3)
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  }
}

/**
 * Networks as they are written in an option, with commas; `everything` for all.
 *
 * @throws request-malformed
 */
export function parseReach(text: string): readonly string[] {
  const networks = text.split(',').map((one) => one.trim())
  const given = networks.filter((one) => one !== '')
  blockListOf(given.filter((one) => one !== 'everything'))
  return given
}

/** The eight groups of an IPv6 address; the URL parser knows every way to write one. */
function groupsOf(address: string): readonly number[] {
  const whole = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = whole.split('::')
  const [first, last] = [head, tail ?? ''].map((part) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)),
  ) as [number[], number[]]
  const gap = tail === undefined ? 0 : 8 - first.length - last.length
  return [...first, ...Array.from({ length: gap }, () => 0), ...last]
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const version = isIP(address)
    const most = version === 4 ? 32 : 128
    const prefix = bits === undefined ? most : Number(bits)
    if (version === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > most || bits === '') {
      throw malformed(network)
    }
    list.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

function malformed(network: string): Fault {
  return new Fault({
    code: 'request-malformed',
    operation: 'read what webhooks may reach',
    subject: network,
    hint: `${network} is no network such as 10.0.0.0/8 or fd00::/8, nor everything.`,
  })
}
