/**
 * What does each data plane cost, at rest and while a service is handed over? Throughput against no
 * proxy, p99 under the same load with and without hand-overs, and every request that was lost.
 */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { EDGES, type OpenEdge, rollUnderLoad } from '../test/handover/edges.ts'
import {
  type LoadReport,
  readWrk,
  scratch,
  startLoad,
  startService,
  stopService,
} from '../test/handover/support.ts'
import { freePort } from '../test/support/free-port.ts'
import { findPart, findProgramOf, REAL_PARTS } from '../test/support/real-parts.ts'
import { type Cleanup, withCleanup } from './measure/afterwards.ts'
import { type Bench, type Finding, figure, type Scale, type Section } from './measure/section.ts'
import { median } from './measure/statistics.ts'

const run = promisify(execFile)

/** The bench. */
export const handoverBench: Bench = { name: 'handover', run: measure }

interface Sizes {
  readonly planes: readonly string[]
  readonly restSeconds: number
  readonly trials: number
  readonly times: number
  readonly modes: readonly boolean[]
}

const FULL: Sizes = {
  planes: Object.keys(EDGES),
  restSeconds: 2,
  trials: 5,
  times: 5,
  modes: [true, false],
}
const QUICK: Sizes = {
  planes: ['the forwarder, by request'],
  restSeconds: 1,
  trials: 1,
  times: 1,
  modes: [true],
}

/** What one plane showed. */
interface Cell {
  /** In each trial. @unit requests a second */
  readonly rates: readonly number[]
  readonly restMsP99: number
  /** By whether connections are kept. */
  readonly rolls: ReadonlyMap<boolean, LoadReport>
}

const BARE = 'no proxy'

async function measure({ isQuick, progress }: Scale): Promise<Section> {
  const sizes = isQuick ? QUICK : FULL
  const planes = sizes.planes.filter(isHere)
  const rates = await withCleanup((cleanup) => measureRates(cleanup, planes, sizes))
  const cells = new Map<string, Cell>()
  for (const name of planes) {
    const cell = await measurePlane(EDGES[name] as OpenEdge, sizes)
    cells.set(name, { ...cell, rates: rates.get(name) ?? [] })
    progress(`handover: ${name}, p99 ${figure(cell.restMsP99)} ms at rest`)
  }
  const control = await withCleanup((cleanup) => measureControl(cleanup))
  return sectionOf(cells, { bare: rates.get(BARE) ?? [], control, times: sizes.times })
}

/** All planes are there, and take turns. */
async function measureRates(
  cleanup: Cleanup,
  planes: readonly string[],
  { trials, restSeconds }: Sizes,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const bare = await startService(cleanup, scratch(cleanup))
  const ports = new Map([[BARE, bare.port]])
  for (const name of planes) {
    const open = EDGES[name] as OpenEdge
    ports.set(name, (await open(cleanup, { folder: scratch(cleanup) })).port)
  }
  const rates = new Map<string, number[]>()
  for (let trial = 0; trial < trials; trial += 1) {
    // The order changes with every trial, so that nobody always comes after the same other.
    const all = [...ports]
    const turn = trial % all.length
    for (const [name, port] of [...all.slice(turn), ...all.slice(0, turn)]) {
      const { rate } = await rest(port, restSeconds)
      rates.set(name, [...(rates.get(name) ?? []), rate])
    }
  }
  return rates
}

async function measurePlane(open: OpenEdge, sizes: Sizes): Promise<Omit<Cell, 'rates'>> {
  const restMsP99 = await withCleanup(async (cleanup) => {
    const folder = scratch(cleanup)
    const { port } = await open(cleanup, { folder })
    // The same load as while handing over, only that nothing happens.
    const load = startLoad(cleanup, folder, { port, keepsAlive: true })
    await load.pass(50 * (sizes.times + 1))
    return (await load.stop()).latencyMsP99
  })
  const rolls = new Map<boolean, LoadReport>()
  for (const keepsAlive of sizes.modes) {
    const report = await withCleanup(async (cleanup) => {
      const folder = scratch(cleanup)
      const edge = await open(cleanup, { folder })
      const load = startLoad(cleanup, folder, { port: edge.port, keepsAlive })
      await rollUnderLoad(edge, { load, times: sizes.times })
      return await load.stop()
    })
    rolls.set(keepsAlive, report)
  }
  return { restMsP99, rolls }
}

