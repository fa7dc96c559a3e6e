/** The demo of the shop as anybody runs it, each time in a copy of the shop of its own. */
import assert from 'node:assert/strict'
import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { openFolder, startNode } from './rampart.ts'

const REPOSITORY = join(import.meta.dirname, '../..')

/** What the demo tells of itself. */
export interface Shop {
  readonly verdict: string
  readonly totalMs: number
  readonly criticalPathMs: number
  readonly ratio: number
  /** Null when nothing broke. */
  readonly cause: {
    readonly stage: string
    readonly reason: string
    readonly sentence: string
  } | null
  readonly stages: readonly {
    readonly name: string
    readonly verdict: string
    readonly startedAtMs: number
    readonly readyAtMs: number
  }[]
  readonly roll?: { readonly requests: number; readonly failed: number }
  readonly left: unknown
}

/** A copy of the shop that finds what it needs where the original does. */
export function copyShop(t: TestContext): string {
  const shop = openFolder(t, 'examples', 'shop')
  cpSync(join(REPOSITORY, 'examples/shop'), shop, {
    recursive: true,
    filter: (path) => !/\.(rampart|shop-data)$|\.test\.ts$/.test(path),
  })
  for (const name of ['bin', 'node_modules']) {
    symlinkSync(join(REPOSITORY, name), join(shop, '../..', name))
  }
  return shop
}

/** Runs it to its end. */
export async function demo(
  shop: string,
  ...options: readonly string[]
): Promise<{ readonly exitCode: number | null; readonly result: Shop; readonly stderr: string }> {
  const args = [join(shop, 'demo.ts'), '--exit', '--json', ...options]
  const { exitCode, stdout, stderr } = await startNode(args, { cwd: shop }).finished
  assert.notEqual(stdout, '', stderr)
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Shop
  return { exitCode, result, stderr }
}

/** No process and no port of it is there any more. */
export function assertNothingLeft(shop: string, result: Shop): void {
  assert.deepEqual(result.left, { processes: 0, ports: 0 })
  assert.deepEqual(leftovers(shop), { processes: [], ports: [] })
}

/** Breaks a part, which is to be named as the cause, and everything undone. */
export async function assertBroken(
  t: TestContext,
  part: string,
  stage = `eu/${part}`,
): Promise<{ readonly shop: string; readonly sentence: string }> {
  const shop = copyShop(t)
  const { exitCode, result, stderr } = await demo(shop, '--break', part)
  assert.equal(exitCode, 3, stderr)
  assert.equal(result.verdict, 'undone')
  const { cause } = result
  assert.ok(cause, 'it says why')
  assert.equal(cause.stage, stage, cause.sentence)
  assert.notEqual(cause.reason, '')
  assertNothingLeft(shop, result)
  t.diagnostic(`${part}: ${cause.sentence}`)
  return { shop, sentence: cause.sentence }
}
