/**
 * A server that was ready breaks while another one is still waited for: how long until whoever brings
 * them up has given up and ended, and what is left of them then?
 */
import {
  type Aborted,
  type Attempt,
  abortTrial,
  type Breakage,
  rampartAttempt,
  serverAndTestAttempt,
  waitOnAttempt,
} from './abort-cells.ts'
import { Chance } from './measure/chance.ts'
import { type Bench, figure, type Scale, type Section } from './measure/section.ts'
import { median } from './measure/statistics.ts'

const SEED = 20_260_104

/** How long everybody is told to wait at most. @unit ms */
const LIMIT_MS = 6_000

/** The same where nothing is measured. @unit ms */
const QUICK_LIMIT_MS = 3_000

const BREAKAGES: readonly Breakage[] = ['crash', 'wrong', 'hang']

/** Notices sooner than by default: asks ten times a second, and waits half a second for an answer. */
const EAGER = { every: { watch: '100ms' }, timeout: '500ms' }

interface Cell {
  readonly who: string
  readonly setting: string
  readonly attempt: Attempt
  readonly aborted: ReadonlyMap<Breakage, Aborted[]>
}

/** The bench. */
export const abortBench: Bench = { name: 'abort', run: measure }

async function measure(scale: Scale): Promise<Section> {
  const limitMs = scale.isQuick ? QUICK_LIMIT_MS : LIMIT_MS
  const cells = [
    cell('Rampart', 'default', rampartAttempt({}, limitMs)),
    cell('Rampart', 'watch 100 ms, timeout 500 ms', rampartAttempt(EAGER, limitMs)),
    cell('wait-on', 'default', waitOnAttempt(limitMs)),
    cell('start-server-and-test', 'default', serverAndTestAttempt(limitMs)),
  ]
  const breakages = scale.isQuick ? BREAKAGES.slice(0, 1) : BREAKAGES
  const chance = new Chance(SEED)
  for (let trial = 0; trial < (scale.isQuick ? 1 : 3); trial += 1) {
    for (const breakage of breakages) {
      for (const { who, attempt, aborted } of chance.shuffled(cells)) {
        const told = await abortTrial(attempt, breakage)
        aborted.get(breakage)?.push(told)
        scale.progress(`abort: ${who} ${breakage} ${told.afterMs} ms, ${told.left} left`)
      }
    }
  }
  return sectionOf(cells, breakages)
}

function cell(who: string, setting: string, attempt: Attempt): Cell {
  return { who, setting, attempt, aborted: new Map(BREAKAGES.map((breakage) => [breakage, []])) }
}

function sectionOf(cells: readonly Cell[], breakages: readonly Breakage[]): Section {
  const rows = cells.map(({ who, setting, aborted }) => {
    const all = breakages.map((breakage) => aborted.get(breakage) ?? [])
    const times = all.map((ones) => figure(median(ones.map(({ afterMs }) => afterMs))))
    const left = Math.max(...all.flat().map((one) => one.left))
    return [who, setting, String(all[0]?.length), ...times, String(left)]
  })
  return {
    title: 'Broken to given up',
    method: [
      'Two servers; one is ready, and a second later crashes, answers 500, or hangs, while the other is',
      'still waited for. From that instant, which it puts on record, until the tool has ended; medians.',
      `Everybody was told to wait ${LIMIT_MS / 1000} s at most: around that, it was not noticed.`,
    ].join('\n'),
    columns: ['who', 'setting', 'trials', ...breakages.map((one) => `${one}, ms`), 'servers left'],
    rows,
    findings: [],
    notes: [
      'Rampart has also taken everything back by then: stopping what it started is part of the number.',
      'wait-on starts nothing: the servers were started beside it, as its page shows, and stay. start-server-and-test waits for one server after the other, and looks at the first no more.',
      'process-compose and compose are not in this table, since neither was run.',
    ],
  }
}
