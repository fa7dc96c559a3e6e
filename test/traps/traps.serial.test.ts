/**
 * Programs that look ready and are not, each with the contract that a careful user would write, run by
 * the real command and daemon. Each puts on record since when it is really ready, so that a machine
 * judges who was wrong: ready too early, or given up although it got ready. Neither may ever happen.
 */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { openDaemon } from '../support/daemon.ts'
import { startPostgres } from '../support/postgres.ts'
import { openFolder, stopDaemon } from '../support/rampart.ts'
import { requireRealPart } from '../support/require-part.ts'
import { leaveTrap, rampTrap } from './ramp-trap.ts'
import { setTrap } from './set-trap.ts'
import { judge, type Trap } from './trap.ts'
import { TRAPS } from './traps.ts'

const postgres = requireRealPart('embedded PostgreSQL')
/** The port that the contract has allocated. */
const port = `\${self.ports.http}`
const options = { ...postgres, concurrency: true, timeout: 240_000 }

test('Rampart is never ready too early, and never gives up what gets ready', options, async (t) => {
  const folder = openFolder(t)
  // One workspace with one daemon for all of them, which is there before they hurry to start one.
  mkdirSync(join(folder, '.rampart'))
  await openDaemon(t, folder)
  const server = await startPostgres(['-c', 'wal_level=logical'])
  t.after(() => server.stop())
  const walkInto = async (trap: Trap): Promise<void> => {
    const set = await setTrap(trap, { folder, postgresUrl: server.url, port })
    try {
      const claim = await rampTrap(set, folder)
      const since = set.readySinceMs()
      const after = since === undefined ? 'it never was' : `${claim.atMs - since} ms after it was`
      const told = `${claim.is}, ${after}: ${claim.why}`
      t.diagnostic(`${trap.name}: ${told}`)
      assert.equal(judge(trap, claim, since), 'right', told)
      assert.equal(since === undefined ? 'never' : 'becomes', trap.truth, told)
      if (claim.is === 'ready') await leaveTrap(set)
    } finally {
      await set.close()
    }
  }
  await Promise.all(TRAPS.map((trap) => t.test(trap.sentence, () => walkInto(trap))))
  await stopDaemon(folder)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
})

test('a claim is judged by the truth', () => {
  const ready = { is: 'ready', atMs: 1_000 } as const
  const failed = { is: 'failed', atMs: 1_000 } as const
  const [becomes, never] = [{ truth: 'becomes' }, { truth: 'never' }] as const
  assert.equal(judge(becomes, ready, 999), 'right')
  assert.equal(judge(becomes, ready, 1_500), 'falseReady')
  assert.equal(judge(becomes, ready, undefined), 'falseReady')
  assert.equal(judge(never, ready, undefined), 'falseReady')
  assert.equal(judge(never, failed, undefined), 'right')
  // Its program was ended with it, before it could get ready.
  assert.equal(judge(becomes, failed, undefined), 'falseFail')
})
