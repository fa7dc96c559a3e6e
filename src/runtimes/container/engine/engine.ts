/**
 * What is asked of a container engine, in the words of the Docker Engine API, which Podman speaks as
 * well. The engine is looked for at the first question and again after it was lost; opening this
 * asks nothing. Answers are parsed: an engine of another make is not trusted to be of the same shape.
 *
 * @source https://docs.docker.com/reference/api/engine/
 */
import type { Readable } from 'node:stream'
import { EngineLink, type EngineReply, type EngineRequest, refusal } from './engine-link.ts'
import { EngineTrouble } from './engine-trouble.ts'
import { findSocket } from './find-socket.ts'
import {
  CONTAINER,
  CONTAINER_LIST,
  type ContainerFacts,
  CREATED,
  IMAGE,
  type ImageFacts,
  type ListedContainer,
  NETWORK,
  VERSION,
} from './shapes.ts'

/** The newest version of the API that this was written for. */
const VERSION_MAX = [1, 47] as const

interface Connection {
  readonly link: EngineLink
  /** What stands before every path: `/v1.41`. */
  readonly prefix: string
}

/** One engine. */
export class Engine {
  readonly #settings: Readonly<Record<string, string>>
  #connection: Promise<Connection> | undefined
  #isClosed = false

  constructor(settings: Readonly<Record<string, string>>) {
    this.#settings = settings
  }

  /** Undefined when there is no such container. @throws EngineTrouble */
  async inspect(container: string): Promise<ContainerFacts | undefined> {
    const request = { method: 'GET', path: `/containers/${container}/json` } as const
    const reply = await this.#ask(request)
    if (reply.status === 404) return undefined
    return CONTAINER.parse(parsed(request, reply))
  }

  /** Every container that carries all these labels, running or not. @throws EngineTrouble */
  async list(labels: Readonly<Record<string, string>>): Promise<readonly ListedContainer[]> {
    const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
    const query = { all: 'true', filters: JSON.stringify({ label }) }
    const request = { method: 'GET', path: '/containers/json', query } as const
    return CONTAINER_LIST.parse(parsed(request, await this.#ask(request)))
  }

  /** Undefined when the name is taken. @throws EngineTrouble */
  async create(name: string, body: object): Promise<string | undefined> {
    const request = { method: 'POST', path: '/containers/create', query: { name }, body } as const
    const reply = await this.#ask(request)
    if (isNameTaken(reply)) return undefined
    return CREATED.parse(parsed(request, reply)).Id
  }

  /** Idempotent. @throws EngineTrouble */
  async start(container: string): Promise<void> {
    await this.#do({ method: 'POST', path: `/containers/${container}/start` }, [304])
  }

  /** Sends a signal; that the container is not running, or gone, is no trouble. @throws EngineTrouble */
  async kill(container: string, signal: string): Promise<void> {
    const path = `/containers/${container}/kill`
    await this.#do({ method: 'POST', path, query: { signal } }, [404, 409])
  }

  /** Freezes all of it where it stands. @throws EngineTrouble where the engine cannot */
  async pause(container: string): Promise<void> {
    await this.#do({ method: 'POST', path: `/containers/${container}/pause` }, [])
  }

  /** Lets it go on; that it was not frozen, or is gone, is no trouble. @throws EngineTrouble */
  async unpause(container: string): Promise<void> {
    // Podman answers 500 for one that is not paused, Docker 409 (or 500 up to 20.10).
    const path = `/containers/${container}/unpause`
    await this.#do({ method: 'POST', path }, [304, 404, 409, 500])
  }

  /** Kills and removes it with its own volumes; idempotent. @throws EngineTrouble */
  async remove(container: string): Promise<void> {
    const query = { force: 'true', v: 'true' }
    // 409: somebody else is removing it in this moment.
    await this.#do({ method: 'DELETE', path: `/containers/${container}`, query }, [404, 409])
  }

  /** What it has put out from its beginning. @throws EngineTrouble */
  async logs(
    container: string,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ): Promise<Readable> {
    const { follow, signal } = options
    const query = { follow: String(follow), stdout: 'true', stderr: 'true' }
    return await this.#follow({
      method: 'GET',
      path: `/containers/${container}/logs`,
      query,
      signal,
    })
  }

