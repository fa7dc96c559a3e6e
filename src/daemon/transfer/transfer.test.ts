/** Whatever a server keeps is moved whole, between any two places, with its chain as it was. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { collect } from '../../../test/conformance/ledger.ts'
import { scratchDatabases } from '../../../test/support/databases.ts'
import {
  openPostgresTrial,
  type PostgresTrial,
  TRIAL_KEY,
} from '../../../test/support/postgres-trials.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import type { Entry } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'
import type { Recorded } from '../../seams/ledger.ts'
import { placeOf } from '../../server/client/daemon-place.ts'
import { takeDaemonLock } from '../daemon-lock.ts'
import { type DaemonStore, openFileStore } from '../daemon-store.ts'
import { type TransferOptions, transfer } from './transfer.ts'

const databases = scratchDatabases()
const clock = new SystemClock()
const KEY = TRIAL_KEY.toString('hex')
const SETTINGS = { values: { password: 'hunter22' }, secrets: ['password'], run: {} }

let scratch: string
let trial: PostgresTrial

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'rampart-transfer-'))
  trial = await openPostgresTrial(databases)
})

afterEach(async () => {
  rmSync(scratch, { recursive: true })
  await trial.discard()
})

function entryOf(atMs: number): Entry {
  return { type: 'stage.started', stage: `stage-${atMs}`, atMs }
}

function move(
  from: TransferOptions['from'],
  to: TransferOptions['to'],
  key: string | undefined = KEY,
) {
  const settings = { RAMPART_KEY: key }
  return transfer({ from, to, settings, clock, workspace: join(scratch, 'elsewhere') })
}

function openFolder(name: string): DaemonStore {
  const place = placeOf(join(scratch, name))
  return openFileStore({ place, settings: {}, clock, onTrouble: () => undefined })
}

/** A workspace with 2,500 entries, three checkpoints, a snapshot, records and settings. */
async function fillFolder(name: string): Promise<readonly Recorded[]> {
  const store = openFolder(name)
  const { ledger, records, settings } = store
  for (let after = 0; after < 1250; after += 250) {
    const entries = Array.from({ length: 250 }, (_, index) => entryOf(after + index))
    await Promise.all(
      ['shop-up', 'Ä/down'].map((stream) => ledger.append({ stream, after, entries })),
    )
  }
  await ledger.saveSnapshot({ stream: 'shop-up', sequence: 9, foldVersion: 1, state: '{"a":"ü"}' })
  await records.put({ collection: 'tokens', key: 'ann', value: { text: 'Grüße\u0000' } })
  await records.put({ collection: 'tokens', key: 'gone', value: {} })
  await records.remove('tokens', 'gone')
  await settings.keep('shop-up', SETTINGS)
  const all = await collect(ledger.readAll())
  await store.close()
  return all
}

interface Kept extends Pick<DaemonStore, 'ledger' | 'records' | 'settings'> {}

async function assertSame({ ledger, records, settings }: Kept, all: readonly Recorded[]) {
  assert.deepEqual(await collect(ledger.readAll()), all)
  const verification = await ledger.verify()
  assert(verification.verdict === 'intact', JSON.stringify(verification))
  assert.equal(verification.checkpoints, 3)
  assert.equal((await ledger.loadSnapshot('shop-up'))?.state, '{"a":"ü"}')
  assert.equal((await records.get('tokens', 'ann'))?.value['text'], 'Grüße\u0000')
  assert.deepEqual(await settings.load('shop-up'), SETTINGS)
  // What was removed before keeps its version from coming back.
  assert.equal((await records.put({ collection: 'tokens', key: 'gone', value: {} })).version, 2)
  await ledger.append({ stream: 'shop-up', after: 1250, entries: [entryOf(1)] })
  assert.equal((await ledger.verify()).verdict, 'intact')
}

async function assertFault(promise: Promise<unknown>, code: string, hint: RegExp): Promise<void> {
  await assert.rejects(promise, (thrown) => {
    assert(isFault(thrown), String(thrown))
    assert.equal(thrown.code, code, thrown.message)
    assert.match(thrown.hint, hint)
    assert.doesNotMatch(thrown.message, /hunter22|swordfish/)
    return true
  })
}

