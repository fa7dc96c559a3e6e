/** Several replicas on one ledger: who owns what, how they write to each other, and who checks them. */
import type { EngineParts } from '../../src/engine/parts.ts'
import { subjectOf } from '../../src/engine/subject.ts'
import { MemoryLeases, MemoryLeaseTable } from '../../src/leases/memory/memory-leases.ts'
import { MemoryMailbox, MemoryPostOffice } from '../../src/mailbox/memory/memory-mailbox.ts'
import type { Order } from '../../src/seams/actuator.ts'
import type { Clock } from '../../src/seams/clock.ts'
import type { Append } from '../../src/seams/ledger.ts'
import { OwnershipChecker } from './checkers/ownership-checker.ts'
import type { Faults } from './faults/faults.ts'
import { FaultyLeases } from './faults/faulty-leases.ts'
import { FaultyMailbox } from './faults/faulty-mailbox.ts'
import type { WatchedLedger } from './faults/watched-ledger.ts'
import type { SimulatedClock } from './simulated-clock.ts'

/** How long a lease lasts. @unit ms */
export const LIFETIME_MS = 9_000

/** What replicas share. */
export class Replicas {
  readonly table: MemoryLeaseTable
  readonly checker: OwnershipChecker
  readonly #office: MemoryPostOffice
  readonly #clock: SimulatedClock
  readonly #faults: Faults
  #count = 0

  constructor(clock: SimulatedClock, faults: Faults) {
    this.#clock = clock
    this.#faults = faults
    // The store has a clock of its own, which nobody sets back.
    const storeClock: Clock = {
      nowMs: () => clock.goneMs,
      wakeAt: (atMs, callback) => clock.wakeAt(clock.nowMs() + atMs - clock.goneMs, callback),
    }
    this.table = new MemoryLeaseTable(storeClock)
    this.checker = new OwnershipChecker(this.table)
    this.#office = new MemoryPostOffice(storeClock)
  }

  /** The parts of one more replica, and its name. */
  join(
    parts: EngineParts,
    ledger: WatchedLedger,
  ): { readonly owner: string; readonly parts: EngineParts } {
    this.#count += 1
    const owner = `replica-${this.#count}`
    const { table, checker } = this
    const shared = { clock: this.#clock, faults: this.#faults }
    const leases = new MemoryLeases({ table, owner, lifetimeMs: LIFETIME_MS })
    const mailbox = new MemoryMailbox({ office: this.#office })
    const actuators = parts.actuators.map((actuator) => ({
      name: actuator.name,
      run: (order: Order) => {
        const opened = ledger.entriesOf(order.ramp)[0]?.entry
        const subject = opened?.type === 'ramp.opened' ? subjectOf(opened.plan) : order.ramp
        checker.sawCommand(owner, subject, order.id)
        return actuator.run(order)
      },
    }))
    return {
      owner,
      parts: {
        ...parts,
        actuators,
        leases: new FaultyLeases({ below: leases, ...shared }),
        mailbox: new FaultyMailbox({ below: mailbox, ...shared }),
      },
    }
  }

  /** Notes what a replica has written. */
  sawAppend(owner: string, append: Append): void {
    this.checker.sawAppend(owner, append)
  }
}
