/** All that can be told of one port: what is recorded of it, and what the kernel says now. */
import { printCarrier } from '../core/port/carried-front.ts'
import { explainPort } from '../core/port/explain-port.ts'
import type { PortLease } from '../core/port/port-lease.ts'
import { portKey } from '../core/port/port-table.ts'
import type { SocketRow } from '../seams/kernel-processes.ts'
import type { PortStory } from '../seams/port-broker.ts'
import type { Holding } from './holding.ts'
import { readPortSettings } from './kernel/machine.ts'
import { type PortHolder, type PortKernel, thiefOf } from './kernel/port-kernel.ts'
import type { PortLedger } from './port-ledger.ts'
import type { Watching } from './watching.ts'

/** What it is told from. */
export interface StoryParts {
  readonly record: PortLedger
  readonly holding: Holding
  readonly kernel: PortKernel
  readonly watching: Watching
}

/** Who holds these sockets of one number, which may be leased to several, by each protocol to another. */
function holdersOf(
  rows: readonly SocketRow[],
  leases: readonly PortLease[],
  { kernel, holding }: Pick<StoryParts, 'kernel' | 'holding'>,
): readonly PortHolder[] {
  const owners = leases.filter(({ process, container }) => process ?? container)
  const [first = {}, ...others] = owners
  const holders = kernel.holders(rows, first, holding.keeperPid)
  const byOthers = others.map((owner) => kernel.holders(rows, owner, holding.keeperPid))
  return holders.map((holder, at) => byOthers.find((its) => its[at]?.isOwn)?.[at] ?? holder)
}

/** Looks, records what came of that, and tells. */
export async function storyOf(
  port: number,
  { record, holding, kernel, watching }: StoryParts,
): Promise<PortStory> {
  const { table } = record
  const leases = (): readonly PortLease[] => [...table.on('tcp', port), ...table.on('udp', port)]
  await watching.lookNow(leases().filter(({ process }) => process !== undefined))
  const now = leases()
  const listening = kernel.listening() ?? new Map()
  const sockets = kernel.socketsOn('tcp', port)
  const rows = (['tcp', 'udp'] as const).flatMap((it) => listening.get(portKey(it, port)) ?? [])
  const held = new Set(now.flatMap(({ id }) => holding.inodesOf(id) ?? []))
  const holders = holdersOf(rows, now, { kernel, holding })
  const strangers = holders.filter(({ isOwn }, at) => !isOwn && !held.has(rows[at]?.inode ?? ''))
  const sightings = rows.flatMap(({ protocol, address, inode }, at) => {
    const { pid, command } = holders[at] ?? {}
    if (pid === undefined && held.has(inode)) return []
    const process = pid === undefined ? undefined : kernel.identify(pid)
    return [
      {
        claim: { protocol, addresses: [address], port },
        ...(process === undefined ? {} : { process }),
        ...(command === undefined ? {} : { command }),
      },
    ]
  })
  const past = table.past(port)
  const sentences = explainPort({
    port,
    leases: now,
    past,
    strangers: strangers.map(thiefOf),
    connections: sockets.filter(({ state }) => state === 'established').length,
    timeWaits: sockets.filter(({ state }) => state === 'time-wait').length,
    circumstances: readPortSettings(),
    whyOutdated: (lease) => table.enforced.whyOutdated(lease),
  })
  const carried = table.carried.all().filter(({ number }) => number === port)
  const proxies = carried.map(
    (front) => `${front.service} ${front.port} is reached at it: ${printCarrier(front.carrier)}.`,
  )
  return { port, leases: now, past, sightings, sentences: [...proxies, ...sentences] }
}
