/**
 * How fast is the ledger in PostgreSQL? Appends against raw inserts of the same rows at the same
 * durability, in interleaved trials on one real server that syncs; by one replica, and by three.
 */
import pg from 'pg'
import { SystemClock } from '../src/clock/system-clock.ts'
import { openPostgresStore, type PostgresStore } from '../src/daemon/open-postgres-store.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { appendToLedger, entriesOf, type Load, median, round } from './ledger-load.ts'
import { type Bench, figure, type Scale, type Section } from './measure/section.ts'

const RATIO_TARGET = 0.7

const LOADS: readonly Load[] = [
  { ramps: 1, entriesEach: 3, commits: 150 },
  { ramps: 10, entriesEach: 3, commits: 100 },
  { ramps: 100, entriesEach: 3, commits: 40 },
  { ramps: 1000, entriesEach: 3, commits: 8 },
]

/** What a load showed. `ratio` is the ledger's rate by the peer's: 1 is as fast, more is faster. */
interface AppendResult extends Load {
  readonly ledgerUsPerEntry: number
  readonly rawUsPerEntry: number
  readonly ratio: number
}

/** The same table and index, one prepared statement a commit: as fast as PostgreSQL takes the rows. */
const RAW_TABLE = `DROP TABLE IF EXISTS raw; CREATE TABLE raw (position bigint PRIMARY KEY,
  stream text COLLATE "C" NOT NULL, sequence bigint NOT NULL, text text NOT NULL,
  hash text NOT NULL, UNIQUE (stream, sequence))`
const RAW_INSERT = {
  name: 'raw',
  text: `INSERT INTO raw SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[],
    $5::text[])`,
}

async function trialOfRaw(client: pg.Client, load: Load): Promise<number> {
  await client.query(RAW_TABLE)
  const hash = 'a'.repeat(64)
  let position = 0
  const started = performance.now()
  for (let commit = 0; commit < load.commits; commit += 1) {
    const rows = Array.from({ length: load.ramps }, (_, ramp) =>
      entriesOf(load, commit, ramp).map((entry, index) => {
        position += 1
        const sequence = commit * load.entriesEach + index + 1
        return [position, `shop-up-${ramp}`, sequence, JSON.stringify(entry), hash] as const
      }),
    ).flat()
    const columns = [0, 1, 2, 3, 4].map((column) => rows.map((row) => row[column]))
    await client.query({ ...RAW_INSERT, values: columns })
  }
  return performance.now() - started
}

async function trialOfLedger(url: string, name: string, load: Load): Promise<number> {
  const store = await openStore(await makeDatabase(url, name))
  // The pool's connection, and what it prepares, are there before anything is measured, as in the peer.
  await store.ledger.append({ stream: 'warm', after: 0, entries: entriesOf(load, 0, 0) })
  await store.ledger.append({ stream: 'warm', after: load.entriesEach, entries: [] })
  const tookMs = await appendToLedger(store.ledger, load)
  await store.close()
  await dropDatabase(url, name)
  return tookMs
}

function openStore(url: string): Promise<PostgresStore> {
  return openPostgresStore({
    ...{ url, key: Buffer.alloc(32, 1), clock: new SystemClock(), replica: 'bench' },
    onTrouble: (thrown) => process.stderr.write(`${String(thrown)}\n`),
  })
}

async function makeDatabase(url: string, name: string): Promise<string> {
  await runSql(url, `CREATE DATABASE ${name}`)
  return url.replace(/postgres$/, name)
}

function dropDatabase(url: string, name: string): Promise<void> {
  return runSql(url, `DROP DATABASE ${name} WITH (FORCE)`)
}

async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}

async function measureAppends(url: string, load: Load, trials: number): Promise<AppendResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const times: { ledger: number; raw: number }[] = []
  for (let trial = -1; trial < trials; trial += 1) {
    const runs = [
      async () => ({ ledger: await trialOfLedger(url, 'bench', load) }),
      async () => ({ raw: await trialOfRaw(client, load) }),
    ]
    if (trial % 2 === 0) runs.reverse()
    let time = { ledger: 0, raw: 0 }
    for (const run of runs) time = { ...time, ...(await run()) }
    // The first trial warms the compiler and is not counted.
    if (trial >= 0) times.push(time)
  }
  await client.end()
  const usPerEntry = (ms: number): number =>
    round((ms * 1000) / (load.commits * load.ramps * load.entriesEach))
  return {
    ...load,
    ledgerUsPerEntry: usPerEntry(median(times.map(({ ledger }) => ledger))),
    rawUsPerEntry: usPerEntry(median(times.map(({ raw }) => raw))),
    ratio: round(median(times.map(({ ledger, raw }) => raw / ledger))),
  }
}

/** Three replicas that all append to one chain at once. */
async function measureReplicas(url: string, commits: number): Promise<string> {
  const database = await makeDatabase(url, 'replicas')
  const stores = await Promise.all([1, 2, 3].map(() => openStore(database)))
  const load: Load = { ramps: 20, entriesEach: 3, commits }
  const started = performance.now()
  await Promise.all(
    stores.map(async ({ ledger }, replica) => {
      for (let commit = 0; commit < commits; commit += 1) {
        const appends = Array.from({ length: load.ramps }, (_, ramp) =>
          ledger.append({
            stream: `shop-${replica}-${ramp}`,
            after: commit * load.entriesEach,
            entries: entriesOf(load, commit, ramp),
          }),
        )
        await Promise.all(appends)
      }
    }),
  )
  const tookMs = performance.now() - started
  const verification = await stores[0]?.ledger.verify()
  await Promise.all(stores.map((store) => store.close()))
  await dropDatabase(url, 'replicas')
  const entries = 3 * load.ramps * load.entriesEach * commits
  const rate = figure((entries * 1000) / tookMs)
  return `three replicas on one chain: ${rate} entries a second, ${verification?.verdict}`
}

/** The bench. */
export const postgresLedgerBench: Bench = { name: 'ledger-postgres', run: measure }

async function measure({ isQuick, progress }: Scale): Promise<Section> {
  const server = await startPostgres(['-c', 'fsync=on'])
  try {
    const loads = isQuick ? LOADS.map((load) => ({ ...load, commits: 4 })) : LOADS
    const appends: AppendResult[] = []
    for (const load of loads) {
      appends.push(await measureAppends(server.url, load, isQuick ? 2 : 15))
      progress(`ledger in PostgreSQL, ${load.ramps} ramps at once`)
    }
    return sectionOf(appends, await measureReplicas(server.url, isQuick ? 4 : 60))
  } finally {
    await server.stop()
  }
}

function sectionOf(appends: readonly AppendResult[], replicas: string): Section {
  return {
    title: 'Ledger in PostgreSQL',
    method:
      'Appends, hash-chained, sealed and canonical, against raw inserts of the same rows into the ' +
      'same table with the same indexes, one prepared statement a commit, at the same durability ' +
      '(fsync, synchronous_commit), in turns.',
    columns: ['entries a commit', 'ledger, µs an entry', 'raw', 'ratio'],
    rows: appends.map((append) => [
      String(append.ramps * append.entriesEach),
      figure(append.ledgerUsPerEntry),
      figure(append.rawUsPerEntry),
      figure(append.ratio),
    ]),
    findings: appends.map((append) => ({
      what: `PostgreSQL appends ÷ raw inserts, ${append.ramps * append.entriesEach} a commit`,
      unit: '',
      bound: 'atLeast',
      target: RATIO_TARGET,
      measured: append.ratio,
    })),
    notes: [replicas],
  }
}
