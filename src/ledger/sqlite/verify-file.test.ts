/** What happens to the file itself: rows changed by SQL, bytes changed by hand, and what verify says. */
import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import type { Entry } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Verification } from '../../seams/ledger.ts'
import { linkHash } from '../chain/link.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'
import { verifySqliteLedger } from './verify-file.ts'

const clock: Clock = { nowMs: () => 1_760_000_000_000, wakeAt: () => ({ cancel() {} }) }
const ENTRIES = 25
const LAST_CHECKPOINT = 20

let pristine: string
let folder: string

/** 25 entries of two streams, checkpoints at 10 and 20; the last five are only under the head. */
before(async () => {
  pristine = mkdtempSync(join(tmpdir(), 'rampart-pristine-'))
  folder = mkdtempSync(join(tmpdir(), 'rampart-tampered-'))
  const ledger = openSqliteLedger({ folder: pristine, clock, checkpointEvery: 10 })
  for (let index = 0; index < ENTRIES; index += 1) {
    const stream = index % 2 === 0 ? 'shop-up' : 'shop-down'
    await ledger.append({ stream, after: Math.floor(index / 2), entries: [entryOf(index)] })
  }
  // What a kill leaves: no checkpoint at the end. The copy is made whole by the checkpoint of the log.
  const raw = new DatabaseSync(join(pristine, 'ledger.sqlite'))
  raw.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  raw.close()
  for (const file of ['ledger.sqlite', 'ledger.key', 'ledger.pub']) {
    copyFileSync(join(pristine, file), join(folder, `pristine.${file}`))
  }
  await ledger.close()
})

after(() => {
  for (const made of [pristine, folder]) rmSync(made, { recursive: true })
})

/** Verifies a fresh copy after something was done to it. */
async function verifyAfter(tamper: (path: string) => void): Promise<Verification> {
  for (const file of ['ledger.sqlite', 'ledger.key', 'ledger.pub']) {
    copyFileSync(join(folder, `pristine.${file}`), join(folder, file))
  }
  for (const suffix of ['-wal', '-shm']) rmSync(pathOf(`ledger.sqlite${suffix}`), { force: true })
  tamper(pathOf('ledger.sqlite'))
  return verifySqliteLedger({ folder })
}

const bySql = (...statements: readonly string[]) =>
  verifyAfter((path) => {
    const database = new DatabaseSync(path)
    for (const sql of statements) database.exec(sql)
    database.close()
  })

async function assertBroken(
  verifying: Promise<Verification>,
  expected: { readonly position: number; readonly problem: string },
): Promise<void> {
  const verification = await verifying
  assert(verification.verdict === 'broken', JSON.stringify(verification))
  const { position, problem } = verification
  assert.deepEqual({ position, problem }, expected, verification.sentence)
}

