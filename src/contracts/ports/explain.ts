/** What a Ports contract says, in sentences, for people who did not write it. */
import type { ClientIdentity, ConnectRule } from '../../core/port/connect-policy.ts'
import { printSpan } from '../../core/port/machine-facts.ts'
import { EVERY_ADDRESS, LOOPBACK } from '../../core/port/port-claim.ts'
import type { PortRange } from '../../core/port/port-policy.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { listWords } from '../document/describe-value.ts'
import type { DefinedRange, PortsContract, PortsDefinition, Transition } from './definition.ts'
import { SYSTEMS } from './definition.ts'

/** Explains a Ports contract: ranges, who may connect, names, changes of hands. */
export function explainPorts({ name, definition }: PortsContract): string {
  const { description, ranges, systems, regions } = definition
  const count = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0)
  const size = `${ranges.length === 1 ? '1 range' : `${ranges.length} ranges`} of ${counted(count, 'port')}`
  const only = systems.length === SYSTEMS.length ? '' : `, for ${listWords(systems, 'and')}`
  const where = regions.length === 0 ? '' : `, in force in ${listWords(regions, 'and')}`
  const about = description === undefined ? '' : ` ${description}`
  return [
    `${name} is a contract about ports: ${size}${only}${where}.${about}`,
    ...ranges.flatMap(explainRange),
    ...explainConnect(definition),
    ...explainNames(definition),
    ...explainTransitions(definition.transitions),
  ].join('\n')
}

function explainRange(range: DefinedRange): readonly string[] {
  const { name, coolingMs, fixed, perTenant, perService, claim, description } = range
  const about = description === undefined ? '' : ` (${description.replace(/\.$/, '')})`
  const quotas = [
    ...(perTenant === undefined
      ? []
      : [
          `${counted(perTenant, 'lease')} a tenant (of claims made with --tenant; all others count as one)`,
        ]),
    ...(perService === undefined ? [] : [`${counted(perService, 'lease')} a service`]),
  ]
  return [
    `- ${name}${about}: ${whatOf(range)}, for ${forWhom(range)}.`,
    ...(claim === undefined ? [] : [`    Only ${listWords(claim, 'and')} may claim of it.`]),
    ...(quotas.length === 0 ? [] : [`    At most ${listWords(quotas, 'and')} at once.`]),
    ...Object.entries(fixed).map(([of, port]) => `    ${port} belongs to ${of} and nobody else.`),
    coolingMs === 0
      ? '    A port may be had by others as soon as its owner is gone.'
      : `    A port is kept from others for ${describeDuration(coolingMs)} after its owner is gone.`,
  ]
}

function whatOf(range: DefinedRange): string {
  const protocol = range.protocol === 'udp' ? 'UDP' : range.isHttp ? 'TCP for browsers' : 'TCP'
  const kind = range.first === range.last ? 'port' : 'ports'
  return `${kind} ${printSpan(range)} (${protocol}) on ${placesOf(range)}`
}

function placesOf({ addresses }: PortRange): string {
  if (isSame(addresses, LOOPBACK)) return 'both loopback addresses'
  return isSame(addresses, EVERY_ADDRESS) ? 'every address' : listWords(addresses, 'and')
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((address) => other.includes(address))
}

/** For whom a range is: `shop/* in staging`, or `everybody`. */
function forWhom(range: Pick<PortRange, 'for'>): string {
  const { environment, service, tenant, scope } = range.for
  const words = [
    ...(service === undefined ? [] : [service]),
    ...(environment === undefined ? [] : [`in ${environment}`]),
    ...(tenant === undefined ? [] : [`of the tenant ${tenant}`]),
    ...(scope === undefined ? [] : [`within ${scope}`]),
  ]
  if (words.length === 0) return 'everybody'
  return service === undefined ? `whoever is ${words.join(' ')}` : words.join(' ')
}

function explainConnect({ connect, clients }: PortsDefinition): readonly string[] {
  if (connect.length === 0) return ['Whoever reaches a port may connect to it: there is no rule.']
  const targets = [...new Set(connect.flatMap(({ to }) => to))]
  return [
    'Who may connect:',
    ...connect.map((rule) => `  - ${explainRule(rule)}`),
    `  At fronts of Rampart (roll, without by) nobody else may connect to ${listWords(targets, 'or')}.`,
    '  Elsewhere, as at the own port of a start, whoever reaches it may: `rampart ports policy` prints rules for that.',
    ...clients.map((client) => `  ${explainClient(client)}`),
  ]
}

/** One rule: `shop/web may connect to shop/api (http)`. */
function explainRule({ from, to, ports }: ConnectRule): string {
  const who = from.includes('*') ? 'everybody' : listWords(from, 'and')
  const which = ports === undefined ? '' : ` (${listWords(ports, 'and')})`
  const whom = to.includes('*') ? 'everything' : listWords(to, 'and')
  return `${who} may connect to ${whom}${which}`
}

function explainClient({ service, users, mtls, tokens, networks, labels }: ClientIdentity): string {
  const pods = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
  const proofs = [
    'its process',
    ...(users.length === 0 ? [] : [`the user ${listWords(users.map(String), 'or')}`]),
    ...(mtls.length === 0 ? [] : [`a certificate of ${listWords(mtls, 'or')}`]),
    ...(tokens.length === 0 ? [] : [counted(tokens.length, 'token')]),
  ]
  const printed = [
    ...(networks.length === 0 ? [] : [`the network ${listWords(networks, 'or')}`]),
    ...(pods.length === 0 ? [] : [`pods with ${listWords(pods, 'and')}`]),
  ]
  const known = `${service} is known at fronts by ${listWords(proofs, 'or')}`
  if (printed.length === 0) return `${known}.`
  return `${known}; ${listWords(printed, 'and')} count in printed rules alone.`
}

function explainNames({ names }: PortsDefinition): readonly string[] {
  if (names.length === 0) return []
  const told = names.map(({ name, service, port }) => `${name} for ${service}/${port}`)
  return [`Discovery has further names: ${listWords(told, 'and')}.`]
}

function explainTransitions(transitions: readonly Transition[]): readonly string[] {
  return [
    'When a port changes hands:',
    ...transitions.map((transition) => `  - ${explainTransition(transition)}`),
  ]
}

/** One rule of changing hands. */
function explainTransition(transition: Transition): string {
  const { event, drainMs, lingerMs, coolingMs, deadlineMs, says } = transition
  const most = describeDuration(deadlineMs)
  const within = says.includes('deadline') ? `, all within ${most}` : ''
  const steps = [
    ...(drainMs === 0 ? [] : [`drained for at most ${describeDuration(drainMs)}`]),
    ...(lingerMs === 0 ? [] : [`kept for ${describeDuration(lingerMs)} more`]),
    ...(coolingMs === undefined || coolingMs === 0
      ? []
      : [`its port cooled for ${describeDuration(coolingMs)}`]),
  ]
  if (event === 'scale-up') return `${event}: nobody is let go of${within}`
  if (event === 'failover') {
    const then = ['the old owner is proved dead', ...steps]
    return `${event}: once ${listWords(then, 'and')}, another follows; clients wait for ${most}`
  }
  const old = steps.length === 0 ? 'let go of at once' : listWords(steps, 'and')
  return `${event}: the old owner is ${old}${within}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
