/** How much longer than its critical path does a ramp take? 14 nodes, 7 deep, brought up by each of us. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import {
  type Climb,
  periodicModelClimb,
  type Ramped,
  rampartClimb,
  rampartDaemonClimb,
  serialClimb,
  waitOnApiClimb,
  waitOnScriptClimb,
} from './dag-cells.ts'
import { drawServices, NEEDS } from './dag-nodes.ts'
import { Chance } from './measure/chance.ts'
import { monotonicMs } from './measure/monotonic.ts'
import { Pipe } from './measure/pipe.ts'
import { type Bench, figure, type Scale, type Section } from './measure/section.ts'
import { median, summarize } from './measure/statistics.ts'
import { withFolder } from './measure/temporary-folder.ts'
import { World } from './measure/world.ts'

const SEED = 20_260_101
const TARGET = 1.01

/** The most eager cadence that a contract may ask for without watching as eagerly afterwards. */
const EAGER = { first: '1ms', most: '1ms' }

/** What tells that the bench runs: ourselves in both ways, and each of the others once. */
const QUICK: ReadonlySet<string> = new Set([
  'http, default',
  'http, default, through its daemon',
  'interval 10',
  '-i 10',
  'WAIT_ON_INTERVAL=10',
])

interface Cell {
  readonly who: string
  readonly setting: string
  readonly climb: Climb
  readonly trials: number
  /** Ratio of the whole to the critical path, one a trial. */
  readonly ratios: number[]
  /** From the last need being ready to the first instruction, one an edge. @unit ms */
  readonly edgesMs: number[]
  /** What each edge consists of, for Rampart. @unit ms */
  readonly parts: Record<Part, number[]>
}

/** What an edge consists of, one after the other. */
const PARTS = ['noticed', 'recorded', 'ordered', 'begun'] as const
type Part = (typeof PARTS)[number]

/** The bench. */
export const dagBench: Bench = { name: 'dag', run: (scale) => measure(scale) }

async function measure(scale: Scale): Promise<Section> {
  const world = await World.start()
  const services = drawServices(SEED, scale.isQuick ? 700 : 8_000)
  const cells = cellsOf(world, scale)
  const chance = new Chance(SEED)
  const most = Math.max(...cells.map((cell) => cell.trials))
  for (let trial = 0; trial < most; trial += 1) {
    for (const cell of chance.shuffled(cells)) {
      if (trial >= cell.trials) continue
      const ramped = await cell.climb(services.serviceMs)
      cell.ratios.push(ramped.totalMs / services.criticalPathMs)
      cell.edgesMs.push(...edgesOf(ramped))
      for (const part of PARTS) cell.parts[part].push(...partsOf(ramped, part))
      scale.progress(
        `dag ${trial + 1}: ${cell.who} ${cell.setting} ${figure(cell.ratios.at(-1) ?? 0)}`,
      )
    }
  }
  await world.close()
  const startMs = median(await processStartsMs(scale.isQuick ? 5 : 100))
  return sectionOf(cells, services.criticalPathMs, startMs)
}

function cellsOf(world: World, { isQuick }: Scale): readonly Cell[] {
  const http = (every: object) => (name: string) => ({ http: world.urlOf(name), ...every })
  const cell = (who: string, setting: string, trials: number, climb: Climb): Cell => {
    return {
      who,
      setting,
      climb,
      trials: isQuick ? 1 : trials,
      ratios: [],
      edgesMs: [],
      parts: { noticed: [], recorded: [], ordered: [], begun: [] },
    }
  }
  const cells = [
    cell('Rampart', 'http, default', 3, rampartClimb(world, http({}))),
    cell('Rampart', 'http, first and most 1 ms', 3, rampartClimb(world, http({ every: EAGER }))),
    cell(
      'Rampart',
      'log',
      3,
      rampartClimb(world, () => ({ log: { pattern: '^ready$' } })),
    ),
    cell('Rampart', 'http, default, through its daemon', 3, rampartDaemonClimb(world)),
    cell('process-compose (model)', 'period 1 s, its least', 3, periodicModelClimb(world, 1_000)),
    cell('wait-on, API', 'default (250 ms)', 2, waitOnApiClimb(world)),
    cell('wait-on, API', 'interval 10', 2, waitOnApiClimb(world, 10)),
    cell('wait-on, command', 'default (250 ms)', 2, waitOnScriptClimb(world, '')),
    cell('wait-on, command', '-i 10', 2, waitOnScriptClimb(world, '-i 10')),
    cell(
      'start-server-and-test',
      'WAIT_ON_INTERVAL=10',
      1,
      serialClimb(world, { WAIT_ON_INTERVAL: '10' }),
    ),
    cell('start-server-and-test', 'default (2 s)', 1, serialClimb(world, {})),
  ]
  return isQuick ? cells.filter(({ setting }) => QUICK.has(setting)) : cells
}

