/**
 * What does serving cost? How fast a list of a thousand ramps is given, and whether five hundred who
 * follow slow the engine down.
 */
import { request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import autocannon from 'autocannon'
import { planOf as planOfStages, stageOf } from '../test/support/plan-words.ts'
import { type Bench, type Finding, figure, type Scale, type Section } from './measure/section.ts'
import { type Served, serve } from './measure/served.ts'
import { median } from './measure/statistics.ts'
import { withFolder } from './measure/temporary-folder.ts'
import { withWorkbenchIn } from './measure/workbench.ts'

const STEPS = 8
const STEP_SECONDS = 0.25

/** The bench. */
export const servingBench: Bench = { name: 'serving', run: measure }

interface Sizes {
  readonly ramps: number
  readonly listSeconds: number
  readonly followers: number
  readonly pairs: number
}

const FULL: Sizes = {
  ramps: 1_000,
  listSeconds: 10,
  followers: 500,
  pairs: 5,
}
const QUICK: Sizes = {
  ramps: 20,
  listSeconds: 1,
  followers: 5,
  pairs: 1,
}

async function measure({ isQuick, progress }: Scale): Promise<Section> {
  const sizes = isQuick ? QUICK : FULL
  const { list, pace } = await withFolder(async (folder) => {
    await seed(folder, sizes.ramps)
    const served = await serve(folder)
    try {
      const list = await listed(served, sizes)
      progress(`serving: list p99 ${list.p99Ms} ms`)
      return { list, pace: await paces(served, sizes, progress) }
    } finally {
      await served.close()
    }
  })
  const ratio = median(pace.map(({ followed, alone }) => followed / alone))
  const findings: readonly Finding[] = [
    { what: 'list of ramps, p99', unit: 'ms', bound: 'atMost', target: 20, measured: list.p99Ms },
    {
      what: `a ramp with ${sizes.followers} who follow ÷ with none`,
      unit: '',
      bound: 'atMost',
      target: 1.05,
      measured: ratio,
    },
  ]
  return {
    title: 'The cost of serving',
    method: [
      `A real \`rampart serve\` with ${sizes.ramps} ramps in its ledger, asked over loopback with a token.`,
      `Followed: ${sizes.followers} streams of everything, one of which takes a byte a second, while a`,
      `ramp of ${STEPS} steps of ${STEP_SECONDS} s goes; in turns with the same ramp that nobody follows.`,
    ].join('\n'),
    columns: ['question', 'answer'],
    rows: [
      ['list of 50 ramps, 4 at a time: p50, ms', figure(list.p50Ms)],
      ['the same: p99, ms', figure(list.p99Ms)],
      ['the same: requests a second', figure(list.perSecond)],
      ['a ramp that nobody follows, ms', figure(median(pace.map(({ alone }) => alone)))],
      ['the same, followed, ms', figure(median(pace.map(({ followed }) => followed)))],
      ['followed ÷ not', ratio.toFixed(3)],
    ],
    findings,
    notes: ['Who asks and who follows shares the two processors with the server.'],
  }
}

/** Ramps that have ended, in the ledger of a folder. */
async function seed(folder: string, ramps: number): Promise<void> {
  await withWorkbenchIn(folder, async (bench) => {
    for (let count = 0; count < ramps; count += 50) {
      const names = Array.from({ length: Math.min(50, ramps - count) }, (_, at) => count + at)
      await Promise.all(
        names.map(async (name) => {
          const plan = planOfStages([stageOf('only', {})], { name: `shop-${name}` })
          const ended = bench.ended(`shop-${name}`)
          await bench.open(plan)
          await ended
        }),
      )
    }
  })
}

interface Listed {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly perSecond: number
}

async function listed({ url, token }: Served, { listSeconds }: Sizes): Promise<Listed> {
  const headers = { authorization: `Bearer ${token}` }
  const asked = { url: `${url}/v1/ramps?limit=50`, headers, connections: 4 }
  await autocannon({ ...asked, duration: 1 })
  const { latency, requests } = await autocannon({ ...asked, duration: listSeconds })
  return { p50Ms: latency.p50, p99Ms: latency.p99, perSecond: requests.average }
}

interface Pace {
  readonly alone: number
  readonly followed: number
}

async function paces(
  served: Served,
  { pairs, followers }: Sizes,
  progress: (line: string) => void,
): Promise<readonly Pace[]> {
  const found: Pace[] = []
  await rampMs(served, 'warm')
  for (let pair = 0; pair < pairs; pair += 1) {
    const alone = await rampMs(served, `alone-${pair}`)
    const leave = await follow(served, followers)
    const followed = await rampMs(served, `followed-${pair}`)
    leave()
    found.push({ alone, followed })
    progress(`serving: pair ${pair + 1} of ${pairs} ${(followed / alone).toFixed(3)}`)
  }
  return found
}

/** From asking for a ramp to its end, as the ledger has it. */
async function rampMs({ client }: Served, name: string): Promise<number> {
  const steps = Array.from({ length: STEPS }, (_, at) => [
    `step${at}`,
    {
      ...(at === 0 ? {} : { needs: [{ [`step${at - 1}`]: 'completed' }] }),
      run: { command: ['sleep', String(STEP_SECONDS)], oneShot: true },
    },
  ])
  const spec = { components: Object.fromEntries(steps), watch: false }
  const contract = { apiVersion: 'rampart/v1', kind: 'Environment', metadata: { name }, spec }
  const opening = { contract, directory: '/tmp', goal: 'up', settings: {}, by: 'bench' } as const
  const ramp = await client.openRamp(opening)
  for await (const _ of client.stream(ramp));
  const { state } = await client.ramp(ramp)
  return (state.ended?.atMs ?? Number.NaN) - state.openedAtMs
}

/** Follows everything many times over, once a byte a second. Returns how to leave. */
async function follow({ url, token }: Served, followers: number): Promise<() => void> {
  const leaving: (() => void)[] = []
  const headers = { authorization: `Bearer ${token}` }
  const open = (isSlow: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const asking = request(`${url}/v1/events`, { headers }, (response) => {
        if (isSlow) leaving.push(dawdle(response))
        else response.resume()
        resolve()
      })
      asking.once('error', reject)
      leaving.push(() => {
        asking.off('error', reject).on('error', () => undefined)
        asking.destroy()
      })
      asking.end()
    })
  for (let count = 0; count < followers; count += 1) await open(count === 0)
  await delay(200)
  return () => {
    for (const leave of leaving) leave()
  }
}

/** Takes a byte a second. */
function dawdle(response: NodeJS.ReadableStream): () => void {
  response.pause()
  const taking = setInterval(
    () => void (response as { read(size: number): unknown }).read(1),
    1_000,
  )
  return () => clearInterval(taking)
}
