/** The other end of the world: begins a ramp in it, and collects when each node started and was ready. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { WorldSays } from '../programs/world.ts'
import { heard } from './words.ts'

/** When each node's first instruction ran, and when it was ready. @unit ms, monotonic */
export interface Instants {
  readonly started: Map<string, number>
  readonly ready: Map<string, number>
}

/** The world in another process. */
export class World {
  readonly #child: ChildProcess
  readonly #port: number
  #instants: Instants = { started: new Map(), ready: new Map() }

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.#port = port
    child.on('message', (words: WorldSays) => {
      if (words.says === 'started' || words.says === 'ready') {
        this.#instants[words.says].set(words.name, words.atMs)
      }
    })
  }

  /** Starts it. */
  static async start(): Promise<World> {
    const child = fork(join(import.meta.dirname, '../programs/world.ts'))
    const { port } = await heard<WorldSays, 'listening'>(child, 'listening')
    return new World(child, port)
  }

  /** Where a node says over HTTP whether it is ready. */
  urlOf(name: string): string {
    return `http://127.0.0.1:${this.#port}/${name}`
  }

  /** Begins a ramp whose pipes are made in a folder. What is returned fills as it goes on. */
  async begin(folder: string, serviceMs: Readonly<Record<string, number>>): Promise<Instants> {
    this.#instants = { started: new Map(), ready: new Map() }
    const begun = heard<WorldSays, 'begun'>(this.#child, 'begun')
    this.#child.send({ folder, serviceMs })
    await begun
    return this.#instants
  }

  /** Resolves when something of that name says that it runs. @unit ms, monotonic */
  started(name: string): Promise<number> {
    return new Promise((resolve) => {
      const look = (words: WorldSays): void => {
        if (words.says !== 'started' || words.name !== name) return
        this.#child.off('message', look)
        resolve(words.atMs)
      }
      this.#child.on('message', look)
    })
  }

  /** Ends it. */
  async close(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.disconnect()
    await ended
  }
}

/** The program of a node: says that it runs, says `ready` when the world made it so, and stays. */
export function nodeCommand(folder: string, name: string): readonly string[] {
  const script = `echo ${name} > '${folder}/announced'
read -r line < '${folder}/${name}'
echo ready
exec sleep 600`
  return ['/bin/sh', '-c', script]
}
