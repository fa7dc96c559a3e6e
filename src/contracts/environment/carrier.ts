/** The proxy that carries a component's front, understood: every default filled in. */
import { type FrontCarrier, printCarrier } from '../../core/port/carried-front.ts'
import { printHostPort } from '../../core/port/ip-text.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { Path } from '../document/issue.ts'
import type { WrittenComponent } from './written.ts'
import type { WrittenCarrier } from './written-carrier.ts'

type Say = (at: Path, message: string) => void

const HOST = '127.0.0.1'

/** A proxy, and where clients reach it. */
export interface Carrier {
  readonly host: string
  readonly number: number
  readonly carrier: FrontCarrier
}

/** A carrier with its defaults; absent: a process of Rampart's own carries the front. */
export function carrierOf({ haproxy, nginx, envoy }: WrittenCarrier = {}): Carrier | undefined {
  if (haproxy !== undefined) {
    const { host = HOST, port: number, socket, backend } = haproxy
    return { host, number, carrier: { plane: 'haproxy', socket, backend } }
  }
  if (envoy !== undefined) {
    const { host = HOST, port: number, endpoints, cluster, admin = '127.0.0.1:9901' } = envoy
    return { host, number, carrier: { plane: 'envoy', admin, cluster, endpoints } }
  }
  if (nginx === undefined) return undefined
  const { host = HOST, port: number, servers } = nginx
  const { config = '/etc/nginx/nginx.conf', pid = '/run/nginx.pid' } = nginx
  return { host, number, carrier: { plane: 'nginx', config, pid, servers } }
}

/** Says what contradicts itself in the `by` of a roll. */
export function checkCarrier({ roll, run }: WrittenComponent, name: string, say: Say): void {
  const { by } = roll ?? {}
  if (roll === undefined || typeof by !== 'object') return
  const kinds = Object.keys(by)
  if (kinds.length !== 1) {
    const written = kinds.length === 0 ? 'none' : kinds.join(' and ')
    say(['roll', 'by'], `by names one proxy, haproxy, nginx or envoy, and has ${written}`)
  }
  const ports = roll.ports ?? portsOfTcp(run)
  if (ports.length > 1) {
    const message = `${name} has ${ports.length} ports, and one backend stands for one of them; write`
    say(['roll', 'by'], `${message} roll.ports: [${ports[0]}]`)
  }
  if (roll.as !== undefined) {
    say(['roll', 'as'], 'what is forwarded its own configuration says; leave as out')
  }
}

function portsOfTcp(run: WrittenComponent['run']): readonly string[] {
  const ports = Object.entries(run?.ports ?? {})
  return ports.flatMap(([port, { protocol }]) => (protocol === 'udp' ? [] : [port]))
}

/** The same for a command. */
export function carrierInput({ host, number, carrier }: Carrier): JsonObject {
  return { host, number, carrier: { ...carrier } }
}

/** What each does while nobody serves, and what one should know of it. */
const TRAITS: Readonly<Record<FrontCarrier['plane'], readonly [string, string]>> = {
  haproxy: [
    'it lets clients wait as often as its `retries` say, then answers 503',
    'A reload makes it forget for a moment; it is told again.',
  ],
  nginx: ['it answers 502', 'Each change reloads it, which ends idle connections that are kept.'],
  envoy: ['it answers 503', 'Each change is a new file, which it reads without a reload.'],
}

/** What is different with it, for people. */
export function explainCarrier({ host, number, carrier }: Carrier): readonly string[] {
  const at = printHostPort(host, number)
  const form = carrier.plane === 'haproxy' ? '--as haproxy' : '--as nftables'
  const [waits, reloads] = TRAITS[carrier.plane]
  return [
    `   Its front is ${printCarrier(carrier)}, reached at ${at}. ${reloads}`,
    `   While nobody serves ${waits}.`,
    `   Who may connect by a Ports contract it does not enforce: \`rampart ports policy ${form}\` prints that.`,
  ]
}
