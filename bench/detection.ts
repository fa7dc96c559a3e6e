/** How long after something has become so does each of us notice? */
import {
  exitTrial,
  httpTrial,
  logTrial,
  type Noticed,
  type Trial,
  waitOnTrial,
  watchTrial,
} from './detection-cells.ts'
import { Chance } from './measure/chance.ts'
import { FlipServer } from './measure/flip-server.ts'
import { type Bench, type Finding, figure, type Scale, type Section } from './measure/section.ts'
import { summarize } from './measure/statistics.ts'
import { withWorkbench } from './measure/workbench.ts'

const SEED = 20_260_102
const PUSH_TARGET_MS = 1
const POLL_TARGET_MS = 6

/** The most eager cadence that a contract may ask for without watching as eagerly afterwards. */
const EAGER = { every: { first: '5ms', most: '5ms' } }

interface Cell {
  readonly who: string
  readonly how: 'push' | 'poll' | 'peer' | 'floor'
  readonly trial: Trial
  /** When it becomes so, after the trial has begun. @unit ms */
  readonly delayMs: readonly [from: number, to: number]
  readonly noticed: Noticed[]
}

/** The bench. */
export const detectionBench: Bench = { name: 'detection', run: measure }

function measure(scale: Scale): Promise<Section> {
  return withWorkbench(async (bench) => {
    const server = await FlipServer.start()
    const early = [50, 400] as const
    const late = [1_000, 2_000] as const
    const cell = (
      who: string,
      how: Cell['how'],
      trial: Trial,
      delayMs: Cell['delayMs'] = early,
    ): Cell => ({ who, how, trial, delayMs, noticed: [] })
    const cells = [
      cell('fs.watch and a line, the floor', 'floor', watchTrial(bench.folder), [200, 500]),
      cell('Rampart, a line in a log', 'push', logTrial(bench), [200, 500]),
      cell('Rampart, a one-shot ends well', 'push', exitTrial(bench, 0)),
      cell('Rampart, a process crashes', 'push', exitTrial(bench, 3)),
      cell('Rampart, http, default', 'poll', httpTrial(bench, server)),
      cell('Rampart, http, default, after 1 to 2 s', 'poll', httpTrial(bench, server), late),
      cell('Rampart, http, first and most 5 ms', 'poll', httpTrial(bench, server, EAGER)),
      cell('wait-on from a program, default', 'peer', waitOnTrial(server)),
      cell('wait-on from a program, interval 10', 'peer', waitOnTrial(server, 10)),
    ]
    await runTrials(cells, scale)
    await server.close()
    return sectionOf(cells)
  })
}

async function runTrials(cells: readonly Cell[], scale: Scale): Promise<void> {
  const chance = new Chance(SEED)
  const trials = scale.isQuick ? 2 : 100
  for (let trial = 0; trial < trials; trial += 1) {
    for (const { trial: run, delayMs, noticed } of chance.shuffled(cells)) {
      noticed.push(await run(chance.between(...delayMs)))
    }
    if (trial % 10 === 9) scale.progress(`detection, ${trial + 1} of ${trials}`)
  }
}

function sectionOf(cells: readonly Cell[]): Section {
  const rows = cells.map(({ who, noticed }) => {
    const all = summarize(noticed.map(({ latencyMs }) => latencyMs))
    const answered = noticed.flatMap(({ answeredMs }) => answeredMs ?? [])
    const answer = answered.length === 0 ? '' : figure(summarize(answered).p50)
    const interval = `${figure(all.p50Low)}–${figure(all.p50High)}`
    const times = [figure(all.p50), interval, figure(all.p90), figure(all.p99), figure(all.most)]
    return [who, String(all.count), answer, ...times]
  })
  return {
    title: 'Ready to noticed',
    method:
      'A warm server in another process goes from 503 to 200, a process writes a line, or ends. ' +
      'The instant is taken there by the monotonic clock. Rampart is its engine with the real ' +
      'probes and a ledger on the disk; `answered` is when its probe knew, the rest when the ' +
      'decision was on the disk. All take turns in a random order.',
    columns: ['who', 'trials', 'answered p50, ms', 'p50', 'p50, 95 %', 'p90', 'p99', 'max'],
    rows,
    findings: cells.flatMap(findingsOf),
    notes: [
      'A decision counts only once it is on the disk; a commit costs an fsync, whose time on this disk is above.',
    ],
  }
}

/** Both are told: when Rampart knew, and when its decision could not be lost any more. */
function findingsOf({ who, how, noticed }: Cell): readonly Finding[] {
  if (how !== 'push' && how !== 'poll') return []
  const target = how === 'push' ? PUSH_TARGET_MS : POLL_TARGET_MS
  const answeredMs = noticed.flatMap(({ answeredMs }) => answeredMs ?? [])
  const decidedMs = noticed.map(({ latencyMs }) => latencyMs)
  return [
    { what: `${who}: noticed, p50`, measured: summarize(answeredMs).p50 },
    { what: `${who}: decided, on the disk, p50`, measured: summarize(decidedMs).p50 },
  ].map((finding) => ({ ...finding, unit: 'ms', bound: 'atMost', target }))
}
