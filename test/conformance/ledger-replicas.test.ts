/**
 * Several processes on one chain: what was acknowledged survives the death of whoever wrote it and of
 * the server, nothing that was refused is there, and one that is stopped holds up nobody for long.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { scratchDatabases } from '../support/databases.ts'
import { openPostgresTrial, type PostgresTrial } from '../support/postgres-trials.ts'
import { collect } from './ledger.ts'

const REPLICA = fileURLToPath(new URL('./appending-replica.ts', import.meta.url))
const databases = scratchDatabases()

let trial: PostgresTrial
let writers: Writing[]

interface Writing {
  readonly child: ChildProcess
  readonly stream: string
  /** The last sequence that was acknowledged. */
  last: number
  acknowledged: number
  onAcknowledged: () => void
}

beforeEach(async () => {
  trial = await openPostgresTrial(databases)
  writers = []
})

afterEach(async () => {
  for (const { child } of writers) child.kill('SIGKILL')
  await trial.discard()
})

function startWriter(stream: string): Writing {
  const child = spawn(process.execPath, [REPLICA, trial.url, stream], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  assert(child.stdout !== null)
  const writing: Writing = { child, stream, last: 0, acknowledged: 0, onAcknowledged: () => {} }
  createInterface({ input: child.stdout }).on('line', (line) => {
    writing.last = Number(line)
    writing.acknowledged += 1
    writing.onAcknowledged()
  })
  writers.push(writing)
  return writing
}

/** Settles after so many more acknowledgements. */
function more(writing: Writing, appends: number): Promise<void> {
  const goal = writing.acknowledged + appends
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TypeError(`${writing.stream} stands still`)), 60_000)
    writing.onAcknowledged = () => {
      if (writing.acknowledged < goal) return
      clearTimeout(timer)
      resolve()
    }
  })
}

async function kill({ child }: Writing): Promise<void> {
  const gone = once(child, 'close')
  child.kill('SIGKILL')
  await gone
}

/** What was acknowledged is there, whole, and the chain holds. */
async function assertKept(): Promise<void> {
  const { ledger } = await trial.join()
  for (const { stream, last } of writers) {
    const entries = await collect(ledger.read(stream))
    assert(entries.length >= last, `${last} were acknowledged, ${entries.length} are kept`)
    assert.equal(entries.length % 3, 0, 'an append is kept whole or not at all')
    const times = entries.map(({ entry }) => entry.atMs)
    assert.deepEqual(
      times,
      times.map((_, index) => index + 1),
      'each append is kept once',
    )
  }
  const verification = await ledger.verify()
  assert.equal(verification.verdict, 'intact', JSON.stringify(verification))
}

describe('several processes that append to one chain in PostgreSQL', () => {
  it('lose nothing that was acknowledged when they are killed', async () => {
    const three = ['a', 'b', 'c'].map(startWriter)
    await Promise.all(three.map((writing) => more(writing, 40)))
    const [first, ...others] = three
    assert(first !== undefined)
    await kill(first)
    await Promise.all(others.map((writing) => more(writing, 20)))
    await Promise.all(others.map(kill))
    await assertKept()
  })

  it('go on after the server has crashed twice, and lose and double nothing', async () => {
    const server = await databases.server()
    const two = ['a', 'b'].map(startWriter)
    for (let crash = 0; crash < 2; crash += 1) {
      await Promise.all(two.map((writing) => more(writing, 25)))
      await server.crash()
      await server.start()
    }
    await Promise.all(two.map((writing) => more(writing, 25)))
    await Promise.all(two.map(kill))
    await assertKept()
  })

  it('go on while one of them is stopped, wherever it stands, and take it back afterwards', async () => {
    const [stopped, other] = [startWriter('a'), startWriter('b')]
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([more(stopped, 3), more(other, 3)])
      stopped.child.kill('SIGSTOP')
      await more(other, 10)
      stopped.child.kill('SIGCONT')
    }
    await more(stopped, 10)
    await Promise.all([kill(stopped), kill(other)])
    await assertKept()
  })
})
