/**
 * Lets a storm rage and prints what came of it: `npm run chaos -- --minutes 5 --ramps 200`. The exit
 * code is 1 when anything was lost, done twice, or written by somebody who had no right to.
 */
import { parseArgs } from 'node:util'
import type { Deed } from './mischief.ts'
import { rage } from './storm.ts'
import { complaintsAbout, printStorm } from './storm-report.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    ramps: { type: 'string', default: '200' },
    lease: { type: 'string', default: '10' },
    job: { type: 'string', default: '60' },
  },
})

/** What befalls the replicas, over and over. */
const ROUND: readonly Deed[] = ['kill', 'pause', 'cut', 'hush', 'pause', 'kill', 'cut']
const PAUSE_MS = 4_000

const [minutes, users] = [Number(values.minutes), Number(values.ramps)]
const [leaseMs, jobSeconds] = [Number(values.lease) * 1_000, Number(values.job)]
if (![minutes, users, leaseMs, jobSeconds].every((number) => number > 0)) {
  console.error('--minutes, --ramps, --lease (s) and --job (s) are numbers above 0.')
  process.exit(2)
}

/** As many as fit, with the database crashing after a third and after two. */
function deedsFor(): readonly Deed[] {
  const oneMs = leaseMs + 2_000 + PAUSE_MS
  const count = Math.max(3, Math.round((minutes * 60_000) / oneMs))
  const deeds = Array.from({ length: count }, (_, place) => ROUND[place % ROUND.length] ?? 'kill')
  deeds.splice(Math.floor((count * 2) / 3), 0, 'restart')
  deeds.splice(Math.floor(count / 3), 0, 'restart')
  return deeds
}

const began = performance.now()
const log = (line: string): void => {
  console.error(`${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${line}`)
}
const deeds = deedsFor()
const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort())
const storm = { users, leaseMs, jobSeconds, deeds, pauseMs: PAUSE_MS, calmMs: 600_000, log }
const result = await rage({ ...storm, signal: stopping.signal })
console.log(printStorm(result))
const complaints = complaintsAbout(result)
for (const complaint of complaints) console.error(complaint)
process.exit(complaints.length === 0 ? 0 : 1)
