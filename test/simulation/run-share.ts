/** A worker that runs one share of a simulation after the other. */
import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { printCanonicalJson } from '../../src/core/units/json.ts'
import { describeFailure } from './describe-failure.ts'
import { simulate } from './simulation.ts'

/** Seeds that follow each other. */
export interface Share {
  readonly first: number
  readonly runs: number
}

/** What became of them. */
export interface ShareResult {
  readonly entries: number
  readonly failures: readonly string[]
  /** SHA-256 over their ledgers. */
  readonly digest: string
}

parentPort?.on('message', (share: Share) => {
  void runShare(share).then((result) => parentPort?.postMessage(result))
})

async function runShare({ first, runs }: Share): Promise<ShareResult> {
  const hash = createHash('sha256')
  const failures: string[] = []
  let entries = 0
  for (let seed = first; seed < first + runs; seed++) {
    const result = await simulate({ seed })
    entries += result.entries.length
    // Without the chain's own hashes, which follow from the rest and take as long to make.
    for (const { position, stream, entry } of result.entries) {
      hash.update(`${position} ${stream} ${printCanonicalJson(entry)}\n`)
    }
    if (result.violations.length > 0) failures.push(describeFailure(result))
  }
  return { entries, failures, digest: hash.digest('hex') }
}
