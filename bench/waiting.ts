/**
 * What do ramps cost that only wait for a person? The processor time of the process that moves them
 * while nothing happens: alone with its files, and as replicas of one PostgreSQL, by leases.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { SystemClock } from '../src/clock/system-clock.ts'
import type { DaemonStore } from '../src/daemon/daemon-store.ts'
import { openPostgresStore } from '../src/daemon/open-postgres-store.ts'
import { conditionOf, planOf, stageOf } from '../test/support/plan-words.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { type Bench, type Finding, figure, type Scale, type Section } from './measure/section.ts'
import { withFolder } from './measure/temporary-folder.ts'
import { type Workbench, withWorkbench, withWorkbenchIn } from './measure/workbench.ts'

/** The bench. */
export const waitingBench: Bench = { name: 'waiting', run: measure }

interface Sizes {
  readonly waiting: number
  /** How long it is left alone before it is looked at: what opening them leaves to collect takes a while. */
  readonly restMs: number
  readonly idleMs: number
}

const FULL: Sizes = {
  waiting: Number(process.env['BENCH_WAITING'] ?? 100_000),
  restMs: 60_000,
  idleMs: 120_000,
}
const QUICK: Sizes = { waiting: 100, restMs: 100, idleMs: 200 }

interface Shares {
  readonly alone: number
  readonly replica: number
  /** Both replicas in one process, one of which moves nothing. */
  readonly both: number
}

async function measure({ isQuick, progress }: Scale): Promise<Section> {
  const sizes = isQuick ? QUICK : FULL
  const alone = await withWorkbench((bench) => shareOfWaiting(bench, sizes))
  progress(`waiting: alone ${figure(alone * 100)} %`)
  const { replica, both } = await replicas(sizes, progress)
  return describe({ alone, replica, both }, sizes)
}

function describe({ alone, replica, both }: Shares, { waiting }: Sizes): Section {
  const found = [
    ['files', alone],
    ['PostgreSQL, by leases', replica],
    ['PostgreSQL, two replicas together', both],
  ] as const
  const findings: readonly Finding[] = found.slice(0, 2).map(([where, share]) => ({
    ...{ what: `${waiting} ramps that wait, ${where}, of a core`, unit: '%' },
    ...{ bound: 'atMost', target: 5, measured: share * 100 },
  }))
  return {
    title: 'The cost of waiting',
    method: [
      `${waiting} ramps, each of another environment, all of which wait for an approval.`,
      'Processor time of the process that moves them, the garbage collector included, while nothing',
      'happens. The second replica moves nothing; both are in one process.',
    ].join('\n'),
    columns: ['kept in', 'of a core, %'],
    rows: found.map(([where, share]) => [where, figure(share * 100)]),
    findings,
    notes: [],
  }
}

async function replicas(
  sizes: Sizes,
  progress: (line: string) => void,
): Promise<Omit<Shares, 'alone'>> {
  const server = await startPostgres()
  try {
    return await withFolder(async (folder) =>
      withWorkbenchIn(
        folder,
        async (bench) => {
          const replica = await shareOfWaiting(bench, sizes)
          progress(`waiting: one replica ${figure(replica * 100)} %`)
          const both = await withFolder(async (other) =>
            withWorkbenchIn(other, () => shareOfIdling(sizes), await openReplica(server.url)),
          )
          progress(`waiting: two replicas ${figure(both * 100)} %`)
          return { replica, both }
        },
        await openReplica(server.url),
      ),
    )
  } finally {
    await server.stop()
  }
}

async function openReplica(url: string): Promise<DaemonStore> {
  return await openPostgresStore({
    ...{ url, key: Buffer.alloc(32, 1), clock: new SystemClock(), replica: 'bench' },
    onTrouble: (thrown) => process.stderr.write(`${String(thrown)}\n`),
  })
}

/** Opens the ramps and looks what they cost from then on. */
async function shareOfWaiting(bench: Workbench, sizes: Sizes): Promise<number> {
  const gates = [conditionOf('release', { ask: 'approval', from: ['admin'], count: 1 })]
  for (let count = 0; count < sizes.waiting; count += 500) {
    const names = Array.from(
      { length: Math.min(500, sizes.waiting - count) },
      (_, at) => count + at,
    )
    await Promise.all(
      names.map((name) =>
        bench.open(planOf([stageOf('only', { gates })], { name: `shop-${name}` })),
      ),
    )
  }
  return await shareOfIdling(sizes)
}

/** The share of a core that this process takes, after it has had time to come to rest. */
async function shareOfIdling({ restMs, idleMs }: Sizes): Promise<number> {
  await delay(restMs)
  const before = { cpu: process.cpuUsage(), atMs: performance.now() }
  await delay(idleMs)
  const { user, system } = process.cpuUsage(before.cpu)
  return (user + system) / 1_000 / (performance.now() - before.atMs)
}
