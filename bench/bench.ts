/**
 * Runs the benches and writes bench/RESULTS.md: all of it, or the sections of those that are named.
 *
 * Usage: npm run bench [-- --quick] [name …]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { abortBench } from './abort.ts'
import { askingBench } from './asking.ts'
import { dagBench } from './dag.ts'
import { detectionBench } from './detection.ts'
import { handoverBench } from './handover.ts'
import { helpBench } from './help.ts'
import { ledgerBench } from './ledger.ts'
import { postgresLedgerBench } from './ledger-postgres.ts'
import { describeMachine, ROOT } from './measure/machine.ts'
import { printResults, replaceSections } from './measure/results-file.ts'
import type { Bench, Section } from './measure/section.ts'
import { portsBench } from './ports.ts'
import { programsBench } from './programs.ts'
import { replayBench } from './replay.ts'
import { scanBench } from './scan.ts'
import { servingBench } from './serving.ts'
import { stormBench } from './storm.ts'
import { trapsBench } from './traps.ts'
import { waitingBench } from './waiting.ts'

const BENCHES: readonly Bench[] = [
  detectionBench,
  programsBench,
  dagBench,
  ledgerBench,
  postgresLedgerBench,
  replayBench,
  helpBench,
  askingBench,
  trapsBench,
  abortBench,
  servingBench,
  waitingBench,
  handoverBench,
  portsBench,
  stormBench,
  scanBench,
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
  const before = loadavg()[0] ?? 0
  const section = await bench.run({ isQuick: values.quick, progress })
  const load = `Load before it began ${before.toFixed(1)}, when it had ended ${(loadavg()[0] ?? 0).toFixed(1)}.`
  sections.push({ ...section, notes: [...section.notes, load] })
}
const text = printResults(machine, sections)
process.stdout.write(`${text}\n`)
const file = join(ROOT, 'bench/RESULTS.md')
// A few trials prove nothing but that the benches run.
if (!values.quick && positionals.length === 0) writeFileSync(file, `${text}\n`)
if (!values.quick && positionals.length > 0) {
  writeFileSync(file, replaceSections(readFileSync(file, 'utf8'), sections))
}