/** From the last of a node's needs being ready until its first instruction. @unit ms */
function edgesOf({ instants }: Ramped): readonly number[] {
  return Object.entries(NEEDS).flatMap(([name, needs]) => {
    if (needs.length === 0) return []
    const fromMs = Math.max(...needs.map((need) => instants.ready.get(need) ?? Number.NaN))
    return [(instants.started.get(name) ?? Number.NaN) - fromMs]
  })
}

/** One part of every edge, from the last need of each node. @unit ms */
function partsOf({ instants, steps }: Ramped, part: Part): readonly number[] {
  if (steps === undefined) return []
  return Object.entries(NEEDS).flatMap(([name, needs]) => {
    const lastFirst = needs.toSorted(
      (one, other) => at(instants.ready, other) - at(instants.ready, one),
    )
    const [last] = lastFirst
    if (last === undefined) return []
    const passed = [
      at(instants.ready, last),
      at(steps.answered, last),
      at(steps.recorded, last),
      at(steps.ordered, name),
      at(instants.started, name),
    ]
    const place = PARTS.indexOf(part)
    return [(passed[place + 1] ?? Number.NaN) - (passed[place] ?? Number.NaN)]
  })
}

function at(instants: ReadonlyMap<string, number>, name: string): number {
  return instants.get(name) ?? Number.NaN
}

/** How long a shell takes from being asked for to its first instruction, with nobody in between. */
function processStartsMs(times: number): Promise<readonly number[]> {
  return withFolder(async (folder) => {
    const pipe = new Pipe(join(folder, 'announced'))
    const took: number[] = []
    let heard: (atMs: number) => void = () => undefined
    pipe.listen((_line, atMs) => heard(atMs))
    for (let time = 0; time < times; time += 1) {
      const { promise, resolve } = Promise.withResolvers<number>()
      heard = resolve
      const beganMs = monotonicMs()
      spawn('/bin/sh', ['-c', `echo go > '${pipe.path}'`], { stdio: 'ignore' })
      took.push((await promise) - beganMs)
    }
    pipe.stopListening()
    return took
  })
}

function sectionOf(cells: readonly Cell[], criticalPathMs: number, startMs: number): Section {
  const rows = cells.map((cell) => {
    const ratio = summarize(cell.ratios)
    const edge = summarize(cell.edgesMs)
    const overMs = (ratio.p50 - 1) * criticalPathMs
    const texts = [ratio.p50.toFixed(3), ratio.most.toFixed(3), figure(overMs)]
    const edges = [figure(edge.p50), figure(edge.p90)]
    return [cell.who, cell.setting, String(ratio.count), ...texts, ...edges]
  })
  const findings = cells
    .filter(({ who }) => who === 'Rampart')
    .map(({ setting, ratios }) => {
      const what = `Rampart, ${setting}: ramp ÷ critical path`
      const measured = median(ratios)
      return { what, unit: '', bound: 'atMost', target: TARGET, measured } as const
    })
  return {
    title: 'A ramp and its critical path',
    method: [
      `14 nodes, 7 deep, seeded service times, critical path ${figure(criticalPathMs)} ms (the`,
      'oracle: service times alone). Every node is the same shell program; a warm server in another',
      'process hears its first instruction and makes it ready its service time later, over HTTP and',
      'by a line. The whole is from the word go until the tool says that all are ready.',
    ].join('\n'),
    columns: [
      'who',
      'setting',
      'trials',
      'ratio p50',
      'ratio max',
      'over the path, ms',
      'edge p50, ms',
      'edge p90, ms',
    ],
    rows,
    findings,
    notes: [
      'Edge: from the last need being ready to the first instruction of the node that waited for it.',
      'Rampart has brought one small thing up and down before, as a daemon that has been of use has.',
      `Starting a shell with nobody in between takes ${figure(startMs)} ms here (p50); 7 are on the path. It is started out of this process, of which ${figure(process.memoryUsage.rss() / 1e6)} MB are resident: the more, the longer its fork takes.`,
      ...cells.filter(({ parts }) => parts.noticed.length > 0).map(describeParts),
      'process-compose (model): not run, a model of its published algorithm; a look at the start of a node, then every 1 s.',
      'start-server-and-test brings one node up after the other; few trials, since they are long.',
    ],
  }
}

function describeParts({ setting, parts }: Cell): string {
  const [noticed, recorded, ordered, begun] = PARTS.map((part) => figure(median(parts[part])))
  return `An edge of Rampart's, ${setting}, p50: noticed after ${noticed} ms, on the disk after another ${recorded}, the next node's start asked for after ${ordered}, its first instruction after ${begun}.`
}