describe('verifying a ledger file', () => {
  it('finds an untouched file intact', async () => {
    const verification = await verifyAfter(() => {})
    assert(verification.verdict === 'intact', JSON.stringify(verification))
    assert.deepEqual([verification.entries, verification.checkpoints], [ENTRIES, 2])
  })

  it('names the entry of which one byte of text was flipped in the file', async () => {
    await assertBroken(
      verifyAfter((path) => flipByte(path, Buffer.from('"stage":"stage-7"'), 15)),
      { position: 8, problem: 'altered' },
    )
  })

  it('names the entry of which one byte of the hash was flipped in the file', async () => {
    const hash = String(select('SELECT hash FROM entries WHERE position = 8'))
    await assertBroken(
      verifyAfter((path) => flipByte(path, Buffer.from(hash), 5)),
      { position: 8, problem: 'altered' },
    )
  })

  it('names the entry of which the stream or the sequence was changed', async () => {
    const altered = { position: 8, problem: 'altered' }
    await assertBroken(bySql("UPDATE entries SET stream = 'x' WHERE position = 8"), altered)
    await assertBroken(bySql('UPDATE entries SET sequence = 99 WHERE position = 8'), altered)
  })

  it('names the place of a removed entry: first, in the middle, last', async () => {
    for (const position of [1, 8, ENTRIES]) {
      const removed = { position, problem: 'removed' }
      await assertBroken(bySql(`DELETE FROM entries WHERE position = ${position}`), removed)
    }
  })

  it('names the first entry of a cut tail, before and after the last checkpoint', async () => {
    for (const position of [5, LAST_CHECKPOINT, LAST_CHECKPOINT + 2]) {
      const removed = { position, problem: 'removed' }
      await assertBroken(bySql(`DELETE FROM entries WHERE position >= ${position}`), removed)
    }
    const emptied = bySql('DELETE FROM entries')
    await assertBroken(emptied, { position: 1, problem: 'removed' })
  })

  it('names the first of two entries that changed places, whatever changed with them', async () => {
    const reordered = { position: 8, problem: 'reordered' }
    const swap = (columns: string) => bySql(...swapRows(8, 13, columns))
    await assertBroken(swap('stream, sequence, previous, text, hash'), reordered)
    await assertBroken(swap('text, hash'), reordered)
    await assertBroken(swap('text'), reordered)
    await assertBroken(bySql('UPDATE entries SET position = 100 WHERE position = 8'), reordered)
  })

  it('catches a tail cut together with its checkpoints and a head that was set back', async () => {
    const cut = [
      'DELETE FROM entries WHERE position > 10',
      'DELETE FROM checkpoints WHERE position > 10',
    ]
    await assertBroken(bySql(...cut), { position: 11, problem: 'removed' })
    const setBack = `UPDATE head SET position = 10, checkpoints = 1, checkpoint_position = 10,
      hash = (SELECT hash FROM entries WHERE position = 10)`
    await assertBroken(bySql(...cut, setBack), { position: 10, problem: 'signature-invalid' })
    await assertBroken(bySql(...cut, 'DELETE FROM head'), {
      position: 10,
      problem: 'checkpoint-mismatch',
    })
  })

  it('catches entries rewritten with a chain that fits, by the next checkpoint', async () => {
    const rewritten = verifyAfter(rewriteChain)
    await assertBroken(rewritten, { position: 10, problem: 'checkpoint-mismatch' })
  })

  it('catches entries appended by somebody without the key', async () => {
    const [previousHash, position] = [headHash(), ENTRIES + 1]
    const link = { position, stream: 'forged', sequence: 1, text: '{}' }
    const hash = linkHash(previousHash, link)
    const forged = bySql(
      `INSERT INTO entries VALUES (${position}, 'forged', 1, 0, '{}', '${hash}')`,
    )
    await assertBroken(forged, { position, problem: 'checkpoint-mismatch' })
  })

  it('catches an altered checkpoint, by what was altered', async () => {
    const set = (change: string) => bySql(`UPDATE checkpoints SET ${change} WHERE number = 2`)
    const mismatch = { position: LAST_CHECKPOINT, problem: 'checkpoint-mismatch' }
    const invalid = { position: LAST_CHECKPOINT, problem: 'signature-invalid' }
    await assertBroken(set("hash = replace(hash, 'a', 'b')"), mismatch)
    await assertBroken(set('at_ms = at_ms + 1'), invalid)
    await assertBroken(set("signature = 'bm8='"), invalid)
    await assertBroken(set("public_key = 'bm8='"), invalid)
    await assertBroken(set('position = 23'), { position: 23, problem: 'checkpoint-mismatch' })
    await assertBroken(set('position = 99'), { position: ENTRIES, problem: 'signature-invalid' })
  })

  it('catches removed checkpoints, one in the middle and the last', async () => {
    const remove = (number: number) => bySql(`DELETE FROM checkpoints WHERE number = ${number}`)
    await assertBroken(remove(1), { position: LAST_CHECKPOINT, problem: 'checkpoint-mismatch' })
    await assertBroken(remove(2), { position: ENTRIES, problem: 'checkpoint-mismatch' })
  })

  it('proves checkpoints by the public key alone, and says so when there is no key', async () => {
    const withoutPrivateKey = verifyAfter(() => rmSync(pathOf('ledger.key')))
    assert.equal((await withoutPrivateKey).verdict, 'intact')
    const withoutKeys = verifyAfter(() => {
      for (const file of ['ledger.key', 'ledger.pub']) rmSync(pathOf(file))
    })
    await assertBroken(withoutKeys, { position: 10, problem: 'signature-invalid' })
  })

  it('catches whatever would hide an entry from its stream', async () => {
    const astray = bySql('UPDATE entries SET previous = 3 WHERE position = 7')
    await assertBroken(astray, { position: 7, problem: 'altered' })
    const shortened = bySql(`UPDATE streams SET sequence = 10, last = 19 WHERE stream = 'shop-up'`)
    await assertBroken(shortened, { position: ENTRIES, problem: 'altered' })
    const forgotten = bySql(`DELETE FROM streams WHERE stream = 'shop-down'`)
    await assertBroken(forgotten, { position: ENTRIES - 1, problem: 'altered' })
    const invented = bySql(`INSERT INTO streams VALUES ('x', 1, 1, 1)`)
    await assertBroken(invented, { position: 1, problem: 'altered' })
  })

  it('catches a trigger, which could change what is written next', async () => {
    const trigger = `CREATE TRIGGER quiet AFTER INSERT ON entries
      BEGIN DELETE FROM snapshots; END`
    await assertBroken(bySql(trigger), { position: 1, problem: 'altered' })
  })

  it('reports a corrupted page, a cut file and a file that is no database', async () => {
    const pages = verifyAfter((path) => {
      const bytes = readFileSync(path)
      const at = bytes.indexOf('"stage":"stage-7"')
      bytes.fill(0xff, at - (at % 4096), at - (at % 4096) + 4096)
      writeFileSync(path, bytes)
    })
    assert.equal((await pages).verdict, 'broken')
    const cut = verifyAfter((path) => writeFileSync(path, readFileSync(path).subarray(0, 9000)))
    assert.equal((await cut).verdict, 'broken')
    const other = verifyAfter((path) => writeFileSync(path, 'not a database at all '.repeat(99)))
    await assertBroken(other, { position: 1, problem: 'altered' })
  })

  it('never believes a file with any byte changed, unless nothing that is read changed', async () => {
    const size = readFileSync(pathOf('pristine.ledger.sqlite')).length
    assert.equal((await verifyAfter(() => {})).verdict, 'intact')
    const original = await readWhole()
    // A prime stride meets every kind of place: headers, cell pointers, keys, text, free space.
    for (let at = 0; at < size; at += 199) {
      const verdict = await verdictOf(
        verifyAfter((path) => {
          const bytes = readFileSync(path)
          bytes[at] = (bytes[at] ?? 0) ^ 0x15
          writeFileSync(path, bytes)
        }),
      )
      if (verdict !== 'intact') continue
      assert.deepEqual(await readWhole(), original, `byte ${at} was changed and believed`)
    }
  })
})

