/**
 * The daemon's side of the spawner: has wrappers spawned by it, and spawns them itself while there
 * is none, when it refuses, and when it dies in between. Doing both is harmless: of two wrappers of
 * one start only one takes the claim.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { extname, join } from 'node:path'
import { type SpawnRequest, spawnWrapper } from '../spawn.ts'
import { type Spawned, type SpawnedEnd, spawnedHere } from './spawned.ts'
import type { SpawnerHears, SpawnerSays } from './spawner-words.ts'

/** Beside this file, as written or as built. */
const PROGRAM = join(import.meta.dirname, `spawner-program${extname(import.meta.filename)}`)

/** Not at once: until then this process has better things to do, such as to be reached. */
const WARM_MS = 100

/** Who takes longer is not waited for. */
const ANSWER_MS = 10_000

/** Has wrappers spawned. */
export class Spawner {
  readonly #warming = setTimeout(() => this.#start(), WARM_MS).unref()
  #helper: Helper | undefined
  #isClosed = false

  /**
   * Spawns, and answers as soon as the system has accepted or refused.
   *
   * @throws the system's own error (EAGAIN, ENOMEM, …) when it refused
   */
  async spawn(request: SpawnRequest): Promise<Spawned> {
    const answer = (await this.#helper?.spawn(request)) ?? 'not-asked'
    if (typeof answer === 'object') return answer
    const child = await spawnWrapper(request)
    // Afterwards: also this fork takes its time, and the component does not wait for it.
    setImmediate(() => this.#start())
    return spawnedHere(child, answer === 'lost')
  }

  /** Lets the helper end; what was spawned goes on. Idempotent. */
  close(): void {
    this.#isClosed = true
    clearTimeout(this.#warming)
    this.#helper?.close()
    this.#helper = undefined
  }

  #start(): void {
    if (this.#isClosed || this.#helper !== undefined) return
    try {
      const helper = new Helper(() => {
        if (this.#helper === helper) this.#helper = undefined
      })
      this.#helper = helper
    } catch {
      // No memory or descriptors for it: whatever is started meets the same, and tells of it.
    }
  }
}

/** A wrapper, or why there is none: `lost` says that there may be one all the same. */
type Answer = Spawned | 'not-asked' | 'refused' | 'lost'

/** One process that spawns, from its start to its end. */
class Helper {
  readonly #process: ChildProcess
  readonly #asked = new Map<number, (answer: Answer) => void>()
  readonly #ended = new Map<number, (end: SpawnedEnd | undefined) => void>()
  readonly #gone: () => void
  #isReady = false
  #isGone = false
  #lastId = 0

  constructor(gone: () => void) {
    this.#gone = gone
    this.#process = fork(PROGRAM, [], {
      cwd: '/',
      // Nothing of ours: whoever looks at it finds no secrets.
      env: { ...cacheVariables() },
      execArgv: [],
      // What is sent to the daemon's group is not meant for it: it ends with its daemon.
      detached: true,
      stdio: 'ignore',
    })
    this.#process.on('message', (words: SpawnerSays) => this.#hear(words))
    // Later than its end, when all that it has said was heard.
    this.#process.once('disconnect', () => this.#lose())
    // Not started, or not reached: the same as having ended, since we spawn then.
    this.#process.on('error', () => this.#lose())
    this.#process.unref()
    this.#process.channel?.unref()
  }

  /** Has it spawn. */
  async spawn(request: SpawnRequest): Promise<Answer> {
    if (!this.#isReady || this.#isGone) return 'not-asked'
    this.#lastId += 1
    const id = this.#lastId
    const { promise, resolve } = Promise.withResolvers<Answer>()
    this.#asked.set(id, resolve)
    const late = setTimeout(() => this.close(), ANSWER_MS)
    this.#process.send({ id, request } satisfies SpawnerHears)
    const answer = await promise
    clearTimeout(late)
    return answer
  }

  /** Lets it end. Idempotent. */
  close(): void {
    if (this.#process.connected) this.#process.disconnect()
    this.#lose()
  }

  #hear(words: SpawnerSays): void {
    if (words.says === 'ready') {
      this.#isReady = true
    } else if (words.says === 'ended') {
      this.#ended.get(words.id)?.({ code: words.code, signal: words.signal })
      this.#ended.delete(words.id)
    } else {
      this.#asked.get(words.id)?.(words.says === 'spawned' ? this.#spawned(words) : 'refused')
      this.#asked.delete(words.id)
    }
  }

  #spawned({ id, pid }: { readonly id: number; readonly pid: number }): Spawned {
    const { promise, resolve } = Promise.withResolvers<SpawnedEnd | undefined>()
    this.#ended.set(id, resolve)
    return { pid, isContended: false, ended: promise }
  }

  #lose(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#gone()
    for (const answer of this.#asked.values()) answer('lost')
    for (const end of this.#ended.values()) end(undefined)
    this.#asked.clear()
    this.#ended.clear()
  }
}

/** Where compiled code is kept already, so that it need not compile itself anew. */
function cacheVariables(): Readonly<Record<string, string>> {
  const folder = getCompileCacheDir()
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: join(folder, '..') }
}
