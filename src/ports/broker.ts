/**
 * The broker: grants ports of this machine, holds them until they are given to a process, watches that
 * this process is who listens, and takes them back. What it says is in the ledger first. It survives
 * being killed at any point: the keeper goes on holding, and the next broker takes up both.
 */
import { join } from 'node:path'
import type { PortRules } from '../core/port/enforced-ports.ts'
import type { Parting } from '../core/port/parting.ts'
import type { PortMoved } from '../core/port/port-entries.ts'
import type { PortLease, PortState, ProcessIdentity } from '../core/port/port-lease.ts'
import { isWaiting, mayMove, movesFrom } from '../core/port/port-states.ts'
import { TTL_MS } from '../core/port/port-wish.ts'
import type { Clock } from '../seams/clock.ts'
import type { KernelProcesses } from '../seams/kernel-processes.ts'
import type { Ledger } from '../seams/ledger.ts'
import type {
  CarriedPorts,
  Heir,
  HeirRequest,
  LeaseGuard,
  PortBroker,
  PortGrant,
  PortSpawner,
  PortStory,
  PortWish,
  PublishedContainer,
} from '../seams/port-broker.ts'
import { assignment } from './assignment.ts'
import { carriedPorts } from './carried-ports.ts'
import { Claiming, type ClaimParts } from './claiming.ts'
import { coolingMsOf, waitingMsOf } from './cooling.ts'
import { Ending } from './ending.ts'
import { Holding } from './holding.ts'
import { type JudgeParts, look } from './judging.ts'
import { PortKernel } from './kernel/port-kernel.ts'
import { unknownLease, wrongState } from './lease-faults.ts'
import { PortLedger } from './port-ledger.ts'
import { publication } from './publishing.ts'
import { storyOf } from './story.ts'
import { type HoldAgainParts, holdAgain, takeUp } from './take-up.ts'
import { isWatched, Watching } from './watching.ts'

/** What a broker is opened with. */
export interface PortBrokerOptions {
  readonly ledger: Ledger
  readonly clock: Clock
  /** The runtime's word on processes. */
  readonly processes: KernelProcesses
  /** For the keeper's socket: `.rampart/ports`. */
  readonly folder: string
  /** Names the stream: `ports:<host>`. */
  readonly host: string
  /** Where it begins to look for ports: another workspace of this machine begins elsewhere. */
  readonly salt?: string
  /** Whether nobody listens on a port, for claims that no socket is to hold. */
  readonly isFree: ClaimParts['isFree']
  /** How long a keeper that holds nothing waits for a daemon. @unit ms @default 60 s */
  readonly keeperIdleMs?: number
  /** One line for the daemon's log. */
  readonly log: (line: string) => void
  onTrouble(error: unknown): void
}

/**
 * Opens it, and takes up what an earlier one left. Only the holder of the workspace's lock may. No
 * keeper is started unless something is to be held.
 *
 * @throws ledger-unavailable, ledger-corrupt as the ledger does
 */
export async function openPortBroker(options: PortBrokerOptions): Promise<LocalPortBroker> {
  const broker = await LocalPortBroker.open(options)
  await broker.takeUp()
  return broker
}

/** The broker of one machine. */
export class LocalPortBroker implements PortBroker, PortSpawner {
  readonly #options: PortBrokerOptions
  readonly #record: PortLedger
  readonly #kernel: PortKernel
  readonly #holding: Holding
  readonly #claiming: Claiming
  readonly #ending: Ending
  readonly #watching: Watching
  #takingUp: Promise<void> | undefined
  #isClosed = false
  #hasSaidWhy = false

