/**
 * Who is taken in by programs that look ready and are not? The traps of test/traps, each walked into by
 * everybody, and judged by what the programs have put on record themselves.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureDaemon } from '../src/server/client/ensure-daemon.ts'
import { PROGRAM } from '../test/support/daemon.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { leaveTrap, rampTrap } from '../test/traps/ramp-trap.ts'
import { type SetTrap, setTrap } from '../test/traps/set-trap.ts'
import { type Judgement, judge, type Trap } from '../test/traps/trap.ts'
import { TRAPS } from '../test/traps/traps.ts'
import type { Bench, Scale, Section } from './measure/section.ts'
import { withFolder } from './measure/temporary-folder.ts'
import { rampart } from './program-cells.ts'
import { modelWalk } from './trap-models.ts'
import { endRest, serverAndTestWalk, type Walk, waitOnWalk } from './trap-walks.ts'

/** How long a trap is set: some of us look every 2 s only, and are not to escape by that. @unit ms */
const TRAP_MS = 6_000

/** The same where nothing is measured. @unit ms */
const QUICK_TRAP_MS = 1_500

/** When those who can be told to are told to give up: far more than any trap takes. @unit ms */
const LIMIT_MS = 20_000

/** What is not asked of containers: each has ports and hosts of its own, and ends with its first process. */
const NOT_OF_CONTAINERS = ['stale-http', 'stale-tcp', 'daemon-parent', 'ipv6-only', 'ipv4-only']

/** Enough for the replicas of everybody. */
const POSTGRES_FLAGS = [
  'wal_level=logical',
  'max_connections=200',
  'max_worker_processes=40',
  'max_logical_replication_workers=30',
  'max_replication_slots=30',
  'max_wal_senders=30',
].flatMap((setting) => ['-c', setting])

interface Walker {
  readonly who: string
  readonly walk: Walk
  /** Traps that it cannot meet. */
  readonly spared: readonly string[]
  /** The port that Rampart's contract allocates itself. */
  readonly port?: string
}

/** By trap, what each walker's claim was worth; in the order of the walkers. */
type Verdicts = ReadonlyMap<string, readonly (Judgement | 'spared')[]>

/** The bench. */
export const trapsBench: Bench = {
  name: 'traps',
  run: (scale) => withFolder((folder) => measure(folder, scale)),
}

async function measure(folder: string, scale: Scale): Promise<Section> {
  // One workspace for Rampart's walks, whose daemon is there before they hurry to start it.
  mkdirSync(join(folder, '.rampart'))
  await (await ensureDaemon({ workspace: folder, program: PROGRAM })).close()
  const server = await startPostgres(POSTGRES_FLAGS)
  try {
    const traps = scale.isQuick ? TRAPS.filter(({ name }) => QUICK.includes(name)) : TRAPS
    const columns: (readonly (Judgement | 'spared')[])[] = []
    for (const [index, walker] of WALKERS.entries()) {
      const ground = {
        folder: join(folder, String(index)),
        postgresUrl: server.url,
        prefix: `w${index}_`,
        trapMs: scale.isQuick ? QUICK_TRAP_MS : TRAP_MS,
      }
      const walks = traps.map((trap) => walkInto(trap, walker, ground))
      const column = await Promise.all(walks)
      scale.progress(`traps: ${walker.who} ${column.filter((is) => is === 'right').length} right`)
      columns.push(column)
    }
    const rows = traps.map((trap, row) => [trap.name, columns.map((one) => one[row] ?? 'spared')])
    return sectionOf(traps, new Map(rows as [string, readonly Judgement[]][]))
  } finally {
    await rampart(folder, 'daemon', 'stop')
    await server.stop()
  }
}

const QUICK = ['dead-dependency', 'login-page']

