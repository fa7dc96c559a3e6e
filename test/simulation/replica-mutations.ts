/** Replicas broken on purpose, each in one way by which two of them would move the same subject. */
import { LedgerAbove } from '../../src/daemon/daemon-ledger.ts'
import type { EngineParts } from '../../src/engine/parts.ts'
import type { Lease, Leases } from '../../src/seams/leases.ts'
import type { Append, Recorded } from '../../src/seams/ledger.ts'
import type { FaultName } from './faults/faults.ts'
import type { Mutation } from './mutations.ts'

const ALSO: readonly FaultName[] = ['replicas', 'replicas-stop', 'engine-crashes']

/** All of them. */
export const REPLICA_MUTATIONS: readonly Mutation[] = [
  {
    title: 'acts without a look whether its lease is over',
    noticed: /runs .* while .* owns it/,
    also: ALSO,
    mutate: (parts) => ({
      ...parts,
      clock: {
        nowMs: () => parts.clock.nowMs(),
        elapsedMs: () => 0,
        wakeAt: (atMs, callback) => parts.clock.wakeAt(atMs, callback),
      },
    }),
  },
  {
    title: 'appends without its lease',
    noticed: /by no lease/,
    also: ALSO,
    mutate: (parts) => ({ ...parts, ledger: new Unleased(parts.ledger) }),
  },
  {
    title: 'is not kept from appending by a lease that is over',
    noticed: /after which another lease was given out/,
    also: [...ALSO, 'ledger-is-slow'],
    fences: false,
    mutate: (parts) => parts,
  },
  {
    title: 'takes its life for renewed although it is not',
    noticed: /runs .* while .* owns it/,
    also: ALSO,
    mutate: leasing(() => ({ renew: async () => true })),
  },
  {
    title: 'lets go of what it still moves',
    noticed: /runs .* while .* owns it/,
    also: ALSO,
    mutate: leasing((below) => ({
      take: async (subject) => {
        const lease = await below.take(subject)
        if (lease !== undefined) await below.release(lease)
        return lease
      },
    })),
  },
  {
    title: 'moves what another replica holds',
    noticed: /runs .* while .* owns it|which was given to/,
    also: ALSO,
    mutate: leasing((below) => ({
      take: async (subject): Promise<Lease | undefined> =>
        (await below.take(subject)) ?? (await below.holder(subject)),
    })),
  },
]

/** Leases of which something is done otherwise. */
function leasing(
  otherwise: (below: Leases) => Partial<Leases>,
): (parts: EngineParts) => EngineParts {
  return (parts) => {
    const { leases: below } = parts
    if (below === undefined) return parts
    const leases: Leases = {
      lifetimeMs: below.lifetimeMs,
      take: (subject) => below.take(subject),
      begin: () => below.begin(),
      renew: () => below.renew(),
      end: () => below.end(),
      release: (lease) => below.release(lease),
      holder: (subject) => below.holder(subject),
      holders: () => below.holders(),
      close: () => below.close(),
      ...otherwise(below),
    }
    return { ...parts, leases }
  }
}

/** A ledger that is not told by which right is appended. */
class Unleased extends LedgerAbove {
  override append({ lease: _, ...append }: Append): Promise<readonly Recorded[]> {
    return super.append(append)
  }
}
