/**
 * The proxies that carry fronts which Rampart does not run, each found by what a contract says of it.
 * What is in them that is not Rampart's is never touched: such a place is refused.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { Fault } from '../../core/fault/fault.ts'
import {
  type CarriedFront,
  type FrontCarrier,
  printCarrier,
} from '../../core/port/carried-front.ts'
import type { Clock } from '../../seams/clock.ts'
import type { DataPlane } from '../../seams/data-plane.ts'
import type { KernelProcesses } from '../../seams/kernel-processes.ts'
import { objectionToCluster } from '../envoy/check-cluster.ts'
import { objectionToFile } from '../envoy/endpoints-file.ts'
import { EnvoyPlane } from '../envoy/envoy-plane.ts'
import { HaproxyPlane } from '../haproxy/haproxy-plane.ts'
import { tellHaproxy } from '../haproxy/runtime-socket.ts'
import { NginxPlane } from '../nginx/nginx-plane.ts'
import { frontName } from './known-front.ts'

const run = promisify(execFile)

/** What they are made with. */
export interface CarriersOptions {
  readonly kernel: KernelProcesses
  readonly clock: Clock
  /** One line for the daemon's log. */
  readonly log: (line: string) => void
}

/** How leases are called: what is called otherwise in a proxy is somebody else's. */
const LEASE_ID = /^\d+-\d+$/

/** What a file of servers may hold for it to be overwritten. */
const SERVERS_LINE = /^\s*(?:#.*|server\s[^{}]*;[^{}]*)?$/

/** Makes a plane for each front, and one nginx for all fronts that it carries. */
export class Carriers {
  readonly clock: Clock
  readonly #options: CarriersOptions
  readonly #planes = new Map<string, DataPlane>()
  readonly #nginx = new Map<string, { readonly plane: NginxPlane; files: Record<string, string> }>()

  constructor(options: CarriersOptions) {
    this.#options = options
    this.clock = options.clock
  }

  /** The plane that carries a front. */
  planeOf(front: CarriedFront): DataPlane {
    const key = JSON.stringify([frontName({ owner: front }), front.carrier])
    const known = this.#planes.get(key)
    if (known !== undefined) return known
    const plane = this.#made(frontName({ owner: front }), front.carrier)
    this.#planes.set(key, plane)
    return plane
  }

  /**
   * Whether it may be used: it answers, does as it is told, and holds nothing of anybody else's.
   *
   * @throws data-plane-failed
   */
  async check(front: CarriedFront): Promise<void> {
    const { carrier } = front
    if (carrier.plane === 'nginx') await checkNginx(carrier)
    else if (carrier.plane === 'envoy') await checkEnvoy(carrier)
    else await checkLevel(carrier.socket)
    const there = await this.planeOf(front).backends(frontName({ owner: front }))
    const strange = there.find(({ id }) => !LEASE_ID.test(id))
    if (strange === undefined) return
    throw refused(carrier, `it has a server of its own, ${strange.id}; give Rampart one without`)
  }

  #made(front: string, carrier: FrontCarrier): DataPlane {
    if (carrier.plane === 'nginx') return this.#nginxOf(front, carrier)
    if (carrier.plane === 'envoy') {
      const { admin, cluster, endpoints: path } = carrier
      return new EnvoyPlane({ ...this.#options, admin, files: { [front]: { cluster, path } } })
    }
    const { socket: socketPath, backend } = carrier
    return new HaproxyPlane({ socketPath, backendNames: { [front]: backend } })
  }

  /** One for each process of nginx, since it does one reload at a time. */
  #nginxOf(front: string, carrier: Extract<FrontCarrier, { plane: 'nginx' }>): DataPlane {
    const { config: configPath, pid: pidPath, servers } = carrier
    const key = JSON.stringify([configPath, pidPath])
    const files = this.#nginx.get(key)?.files ?? {}
    files[front] = servers
    const known = this.#nginx.get(key)?.plane
    const plane =
      known ?? new NginxPlane({ ...this.#options, configPath, pidPath, serverFiles: files })
    this.#nginx.set(key, { plane, files })
    return plane
  }
}

async function checkLevel(socket: string): Promise<void> {
  const level = await tellHaproxy(socket, 'show cli level')
  if (level.includes('admin')) return
  const hint = `HAProxy lets this socket have the level ${level}; write \`level admin\` at its \`stats socket\``
  const operation = 'open a front'
  throw new Fault({ code: 'data-plane-failed', operation, subject: socket, hint })
}

/** The file first: without it Envoy does not even start. */
async function checkEnvoy(carrier: Extract<FrontCarrier, { plane: 'envoy' }>): Promise<void> {
  const { admin, cluster, endpoints: path } = carrier
  const file = { cluster, path }
  const objection = objectionToFile(file) ?? (await objectionToCluster(admin, file))
  if (objection !== undefined) throw refused(carrier, objection)
}

/** A file that is not read would be written in vain. */
async function checkNginx(carrier: Extract<FrontCarrier, { plane: 'nginx' }>): Promise<void> {
  const { config, servers } = carrier
  if (!existsSync(servers)) {
    throw refused(carrier, 'there is no such file; begin it with `server 127.0.0.1:9 down;`')
  }
  checkServers(servers)
  const { stdout } = await run('nginx', ['-T', '-q', '-c', config]).catch((cause) => {
    throw refused(carrier, String(cause.stderr ?? cause).trim())
  })
  if (stdout.includes(`# configuration file ${servers}:`)) return
  const include = `write \`include ${servers};\` into an upstream`
  throw refused(carrier, `${config} does not include that file; ${include}`)
}

/** A file with anything else in it was named by mistake. */
function checkServers(file: string): void {
  const lines = readFileSync(file, 'utf8').split('\n')
  const wrong = lines.findIndex((line) => !SERVERS_LINE.test(line))
  if (wrong === -1) return
  const hint = `line ${wrong + 1} of it is no server of an upstream; name a file that is Rampart's alone`
  const operation = 'open a front'
  throw new Fault({ code: 'data-plane-failed', operation, subject: file, hint })
}

function refused(carrier: FrontCarrier, hint: string): Fault {
  const subject = printCarrier(carrier)
  return new Fault({ code: 'data-plane-failed', operation: 'open a front', subject, hint })
}
