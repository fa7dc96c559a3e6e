/** Checks who does what: by the table of leases and the ledger, and by nothing that engines say. */
import type { MemoryLeaseTable } from '../../../src/leases/memory/memory-leases.ts'
import type { Append } from '../../../src/seams/ledger.ts'

/** Watches appends and commands of several replicas. */
export class OwnershipChecker {
  readonly violations: string[] = []
  readonly #table: MemoryLeaseTable
  /** Whose appends were taken by each token of each subject. */
  readonly #owners = new Map<string, string>()

  constructor(table: MemoryLeaseTable) {
    this.#table = table
  }

  /** An append got through. */
  sawAppend(owner: string, { stream, lease }: Append): void {
    if (lease === undefined) {
      this.violations.push(`${owner} wrote ${stream} by no lease`)
      return
    }
    const key = `${lease.subject} by ${lease.token}`
    const known = this.#owners.get(key) ?? owner
    this.#owners.set(key, known)
    if (known !== owner) this.violations.push(`${owner} wrote ${key}, which was given to ${known}`)
    if (!this.#table.isLatest(lease)) {
      this.violations.push(`${owner} wrote ${key}, after which another lease was given out`)
    }
  }

  /** A command is given to an actuator. */
  sawCommand(owner: string, subject: string, command: string): void {
    const holder = this.#table.holder(subject)
    if (holder?.owner === owner) return
    this.violations.push(`${owner} runs ${command} while ${holder?.owner ?? 'nobody'} owns it`)
  }
}
