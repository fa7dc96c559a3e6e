/**
 * Every way of discovery in front of one broker: which doors are opened is said by whoever opens them,
 * and what no door needs is not loaded. It is as right as the broker's leases are, at every moment.
 */
import type { Clock } from '../../../seams/clock.ts'
import type { Endpoints } from '../../../seams/endpoints.ts'
import type { Random } from '../../../seams/random.ts'
import type { MayConnect } from '../../forwarder/front.ts'
import { type FollowedBroker, followBroker, followExpected } from '../broker-endpoints.ts'
import type { DnsServer, DnsServerOptions } from '../dns/dns-server.ts'
import { EndpointTable } from '../endpoint-table.ts'
import type { EnvBlock } from '../env/env-file.ts'
import type { EdsServer, EdsServerOptions } from '../envoy/eds-server.ts'
import type { ExportedFile } from '../export/follow-file.ts'
import type { LocalhostProxy, LocalhostProxyOptions } from '../localhost/localhost-proxy.ts'
import type { HomeNames } from '../service-name.ts'
import { DiscoveryHandler } from './discovery-handler.ts'
import type { DiscoveryServer, DiscoveryServerOptions } from './discovery-server.ts'

type Own = 'endpoints' | 'mayConnect' | 'expected' | 'clock' | 'random' | 'home' | 'onTrouble'

/** What is opened; what is absent is not. */
export interface DiscoveryDoors {
  readonly http?: Omit<DiscoveryServerOptions, Own>
  readonly dns?: Omit<DnsServerOptions, Own>
  readonly envoy?: Omit<EdsServerOptions, Own>
  readonly localhost?: Omit<LocalhostProxyOptions, Own>
  /** Blocks of variables in files. */
  readonly blocks?: readonly EnvBlock[]
  /** Whole files, for other proxies. */
  readonly files?: readonly ExportedFile[]
}

/** What discovery is made of. */
export interface DiscoveryOptions {
  readonly broker: FollowedBroker
  readonly clock: Clock
  readonly random: Random
  readonly home?: HomeNames
  readonly doors: DiscoveryDoors
  /** Who may come to whom through the proxy for `localhost`. @default everybody */
  readonly mayConnect?: MayConnect
  /** Told of what is a bug of ours, and of files that cannot be written. */
  readonly onTrouble: (error: unknown) => void
}

interface Closing {
  close(): Promise<void>
}

/** Discovery, open until it is closed. */
export class Discovery {
  readonly endpoints: Endpoints
  /** For a server that has other addresses too. */
  readonly handler: DiscoveryHandler
  http: DiscoveryServer | undefined
  dns: DnsServer | undefined
  envoy: EdsServer | undefined
  localhost: LocalhostProxy | undefined
  readonly #options: DiscoveryOptions
  readonly #expected: EndpointTable
  readonly #stops: readonly (() => void)[]
  readonly #open: Closing[] = []

  private constructor(options: DiscoveryOptions) {
    const { broker, clock } = options
    // Indexes of this run are greater than those of all before.
    const endpoints = new EndpointTable(clock.nowMs())
    this.#options = options
    this.#expected = new EndpointTable()
    this.#stops = [followBroker(broker, endpoints), followExpected(broker, this.#expected)]
    this.endpoints = endpoints
    this.handler = new DiscoveryHandler({ ...options, endpoints })
  }

  /** Opens all doors or none. @throws what the system says about the one that could not be opened */
  static async open(options: DiscoveryOptions): Promise<Discovery> {
    const discovery = new Discovery(options)
    try {
      await discovery.#openServers()
      await discovery.#openFiles()
      return discovery
    } catch (thrown) {
      await discovery.close()
      throw thrown
    }
  }

  /** Closes every door; files stay as they are. Idempotent. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop()
    await Promise.all(this.#open.splice(0).map((one) => one.close()))
  }

  async #openServers(): Promise<void> {
    const { doors, broker: _, mayConnect, ...others } = this.#options
    const parts = { ...others, endpoints: this.endpoints }
    if (doors.http !== undefined) {
      const { DiscoveryServer } = await import('./discovery-server.ts')
      this.http = this.#keep(await DiscoveryServer.open({ ...parts, ...doors.http }))
    }
    if (doors.dns !== undefined) {
      const { DnsServer } = await import('../dns/dns-server.ts')
      this.dns = this.#keep(await DnsServer.open({ ...parts, ...doors.dns }))
    }
    if (doors.envoy !== undefined) {
      const { EdsServer } = await import('../envoy/eds-server.ts')
      this.envoy = this.#keep(await EdsServer.open({ ...parts, ...doors.envoy }))
    }
    if (doors.localhost !== undefined) {
      const { LocalhostProxy } = await import('../localhost/localhost-proxy.ts')
      const known = { ...parts, expected: this.#expected, ...(mayConnect && { mayConnect }) }
      this.localhost = this.#keep(await LocalhostProxy.open({ ...known, ...doors.localhost }))
    }
  }

  async #openFiles(): Promise<void> {
    const { doors, onTrouble } = this.#options
    const parts = { endpoints: this.endpoints, onTrouble }
    const { blocks = [], files = [] } = doors
    if (blocks.length > 0) {
      const { followEnvBlock } = await import('../env/env-file.ts')
      for (const block of blocks) this.#keep(followEnvBlock(block, parts))
    }
    if (files.length > 0) {
      const { followFile } = await import('../export/follow-file.ts')
      for (const file of files) this.#keep(followFile(file, parts))
    }
  }

  #keep<Door extends Closing>(door: Door): Door {
    this.#open.push(door)
    return door
  }
}