  private constructor(options: PortBrokerOptions, record: PortLedger) {
    this.#options = options
    this.#record = record
    const { clock, onTrouble, folder, keeperIdleMs: idleMs } = options
    const kernel = new PortKernel(options.processes)
    this.#kernel = kernel
    this.#holding = new Holding({ folder, kernel, idleMs, onLost: () => this.#onLost() })
    const holding = this.#holding
    this.#ending = new Ending({ record, holding, clock, onTrouble })
    this.#watching = new Watching({
      record,
      kernel,
      clock,
      onTrouble,
      judgeParts: () => this.#judgeParts(),
      tryAgain: async (ids) => await holdAgain(ids, this.#holdAgainParts()),
      judged: async (leases) => await this.#judged(leases),
    })
    this.#claiming = new Claiming({
      record,
      holding,
      clock,
      salt: options.salt ?? '',
      isFree: options.isFree,
      policies: () => this.enforced.all().map(({ policy }) => policy),
      settleDead: async (leases) => await this.#settleDead(leases),
      granted: () => this.#granted(),
    })
  }

  static async open(options: PortBrokerOptions): Promise<LocalPortBroker> {
    const { ledger, clock, host, onTrouble } = options
    const stream = `ports:${host}`
    let broker: LocalPortBroker | undefined
    const onReloaded = (cause: unknown): void => {
      onTrouble(cause)
      void broker?.takeUp().catch(onTrouble)
    }
    const record = await PortLedger.open({ ledger, stream, clock, onReloaded, onTrouble })
    broker = new LocalPortBroker(options, record)
    return broker
  }

  /** Makes what is held and what is recorded agree; one at a time. */
  async takeUp(): Promise<void> {
    const before = this.#takingUp
    const { log } = this.#options
    const doing = (before ?? Promise.resolve()).then(
      async () => await takeUp({ ...this.#holdAgainParts(), log }),
    )
    this.#takingUp = doing.catch(() => undefined)
    await doing
    this.#ending.arm()
    this.#watching.kick()
  }

  async claim(wishes: readonly PortWish[]): Promise<PortGrant> {
    return await this.#claiming.claim(wishes)
  }

  async letGo(leaseIds: readonly string[]): Promise<void> {
    const numbers = leaseIds.filter((id) => this.#lease(id).giving === 'number')
    await this.#holding.letGo(numbers)
  }

  async holdAgain(leaseIds: readonly string[]): Promise<void> {
    await holdAgain(leaseIds, this.#holdAgainParts())
    this.#watching.kick()
  }

  async assign(leaseId: string, process: ProcessIdentity, guard?: LeaseGuard): Promise<PortLease> {
    const lease = this.#lease(leaseId)
    guard?.(lease)
    const moved = assignment(lease, process, () => this.#listens({ ...lease, process }) === true)
    if (moved === undefined) return lease
    await this.#move(lease, moved)
    if (lease.giving === 'number') await this.#holding.letGo([leaseId])
    this.#watching.kick()
    return this.#record.table.lease(leaseId) ?? lease
  }

  async publish(leaseId: string, container: PublishedContainer): Promise<PortLease> {
    const lease = this.#lease(leaseId)
    const moved = publication(lease, container)
    if (moved === undefined) return lease
    await this.#move(lease, moved)
    this.#watching.kick()
    return this.#record.table.lease(leaseId) ?? lease
  }

  async move(leaseId: string, to: PortState, because: string): Promise<PortLease> {
    const lease = this.#lease(leaseId)
    if (lease.state === to) return lease
    if (to === 'ready' || to === 'active') this.#assertListens(lease, to)
    await this.#move(lease, { to, because, ...this.#termOf(lease, to) })
    if (to === 'cooling' || to === 'draining') await this.#letGoUnlessShared(lease, to)
    this.#ending.arm()
    this.#watching.kick()
    return this.#record.table.lease(leaseId) ?? lease
  }

  async part(leaseId: string, because: string, parting: Parting): Promise<void> {
    const lease = this.#lease(leaseId)
    await this.#move(lease, { to: 'draining', because, parting })
    await this.#letGoUnlessShared(lease, 'draining')
    this.#watching.kick()
  }

  async shut(leaseId: string, why: string | undefined): Promise<void> {
    const lease = this.#lease(leaseId)
    const { state: to, because } = lease
    if (lease.shut !== why) await this.#move(lease, { to, because, shut: why ?? null })
  }

  async release(leaseId: string, because: string, guard?: LeaseGuard): Promise<void> {
    const lease = this.#record.table.lease(leaseId)
    guard?.(lease)
    if (lease === undefined || lease.state === 'cooling') return
    if (isWaiting(lease.state) && lease.process === undefined) {
      await this.#record.record([{ type: 'port.freed', lease: leaseId, because }])
    } else {
      await this.#record.record([
        { type: 'port.moved', lease: leaseId, ...this.#end(lease, because) },
      ])
    }
    await this.#holding.letGo([leaseId])
    this.#ending.arm()
    this.#watching.kick()
  }

  leases(): readonly PortLease[] {
    return this.#record.table.leases()
  }

  async lookNow(leaseIds: readonly string[]): Promise<readonly PortLease[]> {
    const { table } = this.#record
    const known = (): readonly PortLease[] => leaseIds.flatMap((id) => table.lease(id) ?? [])
    if (!this.#isClosed) await this.#watching.lookNow(known().filter(isWatched))
    return known()
  }

  async story(port: number): Promise<PortStory> {
    const [record, holding, kernel] = [this.#record, this.#holding, this.#kernel]
    return await storyOf(port, { record, holding, kernel, watching: this.#watching })
  }

  async enforce(rules: PortRules): Promise<void> {
    await this.#record.record([{ type: 'ports.enforced', rules }])
  }

  async retire(contract: string, because: string): Promise<void> {
    if (this.enforced.earlierOf(contract).length === 0) return
    await this.#record.record([{ type: 'ports.retired', contract, because }])
  }

  async withdraw(contract: string, because: string): Promise<void> {
    if (this.enforced.of(contract) === undefined) return
    await this.#record.record([{ type: 'ports.withdrawn', contract, because }])
  }

  get enforced(): PortBroker['enforced'] {
    return this.#record.table.enforced
  }

  get carried(): CarriedPorts {
    return carriedPorts(this.#record)
  }

  get index(): number {
    return this.#record.index
  }

  onChanged(listener: () => void): () => void {
    return this.#record.onChanged(listener)
  }

  async spawn(request: HeirRequest): Promise<Heir> {
    // What was lost with its keeper may be held again in a moment.
    await this.#takingUp
    const leases = request.leases.map((id) => this.#lease(id))
    const { leases: _ids, ...heir } = request
    const holds = leases.map(({ id, owner }) => ({ id, name: owner.port }))
    return await this.#holding.spawn({ ...heir, holds })
  }

  /** Leaves everything as it is; the keeper goes on holding. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#ending.close()
    await this.#watching.close()
    await this.#record.settle()
    this.#holding.close()
  }

  #lease(id: string): PortLease {
    const lease = this.#record.table.lease(id)
    if (lease !== undefined) return lease
    throw unknownLease(id)
  }

  async #move(lease: PortLease, moved: Omit<PortMoved, 'type' | 'lease'>): Promise<void> {
    const { id, state } = lease
    if (state !== moved.to && !mayMove(state, moved.to)) {
      throw wrongState(
        lease,
        `It is ${state}; from there it may become ${movesFrom(state).join(', ')}.`,
      )
    }
    await this.#record.record([{ type: 'port.moved', lease: id, ...moved }])
  }

  /** What holds for a state alone: until when. */
  #termOf(lease: PortLease, to: PortState): Pick<PortMoved, 'expiresAtMs' | 'coolUntilMs'> {
    const nowMs = this.#options.clock.nowMs()
    if (to === 'cooling') return { coolUntilMs: nowMs + coolingMsOf(lease, this.#record.table) }
    return isWaiting(to) ? { expiresAtMs: nowMs + TTL_MS } : {}
  }

  /** The end of a lease that a process has, or had: cooling, unless something of it still listens. */
  #end(lease: PortLease, because: string): Omit<PortMoved, 'type' | 'lease'> {
    const cooling = { to: 'cooling', because, ...this.#termOf(lease, 'cooling') } as const
    if (!mayMove(lease.state, 'orphaned')) return cooling
    const listening = this.#kernel.listening()
    const own = listening && look(lease, listening, this.#judgeParts()).own
    if (own === undefined) return cooling
    const still = `But process ${own.pid} still listens.`
    return { to: 'orphaned', because: `${because} ${still}`, thief: own }
  }

  /** Whether its process listens there; undefined: the kernel does not tell. */
  #listens(lease: PortLease): boolean | undefined {
    const listening = this.#kernel.listening()
    return listening && look(lease, listening, this.#judgeParts()).own !== undefined
  }

  /** Active means that the kernel agrees; where it does not tell, whoever says so is believed. */
  #assertListens(lease: PortLease, to: PortState): void {
    if (this.#listens(lease) !== false) return
    const who =
      lease.process === undefined ? 'no process has it' : `process ${lease.process.pid} does not`
    throw wrongState(lease, `It cannot become ${to}: ${who} listen on ${lease.claim.port}.`)
  }

  async #letGoUnlessShared(lease: PortLease, to: PortState): Promise<void> {
    // What drains shares its socket with whoever comes next, if it was inherited.
    if (to === 'cooling' || lease.giving === 'number') await this.#holding.letGo([lease.id])
  }

  #judgeParts(): JudgeParts {
    const { table } = this.#record
    return {
      kernel: this.#kernel,
      keeperPid: this.#holding.keeperPid,
      nowMs: this.#options.clock.nowMs(),
      inodesOf: (id) => this.#holding.inodesOf(id),
      isOutdated: (lease) => this.enforced.whyOutdated(lease) !== undefined,
      coolingMsOf: (lease, isDead) => coolingMsOf(lease, table, isDead),
      waitingMsOf: (lease) => waitingMsOf(lease, table),
    }
  }

  #holdAgainParts(): HoldAgainParts {
    const [record, holding, clock] = [this.#record, this.#holding, this.#options.clock]
    return { record, holding, clock, judgeParts: this.#judgeParts() }
  }

  /** Of those that a claim meets: owners that have died are not waited for. */
  async #settleDead(leases: readonly PortLease[]): Promise<void> {
    const dead = leases.filter(
      ({ process, state }) =>
        process !== undefined && state !== 'cooling' && !this.#kernel.isAlive(process),
    )
    await this.#watching.lookNow(dead.filter(({ state }) => !isWaiting(state)))
  }

  #granted(): void {
    this.#ending.arm()
    const why = this.#holding.cannotHold
    if (why === undefined || this.#hasSaidWhy) return
    this.#hasSaidWhy = true
    this.#options.log(`Ports are reserved, but no socket holds them here. ${why}`)
  }

  async #judged(leases: readonly PortLease[]): Promise<void> {
    const over = leases.filter(({ id }) => this.#record.table.lease(id)?.state === 'cooling')
    await this.#holding.letGo(over.map(({ id }) => id))
    this.#ending.arm()
  }

  #onLost(): void {
    if (this.#isClosed) return
    this.#options.log('What holds ports has ended; what can be is held again.')
    void this.takeUp().catch((error) => this.#options.onTrouble(error))
  }
}

/** Where a workspace's ports are kept. */
export function portsFolderOf(workspaceFolder: string): string {
  return join(workspaceFolder, 'ports')
}
