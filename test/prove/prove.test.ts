/**
 * The proof of the proofs, on the real shop: asked properly, every promise of it is told of when it
 * breaks; asked as most ask, most are not.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { startNode } from '../support/rampart.ts'

const repository = join(import.meta.dirname, '../..')

interface Proof {
  readonly verdict: string
  readonly conditions: readonly {
    readonly stage: string
    readonly condition: string
    readonly isProved: boolean
    readonly missed: readonly string[]
  }[]
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly isProved: boolean
  }[]
  readonly sightings: readonly { readonly fault: string; readonly stillBroken: readonly string[] }[]
}

async function prove(example: string, ...options: readonly string[]) {
  const bin = join(repository, 'bin/rampart.mjs')
  const args = [bin, 'prove', join(repository, 'examples', example), '--json', ...options]
  const { exitCode, stdout, stderr } = await startNode(args, { cwd: repository }).finished
  assert.notEqual(stdout, '', stderr)
  return { exitCode, proof: JSON.parse(stdout) as Proof }
}

test('every promise of the shop is told of when it is made false', async (t) => {
  const { exitCode, proof } = await prove('shop')
  const unproved = [
    ...proof.conditions.filter((one) => !one.isProved),
    ...proof.edges.filter((one) => !one.isProved),
    ...proof.sightings.filter(({ stillBroken }) => stillBroken.length > 0),
  ]
  assert.deepEqual(unproved, [])
  assert.equal(exitCode, 0)
  assert.equal(proof.verdict, 'proved')
  t.diagnostic(`${proof.conditions.length} conditions, ${proof.edges.length} edges`)
})

test('what 200 OK and an open port prove is listed as what it is', async () => {
  const { exitCode, proof } = await prove('shop-naive', '--within', '3s')
  assert.equal(exitCode, 3)
  assert.equal(proof.verdict, 'unproved')
  const missed = proof.conditions.filter((one) => !one.isProved)
  assert.deepEqual(
    missed.map(({ stage, condition, missed: [fault] }) => `${stage}/${condition}: ${fault}`),
    [
      'db/tcp: db hangs',
      'cache/http: something else answers 200 for cache',
      'api/http: something else answers 200 for api',
    ],
  )
  const silent = proof.edges.filter((one) => !one.isProved)
  assert.deepEqual(
    silent.map(({ from, to }) => `${from} on ${to}`),
    ['cache on db', 'worker on db', 'api on worker', 'api on cache'],
  )
})
