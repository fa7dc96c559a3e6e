/** What is the SQLite ledger's own: its files, its key, its schema, its other processes. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Entry } from '../../core/entry/entry.ts'
import type { FaultCodeName } from '../../core/fault/codes.ts'
import { isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import { openSqliteLedger, type SqliteLedger, type SqliteLedgerOptions } from './sqlite-ledger.ts'

const clock: Clock = { nowMs: () => 1_760_000_000_000, wakeAt: () => ({ cancel() {} }) }

let scratch: string
let folder: string
let opened: SqliteLedger[]

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rampart-ledger-'))
  folder = join(scratch, 'workspace', '.rampart')
  opened = []
})

afterEach(async () => {
  for (const ledger of opened) await ledger.close()
  rmSync(scratch, { recursive: true })
})

function open(options: Partial<SqliteLedgerOptions> = {}): SqliteLedger {
  const ledger = openSqliteLedger({ folder, clock, ...options })
  opened.push(ledger)
  return ledger
}

function entryOf(atMs: number): Entry {
  return { type: 'stage.started', stage: 'api', atMs }
}

function modeOf(...path: readonly string[]): string {
  return (statSync(join(folder, ...path)).mode & 0o777).toString(8)
}

function bySql(sql: string): void {
  const database = new DatabaseSync(join(folder, 'ledger.sqlite'))
  database.exec(sql)
  database.close()
}

function assertFault(call: () => unknown, code: FaultCodeName): void {
  assert.throws(call, (thrown) => isFault(thrown, code))
}

describe('a ledger in a SQLite file', () => {
  it('is private to its owner: the folder, the file, its log and the key', async () => {
    const ledger = open()
    await ledger.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
    assert.equal(modeOf(), '700')
    for (const file of ['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.sqlite-shm', 'ledger.key']) {
      assert.equal(modeOf(file), '600', file)
    }
  })

  it('writes its log ahead and syncs every commit', async () => {
    open()
    const database = new DatabaseSync(join(folder, 'ledger.sqlite'))
    assert.deepEqual({ ...database.prepare('PRAGMA journal_mode').get() }, { journal_mode: 'wal' })
    database.close()
  })

  it('makes its key once', async () => {
    await open().close()
    const key = readFileSync(join(folder, 'ledger.key'), 'utf8')
    await open().close()
    assert.equal(readFileSync(join(folder, 'ledger.key'), 'utf8'), key)
  })

  it('refuses to go on without the key it has sealed with', async () => {
    const ledger = open()
    await ledger.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
    await ledger.close()
    rmSync(join(folder, 'ledger.key'))
    assertFault(() => open(), 'ledger-unavailable')
  })

  it('refuses a file that a newer version has written, and leaves it as it is', async () => {
    await open().close()
    bySql('PRAGMA user_version = 99')
    assertFault(() => open(), 'ledger-newer')
    assertFault(() => open({ access: 'read' }), 'ledger-newer')
  })

  it("refuses somebody else's database", async () => {
    await open().close()
    bySql('PRAGMA application_id = 7')
    assertFault(() => open(), 'ledger-corrupt')
  })

  it('refuses to append after a tail that is missing', async () => {
    const ledger = open()
    await ledger.append({ stream: 'a', after: 0, entries: [entryOf(1), entryOf(2)] })
    await ledger.close()
    bySql('DELETE FROM entries WHERE position = 2')
    assertFault(() => open(), 'ledger-corrupt')
  })

  it('hands on nothing that was altered, and everything before it', async () => {
    const ledger = open()
    await ledger.append({ stream: 'a', after: 0, entries: [1, 2, 3].map(entryOf) })
    bySql(`UPDATE entries SET text = replace(text, 'api', 'apj') WHERE position = 2`)
    for (const read of [() => ledger.readAll(), () => ledger.read('a')]) {
      const corrupt = (async () => {
        for await (const { position } of read()) assert.equal(position, 1)
      })()
      await assert.rejects(corrupt, (thrown) => isFault(thrown, 'ledger-corrupt'))
    }
  })

  it('reads long streams that lie among each other, from anywhere on', async () => {
    const ledger = open()
    for (let after = 0; after < 10_000; after += 1000) {
      const entries = Array.from({ length: 1000 }, (_, index) => entryOf(after + index))
      await Promise.all(['a', 'b'].map((stream) => ledger.append({ stream, after, entries })))
    }
    for (const after of [0, 1, 4095, 4096, 5903, 5904, 9999, 10_000]) {
      let sequence = after
      for await (const recorded of ledger.read('b', after)) {
        sequence += 1
        assert.equal(recorded.sequence, sequence)
        assert.equal(recorded.entry.atMs, sequence - 1)
      }
      assert.equal(sequence, 10_000)
    }
  })

  it('never reads a stream with a hole in it', async () => {
    const ledger = open()
    for (let after = 0; after < 4; after += 1) {
      await ledger.append({ stream: 'a', after, entries: [entryOf(after)] })
    }
    for (const [damage, repair] of [
      ['previous = 1 WHERE position = 3', 'previous = 2 WHERE position = 3'],
      ['previous = 4 WHERE position = 3', 'previous = 2 WHERE position = 3'],
      ['previous = 0 WHERE position = 3', 'previous = 2 WHERE position = 3'],
      ['sequence = 9 WHERE position = 2', 'sequence = 2 WHERE position = 2'],
    ]) {
      bySql(`UPDATE entries SET ${damage}`)
      const reading = (async () => {
        for await (const _ of ledger.read('a'));
      })()
      await assert.rejects(reading, (thrown) => isFault(thrown, 'ledger-corrupt'), damage)
      bySql(`UPDATE entries SET ${repair}`)
    }
    assert.equal((await ledger.verify()).verdict, 'intact')
  })

  it('ignores a snapshot that was altered', async () => {
    const ledger = open()
    const snapshot = { stream: 'a', sequence: 1, foldVersion: 1, state: '{"ready":false}' }
    await ledger.saveSnapshot(snapshot)
    assert.deepEqual(await ledger.loadSnapshot('a'), snapshot)
    bySql(`UPDATE snapshots SET state = '{"ready":true}'`)
    assert.equal(await ledger.loadSnapshot('a'), undefined)
  })

  it('signs a checkpoint after so many entries, and when it is closed', async () => {
    const ledger = open({ checkpointEvery: 3 })
    for (let after = 0; after < 8; after += 1) {
      await ledger.append({ stream: 'a', after, entries: [entryOf(after)] })
    }
    await ledger.close()
    const verification = await open().verify()
    assert(verification.verdict === 'intact')
    assert.equal(verification.checkpoints, 3)
  })

  it('appends what arrives in one turn in one commit', async () => {
    const ledger = open()
    const versions = new DatabaseSync(join(folder, 'ledger.sqlite'))
    const version = versions.prepare('PRAGMA data_version')
    const seen = new Set([Object.values(version.get() ?? {})[0]])
    const appends = Array.from({ length: 10 }, async (_, index) => {
      await ledger.append({ stream: `${index}`, after: 0, entries: [entryOf(index)] })
      seen.add(Object.values(version.get() ?? {})[0])
    })
    await Promise.all(appends)
    versions.close()
    assert.equal(seen.size, 2)
  })
})

describe('a ledger whose store refuses', () => {
  it('appends nothing of the group, and goes on when the store does', async () => {
    const ledger = open()
    await ledger.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
    bySql(`CREATE TRIGGER full BEFORE INSERT ON entries WHEN NEW.stream = 'b'
      BEGIN SELECT RAISE(ABORT, 'no room'); END`)
    const group = [
      ledger.append({ stream: 'a', after: 1, entries: [entryOf(2)] }),
      ledger.append({ stream: 'b', after: 0, entries: [entryOf(3)] }),
    ]
    for (const { status } of await Promise.allSettled(group)) assert.equal(status, 'rejected')
    bySql('DROP TRIGGER full')
    const [recorded] = await ledger.append({ stream: 'a', after: 1, entries: [entryOf(4)] })
    assert.equal(recorded?.position, 2)
    assert.equal((await ledger.verify()).verdict, 'intact')
  })
})

describe('two openings of one ledger', () => {
  it('lets a reader follow a writer, and append nothing', async () => {
    assertFault(() => open({ access: 'read' }), 'ledger-unavailable')
    const writer = open()
    const reader = open({ access: 'read' })
    await writer.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
    const positions: number[] = []
    for await (const { position } of reader.readAll()) positions.push(position)
    assert.deepEqual(positions, [1])
    assert.equal((await reader.verify()).verdict, 'intact')
    const append = reader.append({ stream: 'a', after: 1, entries: [entryOf(2)] })
    await assert.rejects(append, (thrown) => isFault(thrown, 'ledger-unavailable'))
  })

  it('lets two writers conflict, and never write over each other', async () => {
    const [one, other] = [open(), open()]
    await one.append({ stream: 'a', after: 0, entries: [entryOf(1)] })
    const late = other.append({ stream: 'a', after: 0, entries: [entryOf(2)] })
    await assert.rejects(late, (thrown) => isFault(thrown, 'ledger-conflict'))
    await other.append({ stream: 'a', after: 1, entries: [entryOf(3)] })
    await one.append({ stream: 'a', after: 2, entries: [entryOf(4)] })
    await other.append({ stream: 'b', after: 0, entries: [entryOf(5)] })
    const verification = await one.verify()
    assert(verification.verdict === 'intact', JSON.stringify(verification))
    assert.equal(verification.entries, 4)
  })

  it('says that the store is unavailable while somebody else holds it, and recovers', async () => {
    const ledger = open({ busyMs: 20 })
    const holder = new DatabaseSync(join(folder, 'ledger.sqlite'))
    holder.exec('BEGIN IMMEDIATE')
    const append = { stream: 'a', after: 0, entries: [entryOf(1)] }
    await assert.rejects(ledger.append(append), (thrown) => isFault(thrown, 'ledger-unavailable'))
    holder.exec('ROLLBACK')
    holder.close()
    assert.equal((await ledger.append(append)).length, 1)
  })
})
