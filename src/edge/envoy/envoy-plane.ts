/**
 * Envoy as a data plane: the endpoints of each cluster are in a file that it watches, and every change
 * is a new file that is moved there. What Envoy has taken up, and what is under way, it says itself at
 * its admin door; a change that it does not take up is taken back. It never cuts off what is under way
 * at an endpoint that is removed; whoever stops that start does.
 */
import { performance } from 'node:perf_hooks'
import { Fault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Backend, DataPlane, RoutedBackend } from '../../seams/data-plane.ts'
import { pause } from '../../seams/pause.ts'
import { checkBackend, isSamePlace, type Place, printPlace } from '../backend/check-backend.ts'
import { type EndpointsFile, readEndpoints, writeEndpoints } from './endpoints-file.ts'
import { type EnvoyHost, readHosts } from './envoy-hosts.ts'

/** How long Envoy may take until it has what a file says, and how often it is asked. @unit ms */
const TAKE_UP_MS = 10_000
const LOOK_MS = 10

/**
 * Its admin door tells what its main thread knows; each worker hears of it when it next looks up from
 * what it does, and may have chosen the old one just before. @unit ms
 */
const WORKERS_MS = 100

/** Where Envoy is, and what it reads. */
export interface EnvoyOptions {
  /** Its admin door: `127.0.0.1:9901`, or the path of a socket. */
  readonly admin: string
  /** For each front the cluster, and the file from which that takes its endpoints. */
  readonly files: Readonly<Record<string, EndpointsFile>>
  readonly clock: Clock
}

/** The data plane. */
export class EnvoyPlane implements DataPlane {
  readonly name = 'envoy'
  readonly #options: EnvoyOptions
  #doing: Promise<unknown> = Promise.resolve()

  constructor(options: EnvoyOptions) {
    this.#options = options
  }

  async route(front: string, backend: Backend): Promise<void> {
    checkBackend(front, backend)
    const { id, address, port } = backend
    const routed = { id, address, port, state: 'routed' } as const
    await this.#change(front, (known) => {
      // A place is that of one host: who had it before is gone, else it could not be this one's.
      const others = known.filter((one) => one.id === id || !isSamePlace(one, backend))
      if (!others.some((one) => one.id === id)) return [...others, routed]
      return others.map((one) => (one.id === id ? routed : one))
    })
    await this.#seen(front, 'send requests to a host', (hosts) => {
      const isFit = hosts.find(isAt(backend))?.isFit
      return isFit === true ? undefined : `its health checks refuse ${printPlace(backend)}`
    })
  }

  async drain(front: string, backend: Backend): Promise<void> {
    checkBackend(front, backend)
    const isChanged = await this.#change(front, (known) =>
      known.map((one) => (one.id === backend.id ? { ...one, state: 'draining' } : one)),
    )
    if (isChanged) await pause(this.#options.clock, WORKERS_MS)
  }

  async inFlight(front: string, backend: Backend): Promise<number> {
    return (await this.#hosts(front)).find((one) => isSamePlace(one, backend))?.inFlight ?? 0
  }

  async remove(front: string, backend: Backend): Promise<void> {
    await this.#change(front, (known) => known.filter(({ id }) => id !== backend.id))
  }

  /** The hosts that Envoy has, by the names that the file gives them. */
  async backends(front: string): Promise<readonly RoutedBackend[]> {
    const known = readEndpoints(this.#fileOf(front))
    return (await this.#hosts(front)).map((host) => {
      const { address, port } = host
      const id = known.find((one) => isSamePlace(one, host))?.id ?? `${address}:${port}`
      return { id, address, port, state: host.state === 'draining' ? 'draining' : 'routed' }
    })
  }

  /** One change at a time, since each is a change of the file as a whole. @returns whether it was one */
  #change(
    front: string,
    edit: (known: readonly RoutedBackend[]) => readonly RoutedBackend[],
  ): Promise<boolean> {
    const doing = this.#doing.then(async () => {
      const file = this.#fileOf(front)
      const old = readEndpoints(file)
      const wanted = edit(old)
      // Where nobody answers nobody could tell what has come of it, and nothing is written.
      await this.#hosts(front)
      const isChanged = writeEndpoints(file, wanted)
      try {
        const operation = `take up ${file.path}`
        await this.#seen(front, operation, (hosts) => differenceOf(hosts, wanted))
      } catch (error) {
        if (isChanged) writeEndpoints(file, old)
        throw error
      }
      return isChanged
    })
    // Whoever asked for this change is told of its failure; the next one begins all the same.
    this.#doing = doing.catch(() => undefined)
    return doing
  }

  /** Waits until there is nothing that objects. */
  async #seen(
    front: string,
    operation: string,
    objection: (hosts: readonly EnvoyHost[]) => string | undefined,
  ): Promise<void> {
    const untilMs = performance.now() + TAKE_UP_MS
    for (;;) {
      const why = objection(await this.#hosts(front))
      if (why === undefined) return
      if (performance.now() > untilMs) {
        throw failed(operation, `in time it did not: ${why}; its log says more.`)
      }
      await pause(this.#options.clock, LOOK_MS)
    }
  }

  #hosts(front: string): Promise<readonly EnvoyHost[]> {
    return readHosts(this.#options.admin, this.#fileOf(front).cluster)
  }

  #fileOf(front: string): EndpointsFile {
    const file = this.#options.files[front]
    if (file !== undefined) return file
    throw failed(`find the endpoints of ${front}`, 'no cluster was named for this front.')
  }
}

/** What is not as it should be, for people. */
function differenceOf(
  hosts: readonly EnvoyHost[],
  wanted: readonly RoutedBackend[],
): string | undefined {
  const wrong = wanted.find((one) => hosts.find(isAt(one))?.state !== one.state)
  if (wrong !== undefined) {
    const state = hosts.find(isAt(wrong))?.state ?? 'not there'
    return `${printPlace(wrong)} is ${state} and should be ${wrong.state}`
  }
  const more = hosts.find((host) => !wanted.some(isAt(host)))
  return more && `${more.address}:${more.port} should be gone`
}

function isAt(place: Place): (one: Place) => boolean {
  return (one) => isSamePlace(one, place)
}

function failed(operation: string, hint: string): Fault {
  return new Fault({ code: 'data-plane-failed', operation, subject: 'envoy', hint })
}
