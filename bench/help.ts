/** How long does a person wait for `rampart --help`, cold? */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { assert } from '../src/core/fault/assert.ts'
import { ROOT } from './measure/machine.ts'
import { type Bench, figure, type Scale, type Section } from './measure/section.ts'
import { summarize } from './measure/statistics.ts'

const TARGET_MS = 100

/** The bench. */
export const helpBench: Bench = { name: 'help', run: (scale) => Promise.resolve(measure(scale)) }

function measure({ isQuick, progress }: Scale): Section {
  const commands = [
    { what: 'rampart --help', words: [join(ROOT, 'bin/rampart.mjs'), '--help'] },
    { what: 'node -e 0 (the floor)', words: ['-e', '0'] },
    { what: 'wait-on --help', words: [join(ROOT, 'node_modules/wait-on/bin/wait-on'), '--help'] },
  ].map((command) => ({ ...command, tookMs: [] as number[] }))
  // The first run fills the compile cache, as the first use after installing does.
  for (let trial = -1; trial < (isQuick ? 2 : 20); trial += 1) {
    for (const { words, tookMs } of commands) {
      const took = runMs(words)
      if (trial >= 0) tookMs.push(took)
    }
  }
  progress('help')
  const summaries = commands.map(({ what, tookMs }) => ({ what, ...summarize(tookMs) }))
  const floorMs = summaries[1]?.p50 ?? Number.NaN
  return {
    title: 'Help, cold',
    method: 'A new process each time, interleaved, from being asked for until it has ended.',
    columns: ['command', 'trials', 'p50, ms', 'p90, ms', 'max, ms', '÷ floor'],
    rows: summaries.map(({ what, count, p50, p90, most }) => {
      return [what, String(count), figure(p50), figure(p90), figure(most), figure(p50 / floorMs)]
    }),
    findings: [
      {
        what: 'rampart --help, p50',
        unit: 'ms',
        bound: 'atMost',
        target: TARGET_MS,
        measured: summaries[0]?.p50 ?? Number.NaN,
      },
    ],
    notes: [],
  }
}

function runMs(words: readonly string[]): number {
  const beganMs = performance.now()
  const { status } = spawnSync(process.execPath, [...words], { stdio: 'ignore' })
  const tookMs = performance.now() - beganMs
  assert(status === 0 || words.includes('--help'), 'the command ended well')
  return tookMs
}
