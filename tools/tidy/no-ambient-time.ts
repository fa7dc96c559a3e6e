/** Time and chance come through the seams; only their implementations ask the machine. */
import { findMatches, isShipped } from './ban.ts'
import type { Rule } from './rule.ts'
import { sourceFile } from './source-file.ts'

/** The implementations of the clock and random seams: the one list of files that may ask. */
const IMPLEMENTATIONS = /^src\/((clock|random)\/|web\/clock\.ts$|(main|daemon)[a-z-]*\.ts$)/

export const noAmbientTime: Rule = {
  title: 'time and chance come through the seams',
  check: (files) => [
    ...findMatches({
      files: files.filter((file) => isShipped(file) && !IMPLEMENTATIONS.test(file.path)),
      pattern: /\bDate\.now\b|\bMath\.random\b|\bnew Date\(\s*\)|\brandomInt\b/g,
      view: (file) => file.code,
      sentence: (found) => `${found} asks the machine; take a Clock or a Random from src/seams`,
    }),
    ...findMatches({
      files: files.filter((file) => isShipped(file) && file.path.startsWith('src/engine/')),
      pattern: /\bset(Timeout|Interval|Immediate)\b|\bperformance\b/g,
      view: (file) => file.code,
      sentence: (found) => `${found} goes past the clock; use clock.wakeAt and clock.nowMs`,
    }),
  ],
  planted: [
    sourceFile('src/server/a.ts', 'const atMs = Date.now()\n'),
    sourceFile('src/cli/a.ts', 'const at = new Date()\n'),
    sourceFile('src/edge/a.ts', 'const share = Math.random()\n'),
    sourceFile('src/engine/a.ts', 'setTimeout(go, 5)\n'),
  ],
  innocent: [
    sourceFile('src/main.ts', 'const atMs = Date.now()\n'),
    sourceFile('src/random/system-random.ts', 'const value = randomInt(6)\n'),
    sourceFile('src/clock/system-clock.ts', 'const atMs = Date.now()\n'),
    sourceFile('src/server/a.ts', '// Date.now() steps back.\nconst at = new Date(atMs)\n'),
    sourceFile('src/server/a.test.ts', 'const atMs = Date.now()\n'),
  ],
}
