/** Readiness: every way in which a server may not be ready. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock } from '../../../test/simulation/simulated-clock.ts'
import { Fault } from '../../core/fault/fault.ts'
import { MemoryLedger } from '../../ledger/memory/memory-ledger.ts'
import { MemoryRecords } from '../../records/memory/memory-records.ts'
import type { LedgerHealth } from '../../seams/ledger.ts'
import { askReadiness, type Readiness, type ReadinessParts, readinessOf } from './readiness.ts'

const clock = new SimulatedClock()

function partsOf(changed: Partial<ReadinessParts> = {}): ReadinessParts {
  const records = new MemoryRecords(clock)
  return { ledger: new MemoryLedger(), records, clock, ...changed }
}

function failedIn({ checks }: Readiness): readonly string[] {
  return checks.filter(({ passed }) => !passed).map(({ name }) => name)
}

function healthy(health: LedgerHealth): ReadinessParts['ledger'] {
  return { checkHealth: async () => health }
}

describe('readiness', () => {
  it('is there when the ledger can be written, the store read and the clock believed', async () => {
    const readiness = await askReadiness(partsOf())
    assert.deepEqual(failedIn(readiness), [])
    assert.equal(readiness.ready, true)
  })

  it('is not there while the ledger cannot be written, and does not say where it lies', async () => {
    const ledger = new MemoryLedger()
    await ledger.close()
    const readiness = await askReadiness(partsOf({ ledger }))
    assert.deepEqual(failedIn(readiness), ['ledger'])
    assert.match(readiness.checks[0]?.sentence ?? '', /ledger-unavailable/)
  })

  it('is not there while the store cannot be read', async () => {
    const hint = 'postgres://secret@db is down'
    const fault = new Fault({ code: 'store-unavailable', operation: 'read', subject: 'db', hint })
    const records = { get: () => Promise.reject(fault) }
    const readiness = await askReadiness(partsOf({ records }))
    assert.deepEqual(failedIn(readiness), ['store'])
    assert.doesNotMatch(JSON.stringify(readiness), /secret|db/)
  })

  it('is not there while the clock is far from the store, or behind the record', async () => {
    const nowMs = clock.nowMs()
    const away = await askReadiness(partsOf({ ledger: healthy({ storeMs: nowMs + 3_000 }) }))
    assert.deepEqual(failedIn(away), ['clock'])
    const behind = await askReadiness(partsOf({ ledger: healthy({ latestMs: nowMs + 60_000 }) }))
    assert.deepEqual(failedIn(behind), ['clock'])
    const near = await askReadiness(partsOf({ ledger: healthy({ storeMs: nowMs - 500 }) }))
    assert.equal(near.ready, true)
  })

  it('is found out once for all who ask at the same time, and anew for whoever asks later', async () => {
    let asked = 0
    const checkHealth = async (): Promise<LedgerHealth> => {
      asked += 1
      return {}
    }
    const ask = readinessOf(partsOf({ ledger: { checkHealth } }))
    const answers = await Promise.all(Array.from({ length: 50 }, ask))
    assert.equal(
      answers.every(({ ready }) => ready),
      true,
    )
    assert.equal(asked, 1)
    await ask()
    assert.equal(asked, 2)
  })

  it('is not there while a check hangs', async () => {
    const ledger = { checkHealth: () => new Promise<never>(() => undefined) }
    const asking = askReadiness(partsOf({ ledger }))
    clock.step()
    assert.deepEqual(failedIn(await asking), ['ledger'])
  })
})
