/** The same question to programs on the command line: from ready to the first instruction that waited. */
import { Chance } from './measure/chance.ts'
import { FlipServer } from './measure/flip-server.ts'
import { type Bench, figure, type Scale, type Section } from './measure/section.ts'
import { summarize } from './measure/statistics.ts'
import { withFolder } from './measure/temporary-folder.ts'
import {
  Dependent,
  type Place,
  type ProgramTrial,
  rampart,
  rampartTrial,
  serverAndTestTrial,
  waitOnTrial,
} from './program-cells.ts'

const SEED = 20_260_103

/** Long enough for everybody to have started, and over a whole pause of the slowest. @unit ms */
const DELAY_MS = [1_500, 3_500] as const

interface Cell {
  readonly who: string
  readonly setting: string
  readonly trial: ProgramTrial
  readonly latenciesMs: number[]
}

/** The bench. */
export const programsBench: Bench = { name: 'programs', run: measure }

function measure(scale: Scale): Promise<Section> {
  return withFolder(async (folder) => {
    const server = await FlipServer.start()
    const dependent = new Dependent(folder)
    const place = { folder, server, dependent }
    try {
      // The first use starts the daemon; it is not counted.
      await rampartTrial(place, {})(100)
      const cells = cellsOf(place, scale)
      await runTrials(cells, scale)
      await rampart(folder, 'daemon', 'stop')
      return sectionOf(cells)
    } finally {
      dependent.close()
      await server.close()
    }
  })
}

function cellsOf(place: Place, { isQuick }: Scale): readonly Cell[] {
  const cell = (who: string, setting: string, trial: ProgramTrial): Cell => {
    return { who, setting, trial, latenciesMs: [] }
  }
  const eager = { every: { first: '5ms', most: '5ms' } }
  const best = [
    cell('rampart up', 'first and most 5 ms', rampartTrial(place, eager)),
    cell('wait-on', '-i 10', waitOnTrial(place, '-i 10')),
    cell('start-server-and-test', 'WAIT_ON_INTERVAL=10', interval(place, '10')),
  ]
  if (isQuick) return best
  return [
    cell('rampart up', 'default', rampartTrial(place, {})),
    cell('wait-on', 'default (250 ms)', waitOnTrial(place, '')),
    cell('start-server-and-test', 'default (2 s)', serverAndTestTrial(place, {})),
    ...best,
  ]
}

function interval(place: Place, milliseconds: string): ProgramTrial {
  return serverAndTestTrial(place, { WAIT_ON_INTERVAL: milliseconds })
}

async function runTrials(cells: readonly Cell[], scale: Scale): Promise<void> {
  const chance = new Chance(SEED)
  const trials = scale.isQuick ? 1 : 20
  for (let trial = 0; trial < trials; trial += 1) {
    for (const cell of chance.shuffled(cells)) {
      cell.latenciesMs.push(await cell.trial(chance.between(...DELAY_MS)))
    }
    if (trial % 5 === 4) scale.progress(`programs, ${trial + 1} of ${trials}`)
  }
}

function sectionOf(cells: readonly Cell[]): Section {
  return {
    title: 'Ready to the first instruction of what waited',
    method:
      'The same server; the programs are started first, each with a shell command that waits for ' +
      'it. Starting that shell is part of every number. Rampart works through its daemon.',
    columns: ['who', 'setting', 'trials', 'p50, ms', 'p50, 95 %', 'p90', 'max'],
    rows: cells.map(({ who, setting, latenciesMs }) => {
      const all = summarize(latenciesMs)
      const interval = `${figure(all.p50Low)}–${figure(all.p50High)}`
      const times = [figure(all.p50), interval, figure(all.p90), figure(all.most)]
      return [who, setting, String(all.count), ...times]
    }),
    findings: [],
    notes: [
      'It gets ready 1.5 to 3.5 s after the program was started, so that all have started by then.',
      'Fewer trials than elsewhere, since each takes seconds.',
    ],
  }
}
