/** Which leases a socket of the keeper stands for, and what the kernel said when one could not. */
import { Fault } from '../core/fault/fault.ts'
import type { KernelRefusal } from '../core/port/port-circumstances.ts'
import type { PortClaim } from '../core/port/port-claim.ts'
import type { PortLease } from '../core/port/port-lease.ts'
import { printThief } from '../core/port/port-refusals.ts'
import { KeeperLink } from './keeper/keeper-link.ts'
import { keeperPathOf } from './keeper/keeper-path.ts'
import type { HeirWish, HoldOutcome, HoldWish } from './keeper/keeper-words.ts'
import { type PortKernel, rowsOf, thiefOf } from './kernel/port-kernel.ts'

/** What is held, as this daemon knows it. */
export class Holding {
  readonly #link: KeeperLink
  readonly #kernel: PortKernel
  readonly #inodes = new Map<string, readonly string[]>()

  constructor(options: {
    readonly folder: string
    readonly kernel: PortKernel
    readonly idleMs?: number | undefined
    onLost(): void
  }) {
    const { folder, kernel, idleMs, onLost } = options
    this.#kernel = kernel
    this.#link = new KeeperLink({
      path: keeperPathOf(folder),
      folder,
      ...(idleMs === undefined ? {} : { idleMs }),
      onLost: () => {
        this.#inodes.clear()
        onLost()
      },
    })
  }

  get keeperPid(): number | undefined {
    return this.#link.pid
  }

  /** Why nothing can be held on this machine; undefined: it can, or was not tried. */
  get cannotHold(): string | undefined {
    return this.#link.cannotHold
  }

  /** The sockets that stand for a lease; undefined: none does. */
  inodesOf(leaseId: string): readonly string[] | undefined {
    return this.#inodes.get(leaseId)
  }

  async hold(wishes: readonly HoldWish[]): Promise<readonly HoldOutcome[]> {
    if (wishes.length === 0) return []
    const outcomes = await this.#link.hold(wishes)
    for (const outcome of outcomes) {
      if ('inodes' in outcome) this.#inodes.set(outcome.id, outcome.inodes)
    }
    return outcomes
  }

  async letGo(ids: readonly string[]): Promise<void> {
    const held = ids.filter((id) => this.#inodes.has(id))
    for (const id of held) this.#inodes.delete(id)
    await this.#link.letGo(held)
  }

  /** Takes over what an earlier daemon had held; lets go of what belongs to no lease. */
  async takeOver(leases: ReadonlyMap<string, PortLease>): Promise<readonly string[]> {
    const holds = await this.#link.list()
    for (const { id, inodes } of holds) this.#inodes.set(id, inodes)
    const strange = holds.filter(({ id }) => !leases.has(id)).map(({ id }) => id)
    await this.letGo(strange)
    return strange
  }

  /** @throws ports-unavailable also when what it is to inherit is held no more */
  async spawn(heir: HeirWish): ReturnType<KeeperLink['spawn']> {
    const lost = heir.holds.find(({ id }) => !this.#inodes.has(id))
    if (lost !== undefined) throw heldNoMore(lost)
    return await this.#link.spawn(heir)
  }

  close(): void {
    this.#link.close()
  }

  /** Why the kernel let us have no socket there, and who has one. */
  whyNot(claim: PortClaim, error: string): KernelRefusal {
    if (error !== 'EADDRINUSE') return { error }
    const rows = rowsOf(claim, this.#kernel.listening() ?? new Map())
    const [holder] = this.#kernel.holders(rows, {}, this.keeperPid)
    if (holder !== undefined) {
      return { error, holder: thiefOf(holder), sentence: printThief(holder) }
    }
    const sockets = this.#kernel.socketsOn(claim.protocol, claim.port)
    return {
      error,
      sentence: sentenceOf(
        claim.port,
        sockets.map(({ state }) => state),
      ),
    }
  }
}

function heldNoMore({ id, name }: HeirWish['holds'][number]): Fault {
  return new Fault({
    code: 'ports-unavailable',
    operation: 'start with inherited ports',
    subject: id,
    hint:
      `Nothing holds port ${name} (${id}) since what held it has ended, so that nobody new can be given its ` +
      'socket; who has that serves on. Bring the component down, then up.',
  })
}

function sentenceOf(port: number, states: readonly string[]): string {
  const waiting = states.filter((state) => state === 'time-wait').length
  if (waiting > 0 && !states.includes('established')) {
    return `${waiting} connections that went out from ${port} are in TIME_WAIT, for a minute at most.`
  }
  if (states.length > 0) return `A connection that went out has ${port} as its own port.`
  return `Nobody is seen to have ${port}, and the kernel refuses it; it may be bound without listening.`
}
