/**
 * Says which of the real parts that tests and benches can use are on this machine, and how to get the
 * others. It changes nothing, and nothing here is needed to run Rampart itself.
 */
import { findPart, howToGet, REAL_PARTS, type RealPart } from '../test/support/real-parts.ts'

const OLDEST_NODE = 24

function main(): void {
  console.log(`Node ${process.versions.node} (at least ${OLDEST_NODE} is needed)`)
  const found = REAL_PARTS.filter((part) => findPart(part) !== undefined)
  const missing = REAL_PARTS.filter((part) => !found.includes(part))
  console.log('\nHere:')
  for (const part of found) console.log(line(part, findPart(part) ?? ''))
  console.log('\nMissing; tests that need them are skipped:')
  for (const part of missing) console.log(line(part, howToGet(part)))
}

function line(part: RealPart, what: string): string {
  return `  ${part.name.padEnd(20)} ${what.padEnd(44)} ${part.purpose}`
}

main()
