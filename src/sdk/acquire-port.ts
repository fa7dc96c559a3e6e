/**
 * A port for this process, leased by the daemon of its workspace: nobody else is given it, also not
 * between now and when it is listened on, and the same service gets the same one at its next start.
 */
import { Fault } from '../core/fault/fault.ts'
import { askDaemon, findDaemonSocket } from './ask-daemon.ts'
import { identifyThisProcess } from './process-identity.ts'

/** For what a port is. */
export interface AcquireOptions {
  /** Its name. @default http */
  readonly port?: string
  /** @default tcp */
  readonly protocol?: 'tcp' | 'udp'
  readonly instance?: string
  readonly environment?: string
  /** A worktree's, or a CI job's. @default RAMPART_SCOPE */
  readonly scope?: string
  /** The workspace, or a folder in it. @default the current folder */
  readonly folder?: string
  /** @default process.env */
  readonly variables?: Readonly<Record<string, string | undefined>>
}

/** A port to listen on. */
export interface AcquiredPort {
  readonly port: number
  readonly host: string
  /** `given`: whoever started this process had it already, and gives it back. */
  readonly by: 'lease' | 'given'
  /**
   * Gives it back; others get it once it has cooled. The end of the process does so too. Idempotent.
   */
  release(): Promise<void>
}

/**
 * Leases a port, unless whoever started this process has given it one (`PORT_<NAME>`; for `http` also
 * `PORT`). Listen on it soon: from now on the kernel decides who does, and the daemon looks whether it
 * is this process.
 *
 * @throws daemon-absent when no daemon runs for the workspace
 * @throws port-refused when the rules have no port for it, or another process uses it
 * @throws ports-unavailable where the system does not tell processes apart (elsewhere than on Linux)
 * @example
 * const { port, host } = await acquirePort('shop/api')
 * server.listen(port, host)
 */
export async function acquirePort(
  service: string,
  options: AcquireOptions = {},
): Promise<AcquiredPort> {
  const given = givenPort(options)
  if (given !== undefined) return given
  const socket = findDaemonSocket(options.folder ?? process.cwd())
  const identity = identifyThisProcess()
  if (identity === undefined) throw cannot(service, 'This system does not tell processes apart.')
  const { protocol = 'tcp' } = options
  const body = { wishes: [{ owner: ownerOf(service, options), protocol }] }
  const grant = await askDaemon({ socket, method: 'POST', path: '/v1/ports/leases', body })
  const lease = readGrant(service, grant)
  const path = `/v1/ports/leases/${encodeURIComponent(lease.id)}`
  await askDaemon({ socket, method: 'POST', path: `${path}/assign`, body: { process: identity } })
  let released: Promise<unknown> | undefined
  return {
    ...{ port: lease.port, host: lease.host, by: 'lease' },
    release: async () => {
      released ??= askDaemon({ socket, method: 'DELETE', path })
      await released
    },
  }
}

function givenPort({ port = 'http', variables = process.env }: AcquireOptions) {
  const own = `PORT_${port.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`
  const name = [own, ...(port === 'http' ? ['PORT'] : [])].find((one) => {
    return variables[one] !== undefined && variables[one] !== ''
  })
  if (name === undefined) return undefined
  const number = Number(variables[name])
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    const hint = `${name}=${variables[name]} is not a port; set it to a number from 1 to 65535.`
    throw new Fault({ code: 'address-unusable', operation: 'listen', subject: name, hint })
  }
  const host = variables['HOST'] ?? '127.0.0.1'
  return { port: number, host, by: 'given', release: async () => undefined } as const
}

function ownerOf(service: string, options: AcquireOptions) {
  const { port = 'http', instance, environment, variables = process.env } = options
  const scope = options.scope ?? variables['RAMPART_SCOPE']
  return {
    ...{ service, port },
    ...(instance === undefined ? {} : { instance }),
    ...(environment === undefined ? {} : { environment }),
    ...(scope === undefined || scope === '' ? {} : { scope }),
  }
}

/** What of a grant is needed; it comes from a daemon that may be of another version. */
interface Granted {
  readonly id: string
  readonly port: number
  readonly host: string
}

function readGrant(service: string, grant: unknown): Granted {
  const told = grant as {
    readonly verdict?: unknown
    readonly sentence?: unknown
    readonly leases?: readonly {
      readonly id?: unknown
      readonly claim?: { readonly port?: unknown; readonly addresses?: readonly unknown[] }
      readonly process?: { readonly pid?: unknown }
    }[]
  }
  if (told?.verdict === 'refused') throw refused(service, String(told.sentence))
  const [lease] = told?.leases ?? []
  const { port, addresses } = lease?.claim ?? {}
  const [host] = addresses ?? []
  if (typeof lease?.id !== 'string' || typeof port !== 'number' || typeof host !== 'string')
    throw cannot(service, 'The daemon answers as another version would; restart it.')
  const user = lease.process?.pid
  if (user === undefined || user === process.pid) return { id: lease.id, port, host }
  const sentence = `${port} is used by process ${user}; a second one needs an instance of its own.`
  throw refused(service, sentence)
}

function refused(service: string, hint: string): Fault {
  return new Fault({ code: 'port-refused', operation: 'acquire a port', subject: service, hint })
}

function cannot(service: string, hint: string): Fault {
  return new Fault({
    code: 'ports-unavailable',
    operation: 'acquire a port',
    subject: service,
    hint,
  })
}
