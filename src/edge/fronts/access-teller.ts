/**
 * Says to the data plane who may come in: by the contracts in force, the processes that have ports, and
 * those that a runtime leads and that need none. It never judges anybody.
 */
import type { ProcessIdentity } from '../../core/port/port-lease.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import type { RunningProcesses } from '../../seams/processes.ts'
import type { Access, ServiceProcess } from '../forwarder/access.ts'
import type { FrontPlane } from './front-plane.ts'

/** What it is made with. */
export interface AccessParts {
  readonly plane: Pick<FrontPlane, 'setAccess'>
  readonly broker: Pick<PortBroker, 'enforced' | 'leases'>
}

/** Who comes to fronts and need not have ports. */
export interface KnownClients {
  /** Components, whether they have ports or not. */
  readonly components: Pick<RunningProcesses, 'running' | 'onRunning'>
  /** The process that proves things through fronts: let in everywhere, but nobody that it has started. */
  readonly prober?: ProcessIdentity | undefined
}

/** Says who may come in whenever that is another than was said. */
export class AccessTeller {
  readonly #parts: AccessParts
  #clients: KnownClients | undefined
  #told = ''
  #telling: Promise<void> = Promise.resolve()

  constructor(parts: AccessParts) {
    this.#parts = parts
  }

  /** From now on these are told of as well. */
  know(clients: KnownClients): void {
    this.#clients = clients
  }

  /** One after the other, so that what is said last is what is so. */
  tell(): Promise<void> {
    const telling = this.#telling.then(() => this.#tell())
    // Whoever asked for it hears of what went wrong; the next one begins anew.
    this.#telling = telling.catch(() => undefined)
    return telling
  }

  /** Resolves once nothing is being said. */
  async idle(): Promise<void> {
    await this.#telling
  }

  async #tell(): Promise<void> {
    const access = accessBy(this.#parts.broker, this.#clients)
    const told = JSON.stringify(access)
    if (told === this.#told) return
    await this.#parts.plane.setAccess(access)
    this.#told = told
  }
}

/** Without a rule nobody is asked who they are. */
function accessBy(broker: AccessParts['broker'], clients: KnownClients | undefined): Access {
  const policies = broker.enforced.all().map(({ connect }) => connect)
  if (policies.length === 0) return { policies, processes: [] }
  const leading = broker
    .leases()
    .flatMap(({ owner, process, front }) =>
      process === undefined || front !== undefined ? [] : [{ service: owner.service, ...process }],
    )
  const all: readonly ServiceProcess[] = [...(clients?.components.running() ?? []), ...leading]
  const processes = [...new Map(all.map((one) => [`${one.pid} ${one.service}`, one])).values()]
  const { prober } = clients ?? {}
  return { policies, processes, ...(prober && { prober }) }
}
