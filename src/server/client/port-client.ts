/** What a client asks about ports: who has them, claiming them, and giving them back. */
import { present } from '../../core/fault/assert.ts'
import type {
  ClaimRequest,
  LeaseList,
  PortGrant,
  PortLease,
  PortStory,
  ProcessIdentity,
} from '../wire/ports.ts'
import { allPages } from './all-pages.ts'
import { call } from './call.ts'
import type { Transport } from './transport.ts'

/** How many leases are asked for at once. */
const LEASES_A_PAGE = 5_000

/** Whose ports. */
export interface MachineQuery {
  /** @default the server's own machine */
  readonly region?: string
}

/** The part of a client that is about ports. Shapes are those of a server of this very version. */
export class PortClient {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Who has which port of the server's machine, or of that of a region's agent. */
  async leases(query: MachineQuery = {}): Promise<LeaseList> {
    const ask = async (cursor: string | undefined): Promise<LeaseList> =>
      (await call(this.#transport, 'listPorts', {
        query: { ...query, limit: LEASES_A_PAGE, cursor },
      })) as LeaseList
    const [first, ...more] = await allPages(ask)
    const { next: _, ...list } = present(first, 'there is a first page, if an empty one')
    return { ...list, leases: [...list.leases, ...more.flatMap(({ leases }) => leases)] }
  }

  /** All that can be told of one port of such a machine. */
  async story(port: number, query: MachineQuery = {}): Promise<PortStory> {
    const options = { path: { port }, query }
    return (await call(this.#transport, 'explainPort', options)) as PortStory
  }

  /** Claims ports: leases for all wishes, or for none. */
  async claim(request: ClaimRequest): Promise<PortGrant> {
    return (await call(this.#transport, 'claimPorts', { body: request })) as PortGrant
  }

  /** Says which process is to listen on a leased port now. */
  async assign(lease: string, process: ProcessIdentity): Promise<PortLease> {
    const options = { path: { lease }, body: { process } }
    return (await call(this.#transport, 'assignPort', options)) as PortLease
  }

  /**
   * Gives a leased port back.
   *
   * @param ifMatch the ETag of the lease as it was seen, if only that one is given back
   */
  async release(lease: string, ifMatch?: string): Promise<void> {
    await call(this.#transport, 'releasePort', { path: { lease }, ifMatch })
  }
}
