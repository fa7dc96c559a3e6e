/** Every adapter of the leases runs the one suite. */
import { MemoryLeases, MemoryLeaseTable } from '../../src/leases/memory/memory-leases.ts'
import { SimulatedClock } from '../simulation/simulated-clock.ts'
import { describeLeases } from './leases.ts'

const LIFETIME_MS = 5000

describeLeases('leases in memory', {
  open: async () => {
    const clock = new SimulatedClock()
    const table = new MemoryLeaseTable(clock)
    return {
      join: async (owner) => new MemoryLeases({ table, owner, lifetimeMs: LIFETIME_MS }),
      expire: async () => {
        const passed = clock.pause(LIFETIME_MS)
        while (clock.step());
        await passed
      },
      discard: async () => undefined,
    }
  },
})
