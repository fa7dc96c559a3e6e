/** A failed run in words: what was wrong, the command that repeats it, the last entries. */
import { printCanonicalJson } from '../../src/core/units/json.ts'
import type { RunResult } from './simulation.ts'

/** How many of the last entries are shown. */
const LAST_ENTRIES = 40

/** What a person needs to find out why a run failed. */
export function describeFailure(result: RunResult): string {
  const { seed, violations, entries, faults } = result
  const found = violations.slice(0, 12).map((violation) => `  ${violation}`)
  const last = entries.slice(-LAST_ENTRIES).map(({ position, stream, entry }) => {
    const shown = entry.type === 'ramp.opened' ? { ...entry, plan: '…' } : entry
    return `  ${position} ${stream} ${printCanonicalJson(shown).slice(0, 240)}`
  })
  return [
    `Seed ${seed}: ${violations.length} found wrong, faults: ${[...faults].join(', ')}`,
    ...found,
    'Last entries:',
    ...last,
    `Again: npm run simulate -- --seed ${seed} --runs 1`,
  ].join('\n')
}
