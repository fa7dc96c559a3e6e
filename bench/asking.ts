/** What does asking cost? Twenty conditions that nobody meets, asked at the default cadence. */
import { FlipServer } from './measure/flip-server.ts'
import { type Bench, figure, type Scale, type Section } from './measure/section.ts'
import { planOf, type Workbench, withWorkbench } from './measure/workbench.ts'

const CONDITIONS = 20

/** Far away: nothing gets ready while it is measured. @unit ms */
const NEVER_MS = 1_000_000

/** One stretch of time. */
interface Stretch {
  readonly setting: string
  readonly fromMs: number
  readonly toMs: number
  readonly probes: number
  /** Of one core. */
  readonly share: number
}

/** The bench. */
export const askingBench: Bench = { name: 'asking', run: measure }

async function measure({ isQuick, progress }: Scale): Promise<Section> {
  const server = await FlipServer.start()
  await server.arm(NEVER_MS)
  const marks = isQuick ? [0, 300] : [0, 1_000, 5_000, 15_000]
  const stretches: Stretch[] = []
  for (const [setting, every] of [
    ['default', {}],
    ['first and most 10 ms', { every: { first: '10ms', most: '10ms' } }],
  ] as const) {
    stretches.push(
      ...(await withWorkbench((bench) => ask(bench, server.url, { setting, every, marks }))),
    )
    progress(`asking: ${setting}`)
  }
  await server.close()
  return {
    title: 'The cost of asking',
    method: [
      `${CONDITIONS} \`http\` conditions that a warm server in another process answers with 503; the`,
      'processor time is that of the whole process that asks, engine and ledger included.',
    ].join('\n'),
    columns: ['setting', 'while, s', 'probes a second', 'of a core, %', 'ms of processor a probe'],
    rows: stretches.map(({ setting, fromMs, toMs, probes, share }) => {
      const perSecond = (probes * 1_000) / (toMs - fromMs)
      const costMs = (share * 1_000) / perSecond
      const span = `${figure(fromMs / 1_000)} to ${figure(toMs / 1_000)}`
      return [setting, span, perSecond.toFixed(0), figure(share * 100), figure(costMs)]
    }),
    findings: [],
    notes: [
      'No target: a plain poller with kept connections took 22 % of a core for 1,448 a second.',
    ],
  }
}

async function ask(
  bench: Workbench,
  url: string,
  options: { readonly setting: string; readonly every: object; readonly marks: readonly number[] },
): Promise<readonly Stretch[]> {
  const { setting, every, marks } = options
  const components = Object.fromEntries(
    Array.from({ length: CONDITIONS }, (_, place) => [
      `c${place}`,
      { ready: [{ http: { url }, ...every }] },
    ]),
  )
  let probes = 0
  bench.parts.engine.events.on('question.answered', () => {
    probes += 1
  })
  await bench.open(planOf('asking', components))
  const beganMs = performance.now()
  const stretches: Stretch[] = []
  for (const [place, fromMs] of marks.slice(0, -1).entries()) {
    const toMs = marks[place + 1] ?? fromMs
    const before = { probes, cpu: process.cpuUsage(), atMs: performance.now() }
    await new Promise((resolve) => setTimeout(resolve, beganMs + toMs - performance.now()))
    const { user, system } = process.cpuUsage(before.cpu)
    const share = (user + system) / 1_000 / (performance.now() - before.atMs)
    stretches.push({ setting, fromMs, toMs, probes: probes - before.probes, share })
  }
  return stretches
}