describe('moving everything', () => {
  it('from a workspace to PostgreSQL and back changes no hash, no signature and no record', async () => {
    const all = await fillFolder('one')
    const moved = await move(join(scratch, 'one'), trial.url)
    assert.deepEqual(moved, {
      ...{ entries: 2500, checkpoints: 3, head: all.at(-1)?.hash },
      ...{ records: 1, settings: 1 },
    })
    await move(trial.url, join(scratch, 'two'))
    const [store, again] = [await trial.join(), openFolder('two')]
    await assertSame(store, all)
    await assertSame(again, all)
    await again.close()
  })

  it('by a backup goes anywhere, and the file is for its owner alone', async () => {
    const all = await fillFolder('one')
    const [plain, sealed] = [join(scratch, 'plain.gz'), join(scratch, 'sealed.gz')]
    await move(join(scratch, 'one'), { backup: plain }, '')
    await move({ backup: plain }, trial.url)
    await move(trial.url, { backup: sealed })
    assert.equal(statSync(plain).mode & 0o777, 0o600)
    assert.doesNotMatch(gunzipSync(readFileSync(sealed)).toString(), /hunter22|PRIVATE KEY/)
    await move({ backup: sealed }, join(scratch, 'two'))
    const again = openFolder('two')
    await assertSame(again, all)
    await again.close()
  })

  it('takes a backup of one instant while more is appended', async () => {
    const store = await trial.join()
    let after = 0
    let isDone = false
    const writing = (async () => {
      for (; !isDone; after += 1) {
        await store.ledger.append({ stream: 'a', after, entries: [entryOf(after)] })
      }
    })()
    while (after < 20) await new Promise((resolve) => setImmediate(resolve))
    const { entries } = await move(trial.url, { backup: join(scratch, 'live.gz') })
    isDone = true
    await writing
    assert(entries >= 20 && entries <= after)
    const moved = await move({ backup: join(scratch, 'live.gz') }, join(scratch, 'two'))
    assert.equal(moved.entries, entries)
  })
})

describe('a move that must not be', () => {
  it('never overwrites: a workspace, a database, or a file', async () => {
    await fillFolder('one')
    await fillFolder('two')
    const file = join(scratch, 'one.gz')
    await move(join(scratch, 'one'), { backup: file }, '')
    await move({ backup: file }, trial.url)
    const occupied = (to: TransferOptions['to'], hint: RegExp) =>
      assertFault(move({ backup: file }, to), 'store-occupied', hint)
    await occupied(join(scratch, 'two'), /there already/)
    await occupied(trial.url, /createdb/)
    await assertFault(move(join(scratch, 'one'), { backup: file }, ''), 'store-occupied', /another/)
  })

  it('is refused while somebody still writes where it comes from or goes to', async () => {
    await fillFolder('one')
    const lock = takeDaemonLock(placeOf(join(scratch, 'one')).lockFile)
    await assertFault(move(join(scratch, 'one'), trial.url), 'store-busy', /rampart daemon stop/)
    lock?.release()
    const store = await trial.join({ replica: 'ann' })
    await assertFault(move(join(scratch, 'one'), trial.url), 'store-busy', /connected: ann-/)
    await assertFault(move(trial.url, join(scratch, 'two')), 'store-busy', /connected: ann-/)
    await store.close()
    await move(join(scratch, 'one'), trial.url)
  })

  it('leaves nothing behind when the source is broken', async () => {
    await fillFolder('one')
    const database = new DatabaseSync(join(scratch, 'one', '.rampart', 'ledger.sqlite'))
    database.exec(
      "UPDATE entries SET text = replace(text, 'stage-7', 'stage-9') WHERE position = 8",
    )
    database.close()
    const [folder, file] = [join(scratch, 'two'), join(scratch, 'one.gz')]
    for (const to of [trial.url, folder, { backup: file }]) {
      const moving = move(join(scratch, 'one'), to)
      await assertFault(moving, 'ledger-corrupt', /Broken at entry 8 \(altered\)/)
    }
    assert(!existsSync(file))
    assert(!existsSync(join(folder, '.rampart', 'ledger.sqlite')))
    assert.deepEqual(await trial.sql('SELECT count(*)::int FROM rampart.entries'), [[0]])
  })

  it('is refused when a backup is cut off, altered, no backup at all, or sealed otherwise', async () => {
    await fillFolder('one')
    await move(join(scratch, 'one'), trial.url)
    const [good, bad] = [join(scratch, 'good.gz'), join(scratch, 'bad.gz')]
    await move(trial.url, { backup: good })
    const bytes = readFileSync(good)
    const lines = gunzipSync(bytes).toString().split('\n')
    const unusable = async (content: Buffer | string, hint: RegExp, key = KEY) => {
      writeFileSync(bad, content)
      const moving = move({ backup: bad }, join(scratch, 'two'), key)
      await assertFault(moving, 'backup-unusable', hint)
    }
    await unusable(bytes.subarray(0, bytes.length / 2), /unexpected end/)
    await unusable('no backup at all', /incorrect header/)
    await unusable(gzipSync('hello\n'), /not JSON/)
    await unusable(gzipSync(`${lines.slice(0, 100).join('\n')}\n`), /cut off/)
    await unusable(bytes, /sealed\. Give/, '')
    await unusable(bytes, /another master key/, '0f'.repeat(32))
    const changed = lines.map((line) => line.replace('"version":1', '"version":7'))
    await unusable(gzipSync(changed.join('\n')), /altered/)
    assert(!existsSync(join(scratch, 'two', '.rampart', 'ledger.sqlite')))
  })
})
