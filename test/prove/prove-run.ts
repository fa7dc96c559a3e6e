/** Runs `rampart prove` on a contract of a test's own, and reads what it prints. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Proof } from '../../src/prove/proof.ts'
import { openFolder, startRampart } from '../support/rampart.ts'

/** What is proved. */
export interface ProveRun {
  readonly contract: string
  /** Files beside the contract, by name. */
  readonly files?: Readonly<Record<string, string>>
  readonly within?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A proof as it was printed, and what came of it. */
export interface Proved {
  readonly exitCode: number | null
  readonly proof: Proof
  /** Every fault with what came of it: `told`, `missed` or why it was not tried, and whether it is over. */
  readonly faults: Readonly<Record<string, string>>
}

/** Proves it in a folder of its own. */
export async function proveContract(t: TestContext, run: ProveRun): Promise<Proved> {
  const folder = openFolder(t, 'prove')
  for (const [name, text] of Object.entries({ ...run.files, 'rampart.yaml': run.contract })) {
    writeFileSync(join(folder, name), text)
  }
  const words = ['prove', '--json', '--within', run.within ?? '10s']
  const around = { cwd: folder, ...(run.env === undefined ? {} : { env: run.env }) }
  const { exitCode, stdout, stderr } = await startRampart(words, around).finished
  assert.notEqual(stdout, '', stderr)
  const proof = JSON.parse(stdout) as Proof
  assert.ok(proof.sightings !== undefined, stdout)
  return { exitCode, proof, faults: outcomes(proof) }
}

function outcomes({ sightings }: Proof): Readonly<Record<string, string>> {
  const told = sightings.map((sighting): [string, string] => {
    const { fault, mustNotice, noticed, untried, recoveredMs } = sighting
    if (untried !== undefined) return [fault, untried]
    const isTold = mustNotice.every((one) =>
      noticed.some((it) => it.stage === one.stage && it.condition === one.condition),
    )
    return [
      fault,
      `${isTold ? 'told' : 'missed'}${recoveredMs === undefined ? '' : ', well again'}`,
    ]
  })
  return Object.fromEntries(told)
}