/** `refused` is a file that names a schema from the future. */
async function verdictOf(verifying: Promise<Verification>): Promise<string> {
  try {
    return (await verifying).verdict
  } catch (thrown) {
    if (isFault(thrown, 'ledger-newer')) return 'refused'
    throw thrown
  }
}

async function readWhole(): Promise<readonly unknown[]> {
  const ledger = openSqliteLedger({ folder, clock, access: 'read' })
  const whole: unknown[] = [await ledger.streams()]
  for await (const recorded of ledger.readAll()) whole.push(recorded)
  for await (const recorded of ledger.read('shop-up')) whole.push(recorded)
  await ledger.close()
  return whole
}

function entryOf(index: number): Entry {
  return { type: 'stage.started', stage: `stage-${index}`, atMs: 1_760_000_000_000 + index }
}

function pathOf(file: string): string {
  return join(folder, file)
}

function flipByte(path: string, needle: Buffer, offset: number): void {
  const bytes = readFileSync(path)
  const at = bytes.indexOf(needle)
  assert(at > 0 && bytes.indexOf(needle, at + 1) < 0, 'The bytes stand in the file once.')
  bytes[at + offset] = (bytes[at + offset] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

function select(sql: string): unknown {
  const database = new DatabaseSync(pathOf('pristine.ledger.sqlite'), { readOnly: true })
  const value = Object.values(database.prepare(sql).get() ?? {})[0]
  database.close()
  return value
}

function headHash(): string {
  return String(select(`SELECT hash FROM entries WHERE position = ${ENTRIES}`))
}

function swapRows(one: number, other: number, columns: string): readonly string[] {
  const move = (from: string, to: string) =>
    `UPDATE entries SET (${columns}) = (SELECT ${columns} FROM kept WHERE kept.position = ${from})
     WHERE position = ${to}`
  return [
    'CREATE TEMP TABLE kept AS SELECT * FROM entries',
    move(String(one), String(other)),
    move(String(other), String(one)),
  ]
}

/** What somebody with the file but without the key can do: change entry 3 and hash all that follow. */
function rewriteChain(path: string): void {
  const database = new DatabaseSync(path)
  database.exec(`UPDATE entries SET text = replace(text, 'stage-2', 'stage-9') WHERE position = 3`)
  let previousHash = '0'.repeat(64)
  const update = database.prepare('UPDATE entries SET hash = ? WHERE position = ?')
  for (const row of database.prepare('SELECT * FROM entries ORDER BY position').all()) {
    const [position, sequence] = [Number(row['position']), Number(row['sequence'])]
    const link = { position, stream: String(row['stream']), sequence, text: String(row['text']) }
    previousHash = linkHash(previousHash, link)
    update.run(previousHash, position)
  }
  database.prepare('UPDATE head SET hash = ?').run(previousHash)
  database.close()
}
