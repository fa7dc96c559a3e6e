/**
 * A shared descriptor as a data plane: old and new owner accept from the same listening socket, so
 * that there is nothing in between. An owner is routed by listening, and drains when it is asked to
 * end; what the kernel knows of processes is handed in.
 * Rampart itself hands sockets to its forwarders alone; this stands for a supervisor that shares one,
 * so that hand-overs and their cost are compared with it.
 */
import { Fault } from '../../src/core/fault/fault.ts'
import type { Backend, DataPlane, RoutedBackend } from '../../src/seams/data-plane.ts'

/** What can be asked of, and done to, the processes behind backends. All of it is idempotent. */
export interface DescriptorOwners {
  /** Asks it to stop accepting and to answer what is under way; quiet when it is gone. */
  signal(backend: Backend): unknown
  /** Ends it at once; quiet when it is gone. */
  kill(backend: Backend): unknown
  isAlive(backend: Backend): boolean | Promise<boolean>
  /** How many connections it has; undefined when that cannot be told. */
  established(backend: Backend): Promise<number | undefined>
}

/** The data plane of such a supervisor. */
export class DescriptorPlane implements DataPlane {
  readonly name = 'descriptor'
  readonly #owners: DescriptorOwners
  readonly #fronts = new Map<string, Map<string, RoutedBackend>>()

  constructor(owners: DescriptorOwners) {
    this.#owners = owners
  }

  async route(front: string, backend: Backend): Promise<void> {
    const known = this.#fronts.get(front)?.get(backend.id)
    if (known?.state === 'draining') {
      const hint = 'it was asked to end already, and no longer accepts; start another one.'
      throw failed(`route ${front}`, backend, hint)
    }
    if (!(await this.#owners.isAlive(backend))) {
      throw failed(`route ${front}`, backend, 'its process is gone, so that nobody accepts there.')
    }
    const backends = this.#fronts.get(front) ?? new Map<string, RoutedBackend>()
    this.#fronts.set(front, backends.set(backend.id, { ...backend, state: 'routed' }))
  }

  async drain(front: string, backend: Backend): Promise<void> {
    const known = this.#fronts.get(front)?.get(backend.id)
    // A second signal would end a service that already drains.
    if (known?.state === 'draining') return
    const backends = this.#fronts.get(front) ?? new Map<string, RoutedBackend>()
    this.#fronts.set(front, backends.set(backend.id, { ...backend, state: 'draining' }))
    await this.#owners.signal(backend)
  }

  async inFlight(_front: string, backend: Backend): Promise<number | undefined> {
    return (await this.#owners.isAlive(backend)) ? this.#owners.established(backend) : 0
  }

  async remove(front: string, backend: Backend): Promise<void> {
    await this.#owners.kill(backend)
    this.#fronts.get(front)?.delete(backend.id)
  }

  async backends(front: string): Promise<readonly RoutedBackend[]> {
    const known = [...(this.#fronts.get(front)?.values() ?? [])]
    const alive = await Promise.all(known.map((backend) => this.#owners.isAlive(backend)))
    return known.filter((_, place) => alive[place])
  }
}

function failed(operation: string, { id }: Backend, hint: string): Fault {
  return new Fault({ code: 'data-plane-failed', operation, subject: id, hint })
}
