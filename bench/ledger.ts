/**
 * How fast is the ledger? Appends against raw SQLite inserts of the same rows at the same durability,
 * in interleaved trials; and reading a long ledger back, every hash checked and every entry parsed.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MemoryLedger } from '../src/ledger/memory/memory-ledger.ts'
import { openSqliteLedger, type SqliteLedger } from '../src/ledger/sqlite/sqlite-ledger.ts'
import { verifySqliteLedger } from '../src/ledger/sqlite/verify-file.ts'
import { appendToLedger, entriesOf, entryAt, type Load, median, round } from './ledger-load.ts'
import { type Bench, figure, type Scale, type Section } from './measure/section.ts'
import { withFolder } from './measure/temporary-folder.ts'

const RATIO_TARGET = 0.8

/** What a load showed. `ratio` is the ledger's rate by the peer's: 1 is as fast, more is faster. */
interface AppendResult extends Load {
  readonly ledgerUsPerEntry: number
  readonly rawUsPerEntry: number
  readonly bareUsPerEntry: number
  /** Against the same table, with `JSON.stringify`: what one would write without a ledger. */
  readonly ratioToRaw: number
  /** Against ready-made texts in a table without the index over streams: a lower bound of SQLite. */
  readonly ratioToBare: number
}

const LOADS: readonly Load[] = [
  { ramps: 1, entriesEach: 3, commits: 150 },
  { ramps: 10, entriesEach: 3, commits: 100 },
  { ramps: 100, entriesEach: 3, commits: 40 },
  { ramps: 1000, entriesEach: 3, commits: 8 },
]