  /** What happens to containers with these labels, from now on, as lines of JSON. @throws EngineTrouble */
  async events(labels: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Readable> {
    const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
    const filters = JSON.stringify({ type: ['container'], label })
    return await this.#follow({ method: 'GET', path: '/events', query: { filters }, signal })
  }

  /** Undefined when the engine does not have it. @throws EngineTrouble */
  async image(reference: string): Promise<ImageFacts | undefined> {
    const request = { method: 'GET', path: `/images/${reference}/json` } as const
    const reply = await this.#ask(request)
    if (reply.status === 404) return undefined
    return IMAGE.parse(parsed(request, reply))
  }

  /** Fetches an image from its registry. @throws EngineTrouble with what the registry said */
  async pull(reference: string, signal: AbortSignal): Promise<void> {
    const query = { fromImage: reference }
    const request = { method: 'POST', path: '/images/create', query, signal } as const
    const reply = await this.#ask(request)
    if (reply.status >= 300) throw refusal(request, reply)
    // It has answered 200 before it knew; how it ended stands in the last lines.
    const failure = /"error"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(reply.text)?.[1]
    if (failure === undefined) return
    throw new EngineTrouble(String(JSON.parse(failure)), { status: 502 })
  }

  /** Makes a network; one of that name already there is as good. @throws EngineTrouble */
  async createNetwork(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    const path = `/networks/${name}`
    if ((await this.#ask({ method: 'GET', path })).status === 200) return
    const body = { Name: name, CheckDuplicate: true, Labels: labels }
    await this.#do({ method: 'POST', path: '/networks/create', body }, [409])
  }

  /** The labels of a network; undefined when there is none. @throws EngineTrouble */
  async networkLabels(name: string): Promise<Readonly<Record<string, string>> | undefined> {
    const request = { method: 'GET', path: `/networks/${name}` } as const
    const reply = await this.#ask(request)
    if (reply.status === 404) return undefined
    return NETWORK.parse(parsed(request, reply)).Labels ?? {}
  }

  /** Removes a network unless somebody uses it. @throws EngineTrouble */
  async removeNetwork(name: string): Promise<void> {
    // Docker answers 403 and Podman 409 or 500 while containers are in it; then it stays.
    await this.#do({ method: 'DELETE', path: `/networks/${name}` }, [403, 404, 409, 500])
  }

  /** Puts a container into one more network. @throws EngineTrouble */
  async connect(network: string, container: string, aliases: readonly string[]): Promise<void> {
    const body = { Container: container, EndpointConfig: { Aliases: aliases } }
    await this.#do({ method: 'POST', path: `/networks/${network}/connect`, body }, [])
  }

  /** Breaks off whatever is under way; nothing is asked afterwards. Idempotent. */
  close(): void {
    this.#isClosed = true
    this.#forget()
  }

  async #do(request: EngineRequest, allowed: readonly number[]): Promise<void> {
    const reply = await this.#ask(request)
    if (reply.status >= 300 && !allowed.includes(reply.status)) throw refusal(request, reply)
  }

  async #ask(request: EngineRequest): Promise<EngineReply> {
    return await this.#with((connection) => connection.link.ask(placed(connection, request)))
  }

  async #follow(request: EngineRequest): Promise<Readable> {
    return await this.#with((connection) => connection.link.follow(placed(connection, request)))
  }

  /** Asks through the connection; one that has broken is looked for anew the next time. */
  async #with<Result>(ask: (connection: Connection) => Promise<Result>): Promise<Result> {
    this.#connection ??= this.#connect()
    const mine = this.#connection
    try {
      return await ask(await mine)
    } catch (error) {
      const isLost = error instanceof EngineTrouble && error.isUnavailable
      if (isLost && this.#connection === mine) this.#forget()
      throw error
    }
  }

  #forget(): void {
    const lost = this.#connection
    this.#connection = undefined
    // One that never came about has told those who waited for it.
    lost?.then(({ link }) => link.close()).catch(() => undefined)
  }

  async #connect(): Promise<Connection> {
    if (this.#isClosed) throw new EngineTrouble('The way to the container engine is closed.')
    const { path, problem } = findSocket(this.#settings)
    if (path === undefined) throw new EngineTrouble(problem)
    const link = await EngineLink.open(path)
    try {
      const request = { method: 'GET', path: '/version' } as const
      const { ApiVersion } = VERSION.parse(parsed(request, await link.ask(request)))
      return { link, prefix: `/v${usableVersion(ApiVersion)}` }
    } catch (error) {
      link.close()
      throw error
    }
  }
}

function placed({ prefix }: Connection, request: EngineRequest): EngineRequest {
  return { ...request, path: `${prefix}${request.path}` }
}

function usableVersion(offered: string): string {
  const [major = 0, minor = 0] = offered.split('.').map(Number)
  const [most, mostMinor] = VERSION_MAX
  const isNewer = major > most || (major === most && minor > mostMinor)
  return isNewer ? VERSION_MAX.join('.') : offered
}

/** Docker says 409; Podman, up to 4.x, 500 or 409, always with these words. */
function isNameTaken({ status, text }: EngineReply): boolean {
  return status >= 400 && /already in use/.test(text)
}

function parsed(request: EngineRequest, reply: EngineReply): unknown {
  if (reply.status >= 300) throw refusal(request, reply)
  try {
    return JSON.parse(reply.text)
  } catch (error) {
    const said = `The engine's answer to ${request.path} is not JSON.`
    throw new EngineTrouble(said, { status: reply.status, cause: error })
  }
}
