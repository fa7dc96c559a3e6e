/**
 * Runs the simulation: `npm run simulate -- --seed 1 --runs 10000`. Prints one command that repeats
 * the first failure, and the entries that led to it. `--print` writes the whole ledger of one run.
 */
import { parseArgs } from 'node:util'
import { printCanonicalJson } from '../../src/core/units/json.ts'
import { describeFailure } from './describe-failure.ts'
import { simulate } from './simulation.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1000' },
    print: { type: 'boolean', default: false },
  },
})

async function main(first: number, runs: number): Promise<number> {
  const startedMs = performance.now()
  let failed = 0
  let entries = 0
  for (let seed = first; seed < first + runs; seed++) {
    const result = await simulate({ seed })
    entries += result.entries.length
    if (values.print) {
      for (const recorded of result.entries) console.log(printCanonicalJson(recorded))
    }
    if (result.violations.length === 0) continue
    failed += 1
    console.error(describeFailure(result))
    if (failed === 5) break
  }
  const seconds = (performance.now() - startedMs) / 1_000
  const rate = Math.round(runs / seconds)
  console.error(`${runs} runs, ${failed} failed, ${entries} entries, ${rate} runs/s`)
  return failed === 0 ? 0 : 1
}

process.exitCode = await main(Number(values.seed), Number(values.runs))
