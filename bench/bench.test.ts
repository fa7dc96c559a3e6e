/** The benches, with a few trials each: that they run and what they tell, never how fast anything is. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { Chance } from './measure/chance.ts'
import { ROOT } from './measure/machine.ts'
import { replaceSections } from './measure/results-file.ts'
import { type Finding, isMet, printFindings, printTable } from './measure/section.ts'
import { summarize } from './measure/statistics.ts'

const run = promisify(execFile)

/** Every question, and who must have answered it. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'Ready to noticed': ['Rampart, a line in a log', 'wait-on from a program, default'],
  'Ready to the first instruction of what waited': [
    'rampart up',
    'wait-on',
    'start-server-and-test',
  ],
  'A ramp and its critical path': ['Rampart', 'wait-on, command', 'start-server-and-test'],
  'Replay of a long ledger': ['read, verify, parse', 'read, verify, parse, fold'],
  'Help, cold': ['rampart --help', 'node -e 0 (the floor)'],
  'The cost of asking': ['default'],
  'Broken to given up': ['Rampart', 'wait-on', 'start-server-and-test'],
  'The cost of serving': ['list of 50 ramps, 4 at a time: p50, ms', 'followed ÷ not'],
  'The cost of waiting': ['files', 'PostgreSQL, by leases'],
  'Hand-overs': ['no proxy', 'the forwarder, by request', 'stopped, then started, once'],
  'Leases of ports': ['Rampart, one at a time', 'get-port, nothing held or recorded'],
  'A storm of claims': ['Rampart', 'Rampart, its broker killed in every round'],
  'A scan for ports': [
    'node -e 0 (the floor)',
    'rampart ports scan, each of 1,000 files says something',
  ],
  Traps: ['200 whose body says that the database is down', 'false-ready, in all'],
}

test('every bench runs and writes its table and its targets', { timeout: 900_000 }, async () => {
  const { stdout } = await run(process.execPath, [join(ROOT, 'bench/bench.ts'), '--quick'])
  const [head = '', ...sections] = stdout.split(/^## /m)
  assert.match(head, /Node \d+.*wait-on \d+.*start-server-and-test \d+.*fsync/s)
  const targets = sections.find((text) => text.startsWith('Targets\n')) ?? ''
  assert.match(targets, /\| verdict/)
  assert.doesNotMatch(stdout, /NaN|undefined/)
  for (const [title, names] of Object.entries(EXPECTED)) {
    const section = sections.find((text) => text.startsWith(`${title}\n`)) ?? ''
    const rows = section.split('\n').filter((line) => line.startsWith('| '))
    const firsts = rows.map((line) => line.split(' | ')[0]?.slice(2).trim())
    for (const name of names) assert.ok(firsts.includes(name), `${name} answers ${title}`)
  }
})

test('a target says by how much it was met or missed', () => {
  const fast: Finding = { what: 'a', unit: 'ms', bound: 'atMost', target: 2, measured: 1 }
  const few: Finding = { what: 'b', unit: '', bound: 'atLeast', target: 0.8, measured: 0.6 }
  assert.deepEqual([isMet(fast), isMet(few)], [true, false])
  const section = { title: 't', method: '', columns: [], rows: [], notes: [] }
  const text = printFindings([{ ...section, findings: [fast, few] }])
  assert.match(text, /met by 1\.00 ms \(50 %\)/)
  assert.match(text, /\*\*missed\*\* by 0\.200 \(25 %\)/)
})

test('a table has columns of one width', () => {
  const lines = printTable(['a', 'long name'], [['longer', 'b']]).split('\n')
  assert.equal(new Set(lines.map((line) => line.length)).size, 1)
})

test('a summary takes quantiles, and tells how far its median may be trusted', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  const { p50, p90, p99, most, p50Low, p50High } = summarize(hundred)
  assert.deepEqual({ p50, p90, p99, most }, { p50: 50.5, p90: 90, p99: 99, most: 100 })
  assert.ok(p50Low < p50 && p50 < p50High && p50High - p50Low < 40)
})

test('one seed draws one sequence, evenly', () => {
  const drawn = Array.from({ length: 10_000 }, (_, seed) => new Chance(seed).integer(10))
  assert.deepEqual(new Chance(7).shuffled([1, 2, 3]), new Chance(7).shuffled([1, 2, 3]))
  for (const value of new Set(drawn)) {
    const share = drawn.filter((other) => other === value).length / drawn.length
    assert.ok(Math.abs(share - 0.1) < 0.02, `${value} is drawn in ${share} of cases`)
  }
})

test('what is measured by itself changes its own section and its own targets', () => {
  const section = { title: 'b', method: 'new', columns: ['x'], rows: [['2']], notes: [] }
  const finding: Finding = { what: 'w', unit: '', bound: 'atMost', target: 0, measured: 0 }
  const targets = printTable(
    ['question', 'what'],
    [
      ['a', 'v'],
      ['b', 'old'],
    ],
  )
  const old = `# Results\n\n## Targets\n\n${targets}\n\n## a\n\nkept\n\n## b\n\nold\n`
  const text = replaceSections(old, [{ ...section, findings: [finding] }])
  assert.match(text, /## a\n\nkept\n\n## b\n\nnew\n/)
  assert.match(text, /\| a +\| v +\|.*\n\| b +\| w +\|/)
  assert.doesNotMatch(text, /old/)
  const added = replaceSections(old, [{ ...section, title: 'c', findings: [] }])
  assert.match(added, /## b\n\nold\n\n## c\n\nnew\n/)
})
