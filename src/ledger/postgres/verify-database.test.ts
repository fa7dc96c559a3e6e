/** What happens to the rows themselves, and what verify says. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { scratchDatabases } from '../../../test/support/databases.ts'
import { openPostgresTrial, type PostgresTrial } from '../../../test/support/postgres-trials.ts'
import type { Entry } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'
import type { Ledger } from '../../seams/ledger.ts'
import { linkHash } from '../chain/link.ts'

const databases = scratchDatabases()
const ENTRIES = 25
const LAST_CHECKPOINT = 20
const SAVED = ['entries', 'head', 'checkpoints']

let trial: PostgresTrial
let ledger: Ledger

function entryOf(index: number): Entry {
  return { type: 'stage.started', stage: `stage-${index}`, atMs: index }
}

/** Verifies after something was done to the rows, and puts them back. */
async function assertBroken(
  statements: readonly string[],
  expected: { readonly position: number; readonly problem: string },
): Promise<void> {
  try {
    for (const sql of statements) await trial.sql(sql)
    const verification = await ledger.verify()
    assert(verification.verdict === 'broken', JSON.stringify(verification))
    const { position, problem } = verification
    assert.deepEqual({ position, problem }, expected, verification.sentence)
  } finally {
    for (const table of SAVED) {
      await trial.sql(`TRUNCATE rampart.${table}`)
      await trial.sql(`INSERT INTO rampart.${table} TABLE saved.${table}`)
    }
  }
}

describe('verifying a ledger in PostgreSQL', () => {
  /** 25 entries of two streams, checkpoints at 10 and 20; the last five are only under the head. */
  before(async () => {
    trial = await openPostgresTrial(databases)
    ledger = (await trial.join({ checkpointEvery: 10 })).ledger
    for (let index = 0; index < ENTRIES; index += 1) {
      const stream = index % 2 === 0 ? 'shop-up' : 'shop-down'
      await ledger.append({ stream, after: Math.floor(index / 2), entries: [entryOf(index)] })
    }
    await trial.sql('CREATE SCHEMA saved')
    for (const table of SAVED) {
      await trial.sql(`CREATE TABLE saved.${table} AS TABLE rampart.${table}`)
    }
  })

  after(() => trial.discard())

  it('finds untouched rows intact', async () => {
    const verification = await ledger.verify()
    assert(verification.verdict === 'intact', JSON.stringify(verification))
    assert.deepEqual([verification.entries, verification.checkpoints], [ENTRIES, 2])
  })

  it('names the entry of which anything was changed', async () => {
    const altered = { position: 8, problem: 'altered' }
    for (const change of [
      "text = replace(text, 'stage-7', 'stage-9')",
      "hash = overlay(hash placing '0000000000' from 5)",
      "stream = 'x'",
      'sequence = 99',
    ]) {
      await assertBroken([`UPDATE rampart.entries SET ${change} WHERE position = 8`], altered)
    }
  })

  it('names the place of a removed entry: first, in the middle, last', async () => {
    for (const position of [1, 8, ENTRIES]) {
      const removal = `DELETE FROM rampart.entries WHERE position = ${position}`
      await assertBroken([removal], { position, problem: 'removed' })
    }
  })

  it('names the first of two entries that changed places', async () => {
    const swap = [
      'UPDATE rampart.entries SET position = -8 WHERE position = 8',
      'UPDATE rampart.entries SET position = 8 WHERE position = 13',
      'UPDATE rampart.entries SET position = 13 WHERE position = -8',
    ]
    await assertBroken(swap, { position: 8, problem: 'reordered' })
  })

  it('catches a tail cut together with its checkpoints and a head that was set back', async () => {
    const cut = [
      'DELETE FROM rampart.entries WHERE position > 10',
      'DELETE FROM rampart.checkpoints WHERE position > 10',
    ]
    await assertBroken(cut, { position: 11, problem: 'removed' })
    const setBack = `UPDATE rampart.head SET position = 10, checkpoints = 1,
      checkpoint_position = 10, hash = (SELECT hash FROM rampart.entries WHERE position = 10)`
    await assertBroken([...cut, setBack], { position: 10, problem: 'signature-invalid' })
    const beheaded = { position: 10, problem: 'checkpoint-mismatch' }
    await assertBroken([...cut, 'DELETE FROM rampart.head'], beheaded)
  })

  it('catches entries appended by somebody without the key', async () => {
    const [row] = await trial.sql('SELECT hash FROM rampart.head')
    const position = ENTRIES + 1
    const link = { position, stream: 'forged', sequence: 1, text: '{}' }
    const hash = linkHash(String((row as readonly unknown[])[0]), link)
    const forged = `INSERT INTO rampart.entries VALUES (${position}, 'forged', 1, '{}', '${hash}')`
    await assertBroken([forged], { position, problem: 'checkpoint-mismatch' })
  })

  it('catches altered and removed checkpoints', async () => {
    const set = (change: string) => [`UPDATE rampart.checkpoints SET ${change} WHERE number = 2`]
    const invalid = { position: LAST_CHECKPOINT, problem: 'signature-invalid' }
    await assertBroken(set('at_ms = at_ms + 1'), invalid)
    await assertBroken(set("signature = 'bm8='"), invalid)
    await assertBroken(set("public_key = 'bm8='"), invalid)
    const mismatch = { position: LAST_CHECKPOINT, problem: 'checkpoint-mismatch' }
    await assertBroken(set("hash = repeat('0', 64)"), mismatch)
    await assertBroken(['DELETE FROM rampart.checkpoints WHERE number = 1'], mismatch)
  })

  it('catches a trigger, a rule and a policy, which could change or hide what is written', async () => {
    const altered = { position: 1, problem: 'altered' }
    await trial.sql(`CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN RETURN NEW; END'`)
    const additions = [
      [
        'CREATE TRIGGER meddle BEFORE INSERT ON rampart.entries EXECUTE FUNCTION meddle()',
        'DROP TRIGGER meddle ON rampart.entries',
      ],
      [
        'CREATE RULE meddle AS ON DELETE TO rampart.entries DO INSTEAD NOTHING',
        'DROP RULE meddle ON rampart.entries',
      ],
      [
        'ALTER TABLE rampart.entries ENABLE ROW LEVEL SECURITY',
        'ALTER TABLE rampart.entries DISABLE ROW LEVEL SECURITY',
      ],
    ] as const
    for (const [meddle, undo] of additions) {
      await assertBroken([meddle], altered)
      await trial.sql(undo)
    }
  })

  it('hands on nothing that was altered, and everything before it', async () => {
    const change = "text = replace(text, 'stage-7', 'stage-9') WHERE position = 8"
    await trial.sql(`UPDATE rampart.entries SET ${change}`)
    const read: number[] = []
    const reading = (async () => {
      for await (const { position } of ledger.readAll()) read.push(position)
    })()
    await assert.rejects(reading, (thrown) => isFault(thrown, 'ledger-corrupt'))
    assert.deepEqual(read, [1, 2, 3, 4, 5, 6, 7])
    const stream = (async () => {
      for await (const { position } of ledger.read('shop-down')) assert(position < 8)
    })()
    await assert.rejects(stream, (thrown) => isFault(thrown, 'ledger-corrupt'))
    const undo = "text = replace(text, 'stage-9', 'stage-7') WHERE position = 8"
    await trial.sql(`UPDATE rampart.entries SET ${undo}`)
  })
})
