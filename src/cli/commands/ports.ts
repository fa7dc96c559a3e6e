/** `rampart ports list|explain`: who has which port. */
import { type CarriedFront, printCarrier } from '../../core/port/carried-front.ts'
import { printHostPort } from '../../core/port/ip-text.ts'
import { printSpan } from '../../core/port/machine-facts.ts'
import { printFor } from '../../core/port/match-range.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { printPort } from '../../core/port/port-protocols.ts'
import type { ListedRange } from '../../core/port/range-list.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { LeaseList } from '../../server/wire/ports.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { fit, tableLines } from '../views/columns.ts'
import { withDaemon } from '../workspace.ts'

const WIDTH = 100

interface MachineOptions extends JsonOption, WorkspaceOption {
  readonly region?: string
}

interface ListOptions extends MachineOptions {
  readonly service?: string
  readonly state?: string
  readonly ranges?: boolean
}

/** Lists leases, or ranges, a line each. */
export async function runPortsList(parts: CliParts, options: ListOptions): Promise<number> {
  const { service, state } = options
  return await withDaemon(parts, options, async (client) => {
    const { leases, ranges = [], carried = [] } = await client.ports.leases(machineOf(options))
    if (options.ranges === true) return listRanges(parts, { ranges, leases, options })
    const shown = leases.filter(
      (lease) =>
        (service === undefined || lease.owner.service === service) &&
        (state === undefined || lease.state === state),
    )
    const fronts = carried.filter(
      (front) => state === undefined && (service === undefined || front.service === service),
    )
    if (options.json === true) {
      const lines = [...shown, ...fronts.map((front) => ({ carried: front }))]
      for (const line of lines) parts.stdout.write(`${JSON.stringify(line)}\n`)
      return EXIT.yes
    }
    if (shown.length === 0 && fronts.length === 0) {
      const { region } = options
      // Only components have ports in regions; nothing is claimed by hand there.
      const [where, next] =
        region === undefined
          ? ['here', 'rampart ports claim --help']
          : [`in region ${region}`, 'rampart agents list']
      parts.stderr.write(`Nobody has a port ${where}. Next: ${next}\n`)
      return EXIT.yes
    }
    const rows = shown.map((lease) => rowOf(lease, parts.nowMs()))
    const header = ['PORT', 'STATE', 'SERVICE', 'PORT NAME', 'PROCESS', 'SINCE', 'LEASE']
    // The name of a container is there to be copied, so that such lines are not cut.
    const isAny = shown.some(({ container }) => container !== undefined)
    const table = tableLines([[...header, ...(isAny ? ['CONTAINER'] : [])], ...rows])
    const lines = shown.length === 0 ? [] : table
    for (const line of lines) parts.stdout.write(`${isAny ? line : fit(line, WIDTH)}\n`)
    for (const line of frontLines(fronts, shown.length > 0)) parts.stdout.write(`${line}\n`)
    return EXIT.yes
  })
}

/** Fronts that proxies carry: their ports are the proxies', so that no lease tells of them. */
function frontLines(fronts: readonly CarriedFront[], isBelow: boolean): readonly string[] {
  if (fronts.length === 0) return []
  const rows = fronts.map(({ service, port, host, number, carrier }) => [
    printHostPort(host, number),
    service,
    port,
    printCarrier(carrier),
  ])
  const header = ['FRONT', 'SERVICE', 'PORT NAME', 'CARRIED BY']
  return [...(isBelow ? [''] : []), ...tableLines([header, ...rows])]
}

function listRanges(
  parts: CliParts,
  listed: Pick<LeaseList, 'leases'> & {
    readonly ranges: readonly ListedRange[]
    readonly options: JsonOption
  },
): number {
  const { ranges, leases, options } = listed
  if (options.json === true) {
    for (const range of ranges) parts.stdout.write(`${JSON.stringify(range)}\n`)
    return EXIT.yes
  }
  const header = ['CONTRACT', 'RANGE', 'PORTS', 'PROTOCOL', 'LEASED', 'FOR']
  const rows = ranges.map((range) => rangeRow(range, leases))
  for (const line of tableLines([header, ...rows])) parts.stdout.write(`${fit(line, WIDTH)}\n`)
  return EXIT.yes
}

function rangeRow(range: ListedRange, leases: readonly PortLease[]): readonly string[] {
  const { contract, first, last, protocol, standing, rules } = range
  const count = leases.filter(
    ({ rule, claim }) =>
      rule.contract === contract &&
      rule.range === range.range &&
      claim.protocol === protocol &&
      claim.port >= first &&
      claim.port <= last,
  ).length
  return [
    contract ?? '-',
    range.range,
    printSpan(range),
    protocol,
    String(count),
    standing === 'earlier' ? `${printFor(rules)} (an earlier revision)` : printFor(rules),
  ]
}

/** Tells a port's story. */
export async function runPortsExplain(
  parts: CliParts,
  port: string,
  options: MachineOptions,
): Promise<number> {
  const number = Number(port)
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    const sentence = `A port is a whole number from 1 to 65535, not ${port}.`
    return misuse(parts, sentence, 'Next: rampart ports list')
  }
  return await withDaemon(parts, options, async (client) => {
    const story = await client.ports.story(number, machineOf(options))
    if (options.json === true) parts.stdout.write(`${JSON.stringify(story)}\n`)
    else for (const sentence of story.sentences) parts.stdout.write(`${sentence}\n`)
    return EXIT.yes
  })
}

function machineOf({ region }: MachineOptions): { readonly region?: string } {
  return region === undefined ? {} : { region }
}

function rowOf(lease: PortLease, nowMs: number): readonly string[] {
  const { claim, owner, process, container, changedAtMs, id } = lease
  const since = describeDuration(Math.max(0, Math.round(nowMs - changedAtMs)))
  return [
    printPort(claim.port, claim.protocol),
    lease.shut === undefined ? lease.state : `${lease.state}, shut`,
    ownerText(lease),
    owner.port,
    process === undefined ? '-' : String(process.pid),
    since,
    id,
    ...(container === undefined ? [] : [container.name]),
  ]
}

function ownerText({ owner }: PortLease): string {
  const { service, instance, tenant, scope } = owner
  const of = [tenant, scope].filter((word) => word !== undefined)
  return `${service}${instance === undefined ? '' : `#${instance}`}${of.length === 0 ? '' : ` (${of.join(', ')})`}`
}
