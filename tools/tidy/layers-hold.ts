/** Layers import only what the table in tools/layers.ts allows. */
import { checkLayers } from '../layers.ts'
import type { Rule } from './rule.ts'
import { sourceFile } from './source-file.ts'

export const layersHold: Rule = {
  title: 'layers import only what the table in tools/layers.ts allows',
  check: checkLayers,
  planted: [
    sourceFile('src/core/ramp/a.ts', `/** A. */\nimport { readFileSync } from 'node:fs'\n`),
  ],
  innocent: [sourceFile('src/core/ramp/a.ts', `/** A. */\nimport { b } from './b.ts'\n`)],
}