const WALKERS: readonly Walker[] = [
  { who: 'Rampart', walk: rampartWalk, spared: [], port: `\${self.ports.http}` },
  { who: 'wait-on', walk: waitOnWalk(LIMIT_MS), spared: [] },
  { who: 'start-server-and-test', walk: serverAndTestWalk(LIMIT_MS), spared: [] },
  {
    who: 'process-compose (model)',
    walk: modelWalk(
      {
        firstMs: 0,
        periodMs: 1_000,
        tickMs: 0,
        timeoutMs: 1_000,
        redirect: 'follow',
        isGood: (status) => status === 200,
        endFails: false,
      },
      LIMIT_MS,
    ),
    spared: [],
  },
  {
    who: 'compose (model)',
    walk: modelWalk(
      {
        firstMs: 100,
        periodMs: 100,
        tickMs: 500,
        timeoutMs: 1_000,
        redirect: 'manual',
        // As `curl --fail` judges.
        isGood: (status) => status < 400,
        endFails: true,
      },
      LIMIT_MS,
    ),
    spared: NOT_OF_CONTAINERS,
  },
]

/** By its command, its daemon and a contract; then down again. */
async function rampartWalk(set: SetTrap) {
  const claim = await rampTrap(set, join(set.folder, '../..'))
  if (claim.is === 'ready') await leaveTrap(set)
  return claim
}

async function walkInto(
  trap: Trap,
  { walk, spared, port }: Walker,
  ground: Parameters<typeof setTrap>[1],
): Promise<Judgement | 'spared'> {
  if (spared.includes(trap.name)) return 'spared'
  const set = await setTrap(trap, port === undefined ? ground : { ...ground, port })
  try {
    const claim = await walk(set)
    return judge(trap, claim, set.readySinceMs())
  } finally {
    endRest(set)
    await set.close()
  }
}

const WORDS = {
  right: 'right',
  falseReady: '**false-ready**',
  falseFail: '**false-fail**',
  spared: '—',
}

function sectionOf(traps: readonly Trap[], verdicts: Verdicts): Section {
  const of = (name: string) => verdicts.get(name) ?? []
  const rows = traps.map((trap) => [trap.sentence, ...of(trap.name).map((is) => WORDS[is])])
  const count = (index: number, is: Judgement): number =>
    traps.filter(({ name }) => of(name)[index] === is).length
  const sums = (['falseReady', 'falseFail'] as const).map((is) => [
    is === 'falseReady' ? 'false-ready, in all' : 'false-fail, in all',
    ...WALKERS.map((_, index) => String(count(index, is))),
  ])
  const findings = (['falseReady', 'falseFail'] as const).map((is) => {
    const what = `Rampart, ${is === 'falseReady' ? 'false-ready' : 'false-fail'}`
    return { what, unit: '', bound: 'atMost', target: 0, measured: count(0, is) } as const
  })
  return {
    title: 'Traps',
    method: [
      `${traps.length} programs that look ready and are not (test/traps), each started by every tool in its`,
      'own way. A program puts on record since when it is really ready, just before it is; most get',
      `ready after about ${TRAP_MS / 1000} s, some never do. False-ready: held to be ready earlier.`,
      'False-fail: given up although it gets ready. Whoever can be told when to give up was told',
      `${LIMIT_MS / 1000} s.`,
    ].join('\n'),
    columns: ['trap', ...WALKERS.map(({ who }) => who)],
    rows: [...rows, ...sums],
    findings,
    notes: [
      'Rampart has the contract that a careful user would write: it can say what it must see. The others are told what they can be told: a URL that answers well, or a port. Where they run a command of yours instead (process-compose, compose), they know as much as that command looks at.',
      'Rampart is judged by its decision, the others by when they go on, which is later and kinder.',
      'process-compose (model): not run, a model of its published algorithm at its fastest, first look at once, then every 1 s, one success is enough. compose (model): likewise, `curl --fail` every 100 ms, acted upon every 500 ms. — : containers have ports and hosts of their own and end with their first process.',
      'localhost at ::1 only: the hosts file of this machine gives localhost one address, 127.0.0.1, and whoever asks it alone does not find the other. The idle primary is found wanting by its own health page, which judges the age of the last change.',
    ],
  }
}
