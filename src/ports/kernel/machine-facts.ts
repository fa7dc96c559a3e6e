/** What this machine is like where ports are concerned, asked of it now. */
import { networkInterfaces } from 'node:os'
import type { MachineFacts, PortSpan, PortSystem } from '../../core/port/machine-facts.ts'
import { readPortSettings } from './machine.ts'

const SYSTEMS: Readonly<Record<string, PortSystem>> = { darwin: 'macos', win32: 'windows' }

/** The facts of this machine. */
export function readMachineFacts(): MachineFacts {
  const { ephemeral, reserved, unprivilegedFrom } = readPortSettings()
  return {
    system: SYSTEMS[process.platform] ?? 'linux',
    ephemeral,
    kept: spansOf(reserved),
    unprivilegedFrom,
    mayBindPrivileged: process.getuid?.() === 0,
    // Blocks that are given to nobody are known of Windows alone, where no ports are leased.
    excluded: [],
    addresses: Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).map(({ address }) => address),
    ),
  }
}

/** The numbers as spans, neighbours together. */
export function spansOf(ports: ReadonlySet<number>): readonly PortSpan[] {
  const spans: PortSpan[] = []
  for (const port of [...ports].sort((one, other) => one - other)) {
    const last = spans.at(-1)
    if (last?.last === port - 1) spans[spans.length - 1] = { first: last.first, last: port }
    else spans.push({ first: port, last: port })
  }
  return spans
}