/** Stops, then starts: what everybody does who has no plane. */
async function measureControl(cleanup: Cleanup): Promise<LoadReport> {
  const folder = scratch(cleanup)
  const port = await freePort()
  const service = await startService(cleanup, folder, { port, ending: 'naive' })
  const load = startLoad(cleanup, folder, { port, keepsAlive: true })
  await load.pass(50)
  await stopService(service, 'SIGKILL')
  await startService(cleanup, folder, { port, ending: 'naive' })
  await load.pass(50)
  return await load.stop()
}

async function rest(port: number, seconds: number) {
  const words = ['-t1', '-c16', `-d${seconds}s`, '--latency', `http://127.0.0.1:${port}/`]
  return readWrk((await run('wrk', words)).stdout)
}

/** A plane that is a proxy is called as its part is. */
function isHere(name: string): boolean {
  const part = REAL_PARTS.find((one) => one.name === name)
  return part === undefined || findPart(part) !== undefined
}

function sectionOf(
  cells: ReadonlyMap<string, Cell>,
  given: { readonly bare: readonly number[]; readonly control: LoadReport; readonly times: number },
): Section {
  const { bare, control, times } = given
  const rows = [...cells].map(([name, { rates, restMsP99, rolls }]) => {
    const kept = rolls.get(true)
    const all = [...rolls.values()]
    const wrong = all.reduce((sum, { lost, doubled }) => sum + lost + doubled, 0)
    return [
      name,
      figure(median(rates)),
      figure(median(rates) / median(bare)),
      figure(restMsP99),
      figure(kept?.latencyMsP99 ?? Number.NaN),
      printLost(kept),
      printLost(rolls.get(false)),
      String(wrong),
    ]
  })
  rows.unshift([BARE, figure(median(bare)), '1', '—', '—', '—', '—', '—'])
  rows.push(['stopped, then started, once', '—', '—', '—', '—', printLost(control), '—', '—'])
  return {
    title: 'Hand-overs',
    method:
      `${times} hand-overs in a row of one service in Node, under 64 connections of wrk and 8 clients ` +
      'that post, whose every post is counted by the service. Lost: what clients saw fail, beside what ' +
      'was answered, with kept connections and with one for each request. Throughput: 16 connections, kept; ' +
      'all take turns, medians of the trials.',
    columns: [
      'plane',
      'requests a second',
      '÷ no proxy',
      'p99 at rest, ms',
      'p99 handing over, ms',
      'lost, kept',
      'lost, one each',
      'posts uncounted or doubled',
    ],
    rows,
    findings: [...cells].filter(([name]) => name !== 'nginx').map(findingOf),
    notes: [
      `HAProxy ${versionOf('haproxy', '-v')}, Envoy ${versionOf(findProgramOf('Envoy') ?? 'envoy', '--version')}, nginx ${versionOf('nginx', '-v')}, wrk ${versionOf('wrk', '-v')}.`,
      'nginx hands over by reloads, and this version ends idle kept connections with each, together with requests that are just sent on them; clients that repeat those do not notice.',
      'A shared descriptor changes hands by whole ramps of a component (`roll: { by: descriptor }`), with all that they record; everything else by its data plane alone.',
      'Service, proxy and clients share this machine: whoever is quicker also takes more from the others.',
    ],
  }
}

function findingOf([name, { rolls }]: readonly [string, Cell]): Finding {
  const failures = [...rolls.values()].map(
    ({ errors, postFailures, lost, doubled }) => errors + postFailures + lost + doubled,
  )
  const measured = failures.reduce((sum, count) => sum + count, 0)
  return {
    what: `${name}: requests lost or doubled`,
    unit: '',
    bound: 'atMost',
    target: 0,
    measured,
  }
}

function printLost(report: LoadReport | undefined): string {
  if (report === undefined) return '—'
  const { errors, postFailures, requests, posted } = report
  return `${errors + postFailures} beside ${requests + posted}`
}

function versionOf(program: string, word: string): string {
  const { stdout, stderr } = spawnSync(program, [word], { encoding: 'utf8' })
  return /\d+\.\d+[\w.-]*/.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[0] ?? 'not here'
}
