/**
 * Runs the simulation: `npm run simulate -- --seed 1 --runs 10000`, on every processor. Prints one
 * command that repeats each failure, and the entries that led to it. `--print` writes the whole
 * ledger of every run, in order, and so runs them one by one. `--digest` prints one digest over all
 * ledgers: the same seeds give the same digest.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { printCanonicalJson } from '../../src/core/units/json.ts'
import type { Share, ShareResult } from './run-share.ts'
import { simulate } from './simulation.ts'

/** How many runs a worker is given at once. */
const SHARE_RUNS = 50
/** After so many failures the rest would tell nothing new. */
const FAILURES_MOST = 5

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1000' },
    print: { type: 'boolean', default: false },
    digest: { type: 'boolean', default: false },
  },
})

interface Tally {
  runs: number
  entries: number
  readonly failures: string[]
  readonly digests: Map<number, string>
}

async function main(first: number, runs: number): Promise<number> {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(runs) || runs < 1) {
    console.error('--seed and --runs are whole numbers; at least one run is needed.')
    return 2
  }
  const startedMs = performance.now()
  if (values.print) {
    await print(first, runs)
    return 0
  }
  const tally: Tally = { runs: 0, entries: 0, failures: [], digests: new Map() }
  await runAll(first, runs, tally)
  const seconds = (performance.now() - startedMs) / 1_000
  const rate = Math.round(tally.runs / seconds)
  if (values.digest) console.log(digestOf(tally))
  const { failures, entries } = tally
  console.error(`${tally.runs} runs, ${failures.length} failed, ${entries} entries, ${rate} runs/s`)
  return failures.length === 0 ? 0 : 1
}

async function print(first: number, runs: number): Promise<void> {
  for (let seed = first; seed < first + runs; seed++) {
    for (const recorded of (await simulate({ seed })).entries) {
      console.log(printCanonicalJson(recorded))
    }
  }
}

/** Gives every worker one share after the other until none is left. */
async function runAll(first: number, runs: number, tally: Tally): Promise<void> {
  let next = first
  const workers = Math.min(availableParallelism(), Math.ceil(runs / SHARE_RUNS))
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./run-share.ts', import.meta.url))
    while (next < first + runs && tally.failures.length < FAILURES_MOST) {
      const share = { first: next, runs: Math.min(SHARE_RUNS, first + runs - next) }
      next += share.runs
      count(tally, share, await runShare(worker, share))
    }
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: workers }, work))
}

async function runShare(worker: Worker, share: Share): Promise<ShareResult> {
  const answered = once(worker, 'message')
  worker.postMessage(share)
  const [result] = await answered
  return result as ShareResult
}

function count(tally: Tally, share: Share, result: ShareResult): void {
  tally.runs += share.runs
  tally.entries += result.entries
  tally.digests.set(share.first, result.digest)
  for (const failure of result.failures) {
    tally.failures.push(failure)
    if (tally.failures.length <= FAILURES_MOST) console.error(failure)
  }
}

function digestOf(tally: Tally): string {
  const hash = createHash('sha256')
  const inOrder = [...tally.digests].sort(([one], [other]) => one - other)
  for (const [, digest] of inOrder) hash.update(digest)
  return hash.digest('hex')
}

process.exitCode = await main(Number(values.seed), Number(values.runs))
