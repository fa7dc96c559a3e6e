/**
 * Who may connect, for nftables of Linux: a table of its own that judges the ports of the contract and
 * nothing else. On the machine a connection is judged where it leaves, since only there the kernel knows
 * the user; from outside by its source. Only what opens a connection is judged, so that one that is open
 * may end in peace after its process has.
 *
 * @source nft(8), man7.org/linux/man-pages/man8/nft.8.html
 */

import type { ClientIdentity } from '../../core/port/connect-policy.ts'
import { printSpan } from '../../core/port/machine-facts.ts'
import { isLoopback } from '../../core/port/port-claim.ts'
import { evidenceOf } from './admitted.ts'
import { type GuardedPorts, guardedPorts } from './guarded-ports.ts'
import { commentsOf, headOf, type PolicyPrinter } from './printed-policy.ts'

/** Where connections to some ports arrive: what is said before the port. */
interface Destination {
  /** Empty: any. */
  readonly match: string
  readonly families: readonly Family[]
}

type Family = 'ip' | 'ip6'

/** What opens no connection has been judged already. */
const OPENING = 'meta l4proto tcp tcp flags & (fin | syn | rst | ack) != syn accept'
const ANSWERS = 'meta l4proto udp ct direction reply accept'

/** Prints a ruleset for `nft -f`: loading it again replaces it. */
export const printNftables: PolicyPrinter = (contracts) => {
  const { ports, unsaid } = guardedPorts(contracts)
  const closed = ports.filter(({ admitted }) => !admitted.isEverybody)
  const table = `table inet rampart-${contracts.map(({ name }) => name).join('-')}`
  const said = [...unsaid, ...new Set(closed.flatMap(unsaidOf))]
  const udp = closed.some(({ protocol }) => protocol === 'udp') ? [ANSWERS] : []
  const fromMachine = ['oifname != "lo" accept', OPENING, ...udp, ...closed.flatMap(machineRules)]
  const fromOutside = ['iifname "lo" accept', OPENING, ...udp, ...closed.flatMap(outsideRules)]
  const lines = [
    ...headOf(contracts),
    '# Load: nft -f FILE. Remove: nft delete the table below.',
    ...commentsOf(said),
    table,
    `delete ${table}`,
    `${table} {`,
    ...chain('from-machine', 'output', fromMachine),
    ...chain('from-outside', 'input', fromOutside),
    '}',
    '',
  ]
  return { text: lines.join('\n'), unsaid: said }
}

function chain(name: string, hook: string, rules: readonly string[]): readonly string[] {
  return [
    `  chain ${name} {`,
    `    type filter hook ${hook} priority filter; policy accept;`,
    ...rules.map((rule) => `    ${rule}`),
    '  }',
  ]
}

/** On the machine a source address proves nothing: any process may choose any of them. */
function machineRules(ports: GuardedPorts): readonly string[] {
  return destinationsOf(ports.addresses).flatMap(({ match }) => {
    const to = targetOf(ports, match)
    const users = ports.admitted.clients.filter(isUser)
    return [
      `# ${ports.name}`,
      ...users.map(
        (client) =>
          `${to} meta skuid { ${client.users.join(', ')} } counter accept # ${client.service}`,
      ),
      `${to} counter drop`,
    ]
  })
}

function outsideRules(ports: GuardedPorts): readonly string[] {
  const reachable = ports.addresses.filter((address) => !isLoopback(address))
  return destinationsOf(reachable).flatMap(({ match, families }) => {
    const to = targetOf(ports, match)
    const sources = ports.admitted.clients.flatMap(({ service, networks }) =>
      networks.map((network) => ({ service, network, family: familyOf(network) })),
    )
    return [
      `# ${ports.name}`,
      ...sources
        .filter(({ family }) => families.includes(family))
        .map(
          ({ service, network, family }) =>
            `${to} ${family} saddr ${network} counter accept # ${service}`,
        ),
      `${to} counter drop`,
    ]
  })
}

function targetOf({ protocol, spans }: GuardedPorts, match: string): string {
  const numbers = spans.map(printSpan).join(', ')
  return `${match}${protocol} dport { ${numbers} }`
}

/** `::` is every address of IPv6 alone, as everywhere in contracts. */
function destinationsOf(addresses: readonly string[]): readonly Destination[] {
  const [isEvery4, isEvery6] = [addresses.includes('0.0.0.0'), addresses.includes('::')]
  if (isEvery4 && isEvery6) return [{ match: '', families: ['ip', 'ip6'] }]
  return (['ip', 'ip6'] as const).flatMap((family) => {
    if (family === 'ip' ? isEvery4 : isEvery6) {
      const match = `meta nfproto ${family === 'ip' ? 'ipv4' : 'ipv6'} `
      return [{ match, families: [family] }]
    }
    const own = addresses.filter((address) => familyOf(address) === family)
    const match = `${family} daddr { ${own.join(', ')} } `
    return own.length === 0 ? [] : [{ match, families: [family] }]
  })
}

function familyOf(address: string): Family {
  return address.includes(':') ? 'ip6' : 'ip'
}

function isUser({ users }: ClientIdentity): boolean {
  return users.length > 0
}

/** Who may connect by the contract and cannot be told by a packet. */
function unsaidOf({ name, addresses, admitted }: GuardedPorts): readonly string[] {
  const isOutside = addresses.some((address) => !isLoopback(address))
  return admitted.clients.flatMap((client) => {
    const { service, networks } = client
    const isKnown = isUser(client) || (isOutside && networks.length > 0)
    if (isKnown) return []
    const why =
      networks.length > 0 ? 'a network, which proves nothing on the machine' : evidenceOf(client)
    return [`${service} is known by ${why}, and a packet does not tell that; ${name} refuses it`]
  })
}
