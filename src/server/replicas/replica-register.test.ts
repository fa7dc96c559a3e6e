/** Replicas that know of each other by the records. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settle } from '../../../test/simulation/settle.ts'
import { SimulatedClock } from '../../../test/simulation/simulated-clock.ts'
import { MemoryLeases, MemoryLeaseTable } from '../../leases/memory/memory-leases.ts'
import { MemoryRecords } from '../../records/memory/memory-records.ts'
import { ReplicaRegister } from './replica-register.ts'

describe('the register of replicas', () => {
  it('lists who is there with what they own, and not who has left or died', async () => {
    const clock = new SimulatedClock()
    const records = new MemoryRecords(clock)
    const table = new MemoryLeaseTable(clock)
    const open = (owner: string) => {
      const leases = new MemoryLeases({ table, owner })
      const me = { owner, version: '1.0.0', startedAtMs: clock.nowMs() }
      const onTrouble = (error: unknown): void => assert.ifError(error)
      return { leases, register: new ReplicaRegister({ records, leases, clock, me, onTrouble }) }
    }
    const one = open('a')
    const other = open('b')
    await one.leases.begin()
    await one.leases.take('Environment/shop')
    await settle()
    assert.deepEqual(
      (await other.register.list()).map(({ name, leases }) => [name, leases]),
      [
        ['a', 1],
        ['b', 0],
      ],
    )
    await one.register.close()
    assert.deepEqual(
      (await other.register.list()).map(({ name }) => name),
      ['b'],
    )
  })
})