const TABLE = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE entries (
  position INTEGER PRIMARY KEY, stream TEXT NOT NULL, sequence INTEGER NOT NULL,
  text TEXT NOT NULL, hash TEXT NOT NULL) STRICT;`
const INDEX = 'CREATE UNIQUE INDEX entries_by_stream ON entries (stream, sequence);'
const clock = { nowMs: () => 1_760_000_000_000, wakeAt: () => ({ cancel() {} }) }

async function trialOfLedger(folder: string, load: Load): Promise<number> {
  const ledger = openSqliteLedger({ folder, clock })
  const tookMs = await appendToLedger(ledger, load)
  await ledger.close()
  return tookMs
}

function trialOfRaw(folder: string, load: Load, isBare: boolean): number {
  mkdirSync(folder)
  const database = new DatabaseSync(join(folder, 'raw.sqlite'))
  database.exec(isBare ? TABLE : TABLE + INDEX)
  const insert = database.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?)')
  const hash = 'a'.repeat(64)
  const text = JSON.stringify(entryAt(3))
  let position = 0
  const started = performance.now()
  for (let commit = 0; commit < load.commits; commit += 1) {
    database.exec('BEGIN IMMEDIATE')
    for (let ramp = 0; ramp < load.ramps; ramp += 1) {
      const entries = entriesOf(load, commit, ramp)
      for (const [index, entry] of entries.entries()) {
        position += 1
        const sequence = commit * load.entriesEach + index + 1
        const printed = isBare ? text : JSON.stringify(entry)
        insert.run(position, `shop-up-${ramp}`, sequence, printed, hash)
      }
    }
    database.exec('COMMIT')
  }
  const tookMs = performance.now() - started
  database.close()
  return tookMs
}

async function measureAppends(root: string, load: Load, trials: number): Promise<AppendResult> {
  const times: { ledger: number; raw: number; bare: number }[] = []
  for (let trial = -1; trial < trials; trial += 1) {
    const folder = mkdtempSync(join(root, 'trial-'))
    // The order changes with every trial, so that no peer always comes after the same other.
    const runs = [
      async () => ({ ledger: await trialOfLedger(join(folder, 'ledger'), load) }),
      async () => ({ raw: trialOfRaw(join(folder, 'raw'), load, false) }),
      async () => ({ bare: trialOfRaw(join(folder, 'bare'), load, true) }),
    ]
    let time = { ledger: 0, raw: 0, bare: 0 }
    for (let turn = 0; turn < runs.length; turn += 1) {
      time = { ...time, ...(await runs[(turn + trial + runs.length) % runs.length]?.()) }
    }
    rmSync(folder, { recursive: true })
    // The first trial warms the compiler and is not counted.
    if (trial >= 0) times.push(time)
  }
  const usPerEntry = (ms: number) =>
    round((ms * 1000) / (load.commits * load.ramps * load.entriesEach))
  return {
    ...load,
    ledgerUsPerEntry: usPerEntry(median(times.map(({ ledger }) => ledger))),
    rawUsPerEntry: usPerEntry(median(times.map(({ raw }) => raw))),
    bareUsPerEntry: usPerEntry(median(times.map(({ bare }) => bare))),
    ratioToRaw: round(median(times.map(({ ledger, raw }) => raw / ledger))),
    ratioToBare: round(median(times.map(({ ledger, bare }) => bare / ledger))),
  }
}

async function measureReading(root: string, count: number) {
  const folder = join(root, 'long')
  const ledger = openSqliteLedger({ folder, clock })
  const fillMs = await fill(ledger, count)
  const pagesMs = await fastestOf(3, async () => {
    let entries = 0
    for await (const page of ledger.readPages()) entries += page.length
    return entries
  })
  const readAllMs = await fastestOf(3, async () => {
    let entries = 0
    for await (const _ of ledger.readAll()) entries += 1
    return entries
  })
  await ledger.close()
  const started = performance.now()
  const verification = await verifySqliteLedger({ folder })
  const verifyMs = performance.now() - started
  const memoryMs = await appendToLedger(new MemoryLedger(), {
    ramps: 10,
    entriesEach: 3,
    commits: 3000,
  })
  return {
    entries: count,
    bytesPerEntry: round(averageBytes()),
    fillMs: round(fillMs),
    pagesMs: round(pagesMs),
    readAllMs: round(readAllMs),
    verifyMs: round(verifyMs),
    verdict: verification.verdict,
    memoryUsPerEntry: round((memoryMs * 1000) / 90_000),
  }
}

async function fill(ledger: SqliteLedger, count: number): Promise<number> {
  const load = { ramps: 100, entriesEach: 100, commits: Math.ceil(count / 10_000) }
  return appendToLedger(ledger, load)
}

async function fastestOf(times: number, read: () => Promise<number>): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY
  for (let time = 0; time < times; time += 1) {
    const started = performance.now()
    await read()
    fastest = Math.min(fastest, performance.now() - started)
  }
  return fastest
}

function averageBytes(): number {
  const texts = Array.from({ length: 8 }, (_, index) => JSON.stringify(entryAt(index)))
  return texts.join('').length / texts.length
}

/** The bench. */
export const ledgerBench: Bench = { name: 'ledger', run: measure }

function measure({ isQuick, progress }: Scale): Promise<Section> {
  return withFolder(async (root) => {
    const loads = isQuick ? LOADS.map((load) => ({ ...load, commits: 4 })) : LOADS
    const appends: AppendResult[] = []
    for (const load of loads) {
      appends.push(await measureAppends(root, load, isQuick ? 2 : 15))
      progress(`ledger, ${load.ramps} ramps at once`)
    }
    return sectionOf(appends, await measureReading(root, isQuick ? 10_000 : 1_000_000))
  })
}

function sectionOf(
  appends: readonly AppendResult[],
  reading: Readonly<Record<string, number | string>>,
): Section {
  const rows = appends.map((append) => [
    String(append.ramps * append.entriesEach),
    figure(append.ledgerUsPerEntry),
    figure(append.rawUsPerEntry),
    figure(append.ratioToRaw),
    figure(append.ratioToBare),
  ])
  return {
    title: 'Ledger',
    method:
      'Appends, hash-chained and canonical, against raw SQLite inserts of the same rows by the ' +
      'same statements at the same durability (WAL, synchronous=FULL), in turns.',
    columns: ['entries a commit', 'ledger, µs an entry', 'raw', 'ratio to raw', 'ratio to bare'],
    rows,
    findings: appends.map((append) => ({
      what: `appends ÷ raw inserts, ${append.ramps * append.entriesEach} a commit`,
      unit: '',
      bound: 'atLeast',
      target: RATIO_TARGET,
      measured: append.ratioToRaw,
    })),
    notes: Object.entries(reading).map(
      ([what, value]) => `reading: ${what} ${typeof value === 'number' ? figure(value) : value}`,
    ),
  }
}
