/** What was acknowledged survives the death of whoever wrote it, even of two writers at once. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openSqliteLedger } from '../../src/ledger/sqlite/sqlite-ledger.ts'
import { collect } from './ledger.ts'

const CHILD = fileURLToPath(new URL('./appending-child.ts', import.meta.url))
const clock = { nowMs: () => 1_760_000_000_000, wakeAt: () => ({ cancel() {} }) }

interface Writing {
  readonly child: ChildProcess
  readonly stream: string
  readonly acknowledged: number[]
}

function startWriter(folder: string, stream: string): Writing {
  const child = spawn(process.execPath, [CHILD, folder, stream], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { child, stream, acknowledged: [] }
}

/** Kills the writer after so many acknowledgements, and takes what it had said until then. */
async function killAfter({ child, acknowledged }: Writing, appends: number): Promise<void> {
  assert(child.stdout !== null)
  const gone = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(Number(line))
    if (acknowledged.length === appends) child.kill('SIGKILL')
  }
  await gone
  assert.equal(child.signalCode, 'SIGKILL')
}

describe('the durability of the ledger in a SQLite file', () => {
  it('has everything that was acknowledged before its writers were killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rampart-ledger-'))
    try {
      const last = new Map<string, number>()
      for (const appends of [1, 40, 75]) {
        const writers = ['a', 'b'].map((stream) => startWriter(folder, stream))
        await Promise.all(writers.map((writing) => killAfter(writing, appends)))
        for (const { stream, acknowledged } of writers) {
          last.set(stream, Math.max(last.get(stream) ?? 0, ...acknowledged))
        }
        await assertKept(folder, last)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

async function assertKept(folder: string, last: ReadonlyMap<string, number>): Promise<void> {
  const ledger = openSqliteLedger({ folder, clock, access: 'read' })
  try {
    for (const [stream, sequence] of last) {
      const entries = await collect(ledger.read(stream))
      assert(
        entries.length >= sequence,
        `${sequence} were acknowledged, ${entries.length} are kept`,
      )
      assert.equal(entries.length % 3, 0, 'an append is kept whole or not at all')
    }
    const verification = await ledger.verify()
    assert.equal(verification.verdict, 'intact', JSON.stringify(verification))
  } finally {
    await ledger.close()
  }
}
