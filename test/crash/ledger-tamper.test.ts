/** A real ramp's ledger, tampered with on the disk: the command names the first bad entry. */
import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { openFolder, rampart, stopDaemon } from '../support/rampart.ts'

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: tiny }
spec:
  components:
    web:
      run: { command: [node, -e, "setInterval(() => {}, 1000); console.log('up')"] }
      ready: [{ log: { pattern: up } }]
`

/** The entry that every trial breaks first. */
const FIRST_BAD = 5

interface Tampering {
  readonly name: string
  readonly problem: string
  tamper(file: string): void
}

const TAMPERINGS: readonly Tampering[] = [
  { name: 'one flipped byte', problem: 'altered', tamper: flipByte },
  {
    name: 'one removed row',
    problem: 'removed',
    tamper: (file) => run(file, `DELETE FROM entries WHERE position = ${FIRST_BAD}`),
  },
  {
    name: 'two swapped rows',
    problem: 'reordered',
    tamper: (file) =>
      run(
        file,
        `UPDATE entries SET position = -1 WHERE position = ${FIRST_BAD}`,
        `UPDATE entries SET position = ${FIRST_BAD} WHERE position = ${FIRST_BAD + 2}`,
        `UPDATE entries SET position = ${FIRST_BAD + 2} WHERE position = -1`,
      ),
  },
]

/** Flips one bit of the entry's text in the file: in the row, and in what SQLite left of it elsewhere. */
function flipByte(file: string): void {
  const database = new DatabaseSync(file)
  const row = database.prepare('SELECT text FROM entries WHERE position = ?').get(FIRST_BAD)
  database.close()
  const bytes = readFileSync(file)
  const text = Buffer.from(String(row?.['text']))
  const places: number[] = []
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) places.push(at)
  assert.notEqual(places.length, 0, 'the text of the entry lies in the file as it is')
  for (const at of places) {
    const middle = at + (text.length >> 1)
    bytes[middle] = (bytes[middle] ?? 0) ^ 1
  }
  writeFileSync(file, bytes)
}

function run(file: string, ...statements: readonly string[]): void {
  const database = new DatabaseSync(file)
  for (const sql of statements) database.exec(sql)
  database.close()
}

test('rampart ledger verify names what was done to the file of a real ramp', async (t) => {
  const folder = openFolder(t, 'whole')
  const around = { cwd: folder }
  writeFileSync(join(folder, 'rampart.yaml'), CONTRACT)
  for (const verb of ['up', 'down']) {
    const { exitCode, stderr } = await rampart([verb], around)
    assert.equal(exitCode, 0, stderr)
  }
  await stopDaemon(folder)

  await t.test('finds the untouched file intact', async () => {
    const { exitCode, stdout, stderr } = await rampart(['ledger', 'verify'], around)
    assert.equal(exitCode, 0, stderr)
    assert.match(stdout, /^intact: \d+ entries/)
    await stopDaemon(folder)
  })

  for (const { name, problem, tamper } of TAMPERINGS) {
    await t.test(`finds ${name}`, async (trial) => {
      const copy = openFolder(trial, 'copy')
      cpSync(folder, copy, { recursive: true })
      tamper(join(copy, '.rampart', 'ledger.sqlite'))
      const { exitCode, stdout, stderr } = await rampart(['ledger', 'verify'], { cwd: copy })
      assert.equal(exitCode, 1, stdout)
      assert.match(stderr, new RegExp(`^broken at entry ${FIRST_BAD} \\(${problem}\\): `))
      trial.diagnostic(stderr.trim())
      const printed = await rampart(['ledger', 'verify', '--json'], { cwd: copy })
      const { verdict, position } = JSON.parse(printed.stdout)
      assert.deepEqual([printed.exitCode, verdict, position], [1, 'broken', FIRST_BAD])
      await stopDaemon(copy)
    })
  }
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
})
