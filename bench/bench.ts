/**
 * Runs the benches and writes bench/RESULTS.md: all of them, or those that are named.
 *
 * Usage: npm run bench [-- --quick] [name …]
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { askingBench } from './asking.ts'
import { dagBench } from './dag.ts'
import { detectionBench } from './detection.ts'
import { helpBench } from './help.ts'
import { ledgerBench } from './ledger.ts'
import { describeMachine, ROOT } from './measure/machine.ts'
import { type Bench, printFindings, printSection, type Section } from './measure/section.ts'
import { programsBench } from './programs.ts'
import { replayBench } from './replay.ts'

const BENCHES: readonly Bench[] = [
  detectionBench,
  programsBench,
  dagBench,
  ledgerBench,
  replayBench,
  helpBench,
  askingBench,
]

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name))
if (unknown.length > 0) {
  const names = BENCHES.map(({ name }) => name).join(', ')
  process.stderr.write(`There is no bench ${unknown.join(', ')}; there are: ${names}.\n`)
  process.exit(2)
}
const asked = BENCHES.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const machine = await describeMachine()
const sections: Section[] = []
for (const bench of asked) {
  const progress = (line: string): unknown => process.stderr.write(`${line}\n`)
  sections.push(await bench.run({ isQuick: values.quick, progress }))
}
const text = [
  '# Results',
  'Written by `npm run bench`. What is compared does the same work and takes turns, so that ratios hold although the machine is shared.',
  machine,
  '## Targets',
  printFindings(sections),
  ...sections.map(printSection),
].join('\n\n')
process.stdout.write(`${text}\n`)
// A few trials prove nothing but that the benches run.
if (!values.quick && positionals.length === 0) {
  writeFileSync(join(ROOT, 'bench/RESULTS.md'), `${text}\n`)
}
