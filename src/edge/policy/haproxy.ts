/**
 * Who may connect, for HAProxy: lines for the frontends that listen on the contract's ports. They name
 * the port themselves, so that all of them may stand in each frontend. A certificate counts when HAProxy
 * has verified it.
 *
 * @source https://docs.haproxy.org/2.6/configuration.html, 7.3.4 (ssl_c_s_dn), 4.2 (tcp-request session)
 */
import type { ClientIdentity } from '../../core/port/connect-policy.ts'
import { evidenceOf } from './admitted.ts'
import { type GuardedPorts, guardedPorts } from './guarded-ports.ts'
import { commentsOf, headOf, type PolicyPrinter } from './printed-policy.ts'

const COMMON_NAME = 'CN='

/** Prints lines of a frontend. */
export const printHaproxyAccess: PolicyPrinter = (contracts) => {
  const { ports, unsaid } = guardedPorts(contracts)
  const closed = ports.filter(({ admitted }) => !admitted.isEverybody)
  const said = [...unsaid, ...new Set(closed.flatMap(unsaidOf))]
  const tcp = closed.filter(({ protocol }) => protocol === 'tcp')
  const lines = [
    ...headOf(contracts),
    '# For the frontends that listen on these ports; where names of certificates are asked for, the',
    '# bind needs `ssl` with `ca-file` and `verify`.',
    ...commentsOf(said),
    ...tcp.flatMap(linesOf),
    '',
  ]
  return { text: lines.join('\n'), unsaid: said }
}

function linesOf(ports: GuardedPorts): readonly string[] {
  const { name, spans, admitted } = ports
  const acl = `rampart:${name.replaceAll('/', '.')}${ports.isRange ? ':range' : ''}`
  const numbers = spans.map(({ first, last }) => (first === last ? first : `${first}:${last}`))
  const networks = admitted.clients.flatMap((client) => client.networks)
  const names = admitted.clients.flatMap(commonNamesOf)
  const [byNetwork, byName, isVerified] = [`${acl}:network`, `${acl}:name`, `${acl}:verified`]
  const rejects = `tcp-request session reject if ${acl}`
  const notFrom = networks.length === 0 ? '' : ` !${byNetwork}`
  return [
    `# ${name}`,
    `acl ${acl} dst_port ${numbers.join(' ')}`,
    ...networks.map((network) => `acl ${byNetwork} src ${network}`),
    ...names.map((one) => `acl ${byName} ssl_c_s_dn(cn) -m str -- ${quoted(one)}`),
    ...(names.length === 0
      ? [`${rejects}${notFrom}`]
      : [
          `acl ${isVerified} ssl_c_verify 0`,
          `${rejects}${notFrom} !${byName}`,
          `${rejects}${notFrom} !${isVerified}`,
        ]),
  ]
}

/** Nothing is special between single quotes but the quote. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function commonNamesOf({ mtls }: ClientIdentity): readonly string[] {
  return mtls
    .filter((name) => name.startsWith(COMMON_NAME))
    .map((name) => name.slice(COMMON_NAME.length))
}

function unsaidOf({ name, protocol, admitted }: GuardedPorts): readonly string[] {
  if (protocol === 'udp') return [`${name} is UDP, which HAProxy does not forward`]
  return admitted.clients.flatMap((client) => {
    const others = client.mtls.filter((one) => !one.startsWith(COMMON_NAME))
    const alternative = others.map(
      (one) =>
        `HAProxy reads no alternative names of certificates, so ${one} does not tell it ${client.service}`,
    )
    const isKnown = client.networks.length > 0 || commonNamesOf(client).length > 0
    if (isKnown || others.length > 0) {
      return isKnown ? alternative : [...alternative, `${name} refuses ${client.service}`]
    }
    const why = evidenceOf(client)
    return [
      `${client.service} is known by ${why}, which these lines cannot ask; ${name} refuses it`,
    ]
  })
}
