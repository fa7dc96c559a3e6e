/** How long does a commit wait for `rampart ports scan` in a repository of 1,000 files? */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from '../src/core/fault/assert.ts'
import { ROOT } from './measure/machine.ts'
import { type Bench, figure, type Scale, type Section } from './measure/section.ts'
import { summarize } from './measure/statistics.ts'
import { withFolder } from './measure/temporary-folder.ts'
import { writeMonorepo } from './scan-files.ts'

const FILES = 1_000
const TARGET_MS = 1_000

/** The bench. */
export const scanBench: Bench = { name: 'scan', run: measure }

interface Trial {
  readonly what: string
  readonly words: readonly string[]
  readonly tookMs: number[]
  readonly isSlow: boolean
}

async function measure({ isQuick, progress }: Scale): Promise<Section> {
  return await withFolder(async (folder) => {
    const all = writeMonorepo(join(folder, 'all'), { files: FILES, services: FILES / 8 })
    const some = writeMonorepo(join(folder, 'some'), { files: FILES, services: FILES / 40 })
    const scan = [join(ROOT, 'bin/rampart.mjs'), 'ports', 'scan']
    const dclint = [join(ROOT, 'node_modules/dclint/bin/dclint.cjs'), '--recursive', '-q']
    const trials: readonly Trial[] = [
      trial('node -e 0 (the floor)', ['-e', '0']),
      trial('rampart ports scan, a fifth of 1,000 files say something', [...scan, some]),
      trial('rampart ports scan, each of 1,000 files says something', [...scan, all]),
      trial('dclint, the compositions among these 1,000', [...dclint, all], true),
    ]
    // The first run fills the compile cache, as the first use after installing does.
    for (let turn = -1; turn < (isQuick ? 1 : 10); turn += 1) {
      for (const { words, tookMs, isSlow } of trials) {
        // It takes seconds, and once is enough to tell.
        if (isSlow && (isQuick || turn !== 0)) continue
        const took = runMs(words)
        if (turn >= 0) tookMs.push(took)
      }
      progress('scan')
    }
    return sectionOf(trials)
  })
}

function trial(what: string, words: readonly string[], isSlow = false): Trial {
  return { what, words, tookMs: [], isSlow }
}

function sectionOf(trials: readonly Trial[]): Section {
  const run = trials.filter(({ tookMs }) => tookMs.length > 0)
  const summaries = run.map(({ what, tookMs }) => ({ what, ...summarize(tookMs) }))
  const floorMs = summaries[0]?.p50 ?? Number.NaN
  return {
    title: 'A scan for ports',
    method:
      'A repository of services, each with a composition, a manifest, a Dockerfile, a package, `.env`, nginx, a Procfile and a devcontainer; no two want one port. A new process each time, interleaved, from being asked for until it has ended.',
    columns: ['command', 'trials', 'p50, ms', 'p90, ms', 'max, ms', '÷ floor'],
    rows: summaries.map(({ what, count, p50, p90, most }) => {
      return [what, String(count), figure(p50), figure(p90), figure(most), figure(p50 / floorMs)]
    }),
    findings: [
      {
        what: 'rampart ports scan, 1,000 files, p50',
        unit: 'ms',
        bound: 'atMost',
        target: TARGET_MS,
        measured: summaries[2]?.p50 ?? Number.NaN,
      },
    ],
    notes: [`dclint ${versionOfDclint()} reads compositions alone, an eighth of the files.`],
  }
}

function versionOfDclint(): string {
  const text = readFileSync(join(ROOT, 'node_modules/dclint/package.json'), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}

function runMs(words: readonly string[]): number {
  const beganMs = performance.now()
  const { status, stdout } = spawnSync(process.execPath, [...words], { encoding: 'utf8' })
  const tookMs = performance.now() - beganMs
  const isScan = words.includes('scan')
  assert(!isScan || status === 0, `no conflict was expected:\n${stdout.slice(0, 1_000)}`)
  return tookMs
}
