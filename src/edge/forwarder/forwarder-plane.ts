/**
 * The built-in data plane as daemons use it: each front is carried by a process of its own that
 * outlives them. The listening socket of a front is inherited from who holds its port, so that a crash
 * of the process refuses nobody: clients queue until it is there again, with all that it was told.
 */
import { readdirSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { socketPathOf } from '../../channel/socket-path.ts'
import { plainEnvironment, startDetached } from '../../channel/start-detached.ts'
import { Fault } from '../../core/fault/fault.ts'
import { withListenPid } from '../../core/port/listen-variables.ts'
import { digestOfText } from '../../core/units/digest.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Backend, DataPlane, RoutedBackend } from '../../seams/data-plane.ts'
import type { PortSpawner } from '../../seams/port-broker.ts'
import type { Access } from './access.ts'
import { ForwarderLine, UNHEARD } from './forwarder-line.ts'
import type { FrontLook } from './forwarder-words.ts'
import { canBecome, type FrontDefinition } from './front.ts'
import { FrontProcess } from './front-process.ts'

/** As written, or as built. */
const PROGRAM = join(import.meta.dirname, `../../main-forwarder${extname(import.meta.filename)}`)

/** How long a process may take to be there. @unit ms */
const START_MS = 15_000

/** What a plane is made with. */
export interface ForwarderPlaneOptions {
  /** For the processes' sockets: the workspace's folder of ports. */
  readonly folder: string
  /** Starts processes that inherit held sockets. Absent: a process listens by itself. */
  readonly spawner?: PortSpawner
  readonly clock: Clock
  /** One line for the daemon's log: who was not let in, what was started again. */
  readonly log: (line: string) => void
  /** How long a process without a front waits for a daemon. @unit ms @default 60 s */
  readonly idleMs?: number
  /** @unit ms @default 15 s */
  readonly startMs?: number
}

/** A front, and the leases whose held sockets its process is to inherit. */
export interface PlaneFront extends FrontDefinition {
  /** Given by `descriptor`. Absent or empty: its process listens by itself. */
  readonly leases?: readonly string[]
}

/** The data plane. */
export class ForwarderPlane implements DataPlane {
  readonly name = 'forwarder'
  readonly #options: ForwarderPlaneOptions
  readonly #fronts = new Map<string, FrontProcess>()
  readonly #listeners = new Set<() => void>()
  #access: Access = { policies: [], processes: [] }

  constructor(options: ForwarderPlaneOptions) {
    this.#options = options
  }

  /**
   * Resolves once clients may come. A process that an earlier daemon has started is found, and keeps
   * its backends. Quiet when it is open. One whose TLS cannot be had is shut, and opens once that can.
   *
   * @throws data-plane-failed when it cannot listen, speaks another version, or is open in another way
   */
  async open(front: PlaneFront): Promise<void> {
    const { leases = [], ...definition } = front
    const known = this.#fronts.get(front.name)
    if (known !== undefined && !canBecome(known.definition, definition)) {
      throw failed('open a front', front.name, 'it is open in another way; close that first')
    }
    const process = known ?? this.#processOf(definition, leases)
    this.#fronts.set(front.name, process)
    try {
      await process.open(definition)
    } catch (error) {
      if (known === undefined) {
        process.leave()
        this.#fronts.delete(front.name)
      }
      throw error
    }
  }

  /** Ends a front and every connection there, and its process. Quiet when there is none. */
  async close(front: string): Promise<void> {
    const process = this.#fronts.get(front)
    this.#fronts.delete(front)
    await process?.close()
  }

  /** What fronts were told last of who may come in. */
  get access(): Access {
    return this.#access
  }

  /** From now on these rules count at every front, and these processes are known. */
  async setAccess(access: Access): Promise<void> {
    this.#access = access
    await Promise.all([...this.#fronts.values()].map((front) => front.setAccess(access)))
  }

  /** What a front has carried since its process began; undefined when it is not open here. */
  async look(front: string): Promise<FrontLook | undefined> {
    return await this.#fronts.get(front)?.look()
  }

  /** The process that carries a front, if it is there. */
  pidOf(front: string): number | undefined {
    return this.#fronts.get(front)?.pid
  }

  /** Why a front lets nobody in, though its process is there; undefined: it does. */
  shutBecause(front: string): string | undefined {
    return this.#fronts.get(front)?.shut
  }

  /** Told when a process is there again, and when one begins or ends to let nobody in. @returns stops */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * The fronts of all processes of this workspace, also of those that nobody here has opened: an
   * earlier daemon may have left them. `open` takes one over, and then `close` ends it. Whoever asks
   * is the daemon from then on, so that only the holder of the workspace's lock may.
   */
  async found(): Promise<readonly FrontDefinition[]> {
    const sample = this.#pathOf('')
    const [start = ''] = basename(sample).split('forwarder-')
    const names = readdirSync(dirname(sample)).filter(
      (name) => name.startsWith(`${start}forwarder-`) && name.endsWith('.sock'),
    )
    const own = new Set([...this.#fronts.keys()].map((front) => basename(this.#pathOf(front))))
    const strange = names.filter((name) => !own.has(name))
    const { log } = this.#options
    const looks = strange.map((name) => lookAt(join(dirname(sample), name), log))
    const others = (await Promise.all(looks)).flat()
    return [...[...this.#fronts.values()].map(({ definition }) => definition), ...others]
  }

  /** Lets go of every process; they go on as they are. Idempotent. */
  leave(): void {
    for (const front of this.#fronts.values()) front.leave()
    this.#fronts.clear()
  }

  async route(front: string, backend: Backend): Promise<void> {
    await this.#front(front).route(backend)
  }

  async drain(front: string, backend: Backend): Promise<void> {
    await this.#front(front).drain(backend)
  }

  async inFlight(front: string, { id }: Backend): Promise<number | undefined> {
    const look = await this.look(front)
    return look?.counts.backends.find((one) => one.id === id)?.inFlight ?? 0
  }

  async remove(front: string, backend: Backend): Promise<void> {
    await this.#front(front).remove(backend)
  }

  async backends(front: string): Promise<readonly RoutedBackend[]> {
    const look = await this.look(front)
    const all = look?.counts.backends ?? []
    return all.map(({ id, address, port, state }) => ({ id, address, port, state }))
  }

  #processOf(definition: FrontDefinition, leases: readonly string[]): FrontProcess {
    const { clock, log, startMs = START_MS } = this.#options
    const path = this.#pathOf(definition.name)
    return new FrontProcess({
      path,
      definition,
      clock,
      log,
      startMs,
      access: () => this.#access,
      start: () => this.#start(path, leases),
      onChanged: () => {
        for (const listener of this.#listeners) listener()
      },
    })
  }

  async #start(path: string, leases: readonly string[]): Promise<void> {
    const { spawner, folder, idleMs = 60_000 } = this.#options
    const words = [PROGRAM, path, String(idleMs), folder]
    if (spawner === undefined || leases.length === 0) {
      startDetached(words)
      return
    }
    await spawner.spawn({
      leases,
      command: withListenPid([process.execPath, ...words]),
      cwd: '/',
      env: plainEnvironment(),
      err: join(folder, 'forwarder.err'),
    })
  }

  #pathOf(front: string): string {
    const digest = digestOfText(front).slice('sha256:'.length, 'sha256:'.length + 12)
    return socketPathOf(this.#options.folder, `forwarder-${digest}`)
  }

  #front(name: string): FrontProcess {
    const front = this.#fronts.get(name)
    if (front !== undefined) return front
    throw failed('move traffic', name, 'there is no such front; open it first')
  }
}

function failed(operation: string, subject: string, hint: string): Fault {
  return new Fault({ code: 'data-plane-failed', operation, subject, hint })
}

/** Looks without staying. One that is dead has nothing to tell, one of another version is told of. */
async function lookAt(
  path: string,
  log: (line: string) => void,
): Promise<readonly FrontDefinition[]> {
  try {
    const line = await ForwarderLine.open(path, UNHEARD)
    const answer = await line?.ask({ do: 'look' })
    line?.close()
    return answer?.says === 'look' ? answer.fronts.map(({ definition }) => definition) : []
  } catch (error) {
    log(`What listens at ${path} could not be asked: ${String(error)}`)
    return []
  }
}
