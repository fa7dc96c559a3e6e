/** `rampart ports claim|release`: leases of ports, taken and given back by hand. */
import type { PortProtocol } from '../../core/port/port-claim.ts'
import type { PortOwner } from '../../core/port/port-lease.ts'
import { OWNER_WORD } from '../../core/port/port-owner.ts'
import type { PortLease, PortWish } from '../../server/wire/ports.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { durationOption } from '../duration-option.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { withDaemon, withOwnDaemon, workspaceOf } from '../workspace.ts'

/** How long a claim by hand lasts while nobody takes it. */
const TTL = '10m'
const PORT_NAME = 'http'

/** For whom ports are, and of which protocol, as options say it. */
export interface OwnerOptions {
  readonly protocol?: string
  readonly environment?: string
  readonly tenant?: string
  readonly scope?: string
}

interface ClaimOptions extends OwnerOptions, JsonOption, WorkspaceOption {
  readonly number?: string
  readonly for?: string
}

/** Claims, and prints the numbers in the order of the names. */
export async function runPortsClaim(
  parts: CliParts,
  { service, ports }: { readonly service: string; readonly ports: readonly string[] },
  options: ClaimOptions,
): Promise<number> {
  const names = ports.length === 0 ? [PORT_NAME] : ports
  const strange = [service, ...names].find((word) => !OWNER_WORD.test(word))
  if (strange !== undefined) return strangeName(parts, strange)
  const protocol = protocolOf(options)
  if (protocol === undefined) return strangeProtocol(parts, options)
  const port = options.number === undefined ? undefined : Number(options.number)
  if (port !== undefined && (names.length > 1 || !isPort(port))) {
    const sentence = '--number takes one port from 1 to 65535, for one name.'
    return misuse(
      parts,
      sentence,
      `Next: rampart ports claim ${service} ${names[0]} --number 20443`,
    )
  }
  const ttlMs = durationOption('--for', options.for ?? TTL)
  const wishes = names.map(
    (name): PortWish => ({
      owner: ownerOf(parts, options, service, name),
      ttlMs,
      protocol,
      ...(port === undefined ? {} : { port }),
    }),
  )
  return await withOwnDaemon(parts, workspaceOf(parts, options), async (client) => {
    const grant = await client.ports.claim({ wishes })
    if (options.json === true) parts.stdout.write(`${JSON.stringify(grant)}\n`)
    if (grant.verdict === 'refused') {
      if (options.json !== true) parts.stderr.write(`rampart: ${grant.sentence}\n`)
      return EXIT.no
    }
    if (options.json === true) return EXIT.yes
    for (const lease of grant.leases) {
      parts.stderr.write(`${lease.owner.port}: ${lease.state} as ${lease.id}. ${lease.because}\n`)
      parts.stdout.write(`${lease.claim.port}\n`)
    }
    if (grant.leases.some(({ state }) => state === 'held')) {
      parts.stderr.write(`  Next: ${takingUp(service, names, options)}\n`)
    }
    return EXIT.yes
  })
}

/** The command that takes a claim up: until then nobody listens there, the owner's own program neither. */
function takingUp(service: string, names: readonly string[], options: ClaimOptions): string {
  const { environment, tenant, scope, protocol } = options
  const words = Object.entries({ protocol, environment, tenant, scope }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${value}`],
  )
  const ports = names.map((name) => `--port ${name}`)
  return ['rampart ports run', `--service ${service}`, ...ports, ...words, '-- COMMAND'].join(' ')
}

/** Gives leases back; all that are named must be there. */
export async function runPortsRelease(
  parts: CliParts,
  named: readonly string[],
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  return await withDaemon(parts, options, async (client) => {
    const { leases } = await client.ports.leases()
    const meant = named.map((name) => leases.filter((lease) => isNamed(lease, name)))
    const missing = named.filter((_, place) => meant[place]?.length === 0)
    if (missing.length > 0) {
      parts.stderr.write(`rampart: Nothing is leased as ${missing.join(', ')}.\n`)
      parts.stderr.write('  Next: rampart ports list\n')
      return EXIT.fault
    }
    for (const { id, claim, owner } of new Set(meant.flat())) {
      await client.ports.release(id)
      if (options.json === true) parts.stdout.write(`${JSON.stringify({ released: id })}\n`)
      else parts.stderr.write(`${claim.port} of ${owner.service} is given back.\n`)
    }
    return EXIT.yes
  })
}

/** Says what a name of a service or of a port may be. */
export function strangeName(parts: CliParts, name: string): number {
  const sentence = `${name} is no name of a service or a port: letters and digits, with . / _ - between.`
  return misuse(parts, sentence, 'Next: rampart ports claim shop/api http')
}

/** Of which protocol ports are; undefined: of none that has ports. */
export function protocolOf({ protocol = 'tcp' }: OwnerOptions): PortProtocol | undefined {
  return protocol === 'tcp' || protocol === 'udp' ? protocol : undefined
}

/** Says which protocols there are. */
export function strangeProtocol(parts: CliParts, { protocol }: OwnerOptions): number {
  const sentence = `--protocol is tcp or udp, not ${protocol}.`
  return misuse(parts, sentence, 'Next: rampart ports claim shop/dns dns --protocol udp')
}

/** For whom a port is. */
export function ownerOf(
  parts: CliParts,
  options: OwnerOptions,
  service: string,
  port: string,
): PortOwner {
  const scope = options.scope ?? parts.settings['RAMPART_SCOPE']
  return {
    service,
    port,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
    ...(scope === undefined || scope === '' ? {} : { scope }),
  }
}

function isNamed(lease: PortLease, name: string): boolean {
  return lease.id === name || String(lease.claim.port) === name
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
}
