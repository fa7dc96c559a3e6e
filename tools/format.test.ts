/** Biome has nothing to say: `npm run check -- --write` corrects most of what it says. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { runBiome } from './check/checkers.ts'

test('every file is formatted and linted', async () => {
  const result = await runBiome(join(import.meta.dirname, '..'))
  assert.ok(result.isClean, `${result.command}\n${result.output}`)
})
