/**
 * Notices ends. While the wrapper's parent is there, the daemon or its spawner, by the child's
 * `exit` event; for re-adopted instances by watching the folder for the `exit` file. A check once a
 * second is the net beneath both. It never ends anything.
 */
import { type FSWatcher, watch } from 'node:fs'
import { parseExitCode } from '../subject/exit-code.ts'
import type { Instance } from './instance.ts'
import { readClaim, readEnd, writeEnd } from './instance-folder.ts'
import type { Kernel } from './kernel/kernel.ts'
import { findMembers } from './members.ts'
import type { Ended } from './record.ts'
import type { Spawned, SpawnedEnd } from './spawner/spawned.ts'

const NET_MS = 1_000
const RECHECK_FIRST_MS = 5

/** What the supervisor needs. */
export interface SupervisorNeeds {
  readonly kernel: Kernel
  readonly nowMs: () => number
  /** Something was written into the folder of an instance, or it has ended. */
  readonly stirred: (instance: Instance) => void
  /** Told of what goes wrong inside an event, where nobody waits for an answer. */
  readonly onTrouble: (error: unknown) => void
}

/** Watches instances until they have ended. */
export class Supervisor {
  readonly #needs: SupervisorNeeds
  readonly #watched = new Map<Instance, FSWatcher>()
  /** Instances whose end the wrapper's parent will tell. */
  readonly #parented = new Set<Instance>()
  /** Instances that have written and are about to be looked after. */
  readonly #stirring = new Set<Instance>()
  readonly #net: NodeJS.Timeout
  #isClosed = false

  constructor(needs: SupervisorNeeds) {
    this.#needs = needs
    this.#net = setInterval(() => this.#checkAll(), NET_MS)
    this.#net.unref()
  }

  /** Stops watching; what runs goes on running. Idempotent. */
  close(): void {
    this.#isClosed = true
    clearInterval(this.#net)
    for (const watcher of this.#watched.values()) watcher.close()
    this.#watched.clear()
    this.#parented.clear()
  }

  /** Watches an instance that an earlier daemon started, or that is not yet claimed. */
  adopt(instance: Instance): void {
    this.#watchFolder(instance)
    this.check(instance)
  }

  /** Watches an instance whose wrapper's parent, this process or the spawner, will tell its end. */
  parent(instance: Instance, spawned: Spawned): void {
    this.#watchFolder(instance)
    this.#parented.add(instance)
    const { pid } = spawned
    void spawned.ended.then((end) => {
      this.#parented.delete(instance)
      this.#safely(() => {
        // Its parent is gone: from now on it is watched as one that was taken over.
        if (end === undefined) this.check(instance)
        else this.#childEnded(instance, { pid, ...end })
      })
    })
  }

  /** Reads who the wrapper is from its claim, when that is not known yet. */
  identify(instance: Instance): void {
    if (instance.identity !== undefined) return
    const claim = readClaim(instance.path)
    instance.identity = claim === undefined ? undefined : this.#needs.kernel.parseClaim(claim)
  }

  /** Looks once, and ends the instance when it is gone. */
  check(instance: Instance): void {
    if (instance.ended !== undefined) return
    const { kernel } = this.#needs
    this.identify(instance)
    const written = readEnd(instance.path)
    if (written !== undefined) return this.end(instance, written)
    const { identity } = instance
    if (identity === undefined) return
    if (kernel.process(identity.pid)?.started === identity.started) return
    if (this.#survivors(instance) > 0) return
    // It may have written its code and ended between the two looks.
    const late = readEnd(instance.path)
    this.end(instance, late ?? { status: 'lost', endedAtMs: this.#needs.nowMs() })
  }

  /** Ends an instance, and remembers what no `exit` file tells. */
  end(instance: Instance, ended: Ended): void {
    // Its descendants may have written more since.
    if (instance.ended !== undefined) return this.#needs.stirred(instance)
    if (readEnd(instance.path) === undefined) writeEnd(instance.path, ended)
    this.#watched.get(instance)?.close()
    this.#watched.delete(instance)
    instance.end(ended)
    this.#needs.stirred(instance)
  }

  #watchFolder(instance: Instance): void {
    if (instance.ended !== undefined || this.#watched.has(instance)) return
    const watcher = watch(instance.path, { persistent: false }, (_, name) => {
      if (name === 'out' || name === 'err') this.#stirSoon(instance)
      else if (!this.#parented.has(instance)) this.#safely(() => this.check(instance))
    })
    // Without a watch (no more inotify watches, folder removed) the net alone remains.
    watcher.on('error', () => watcher.close())
    this.#watched.set(instance, watcher)
  }

  /** After the turn of whoever waits for a line, and the commit it leads to; once for many lines. */
  #stirSoon(instance: Instance): void {
    if (this.#stirring.has(instance)) return
    this.#stirring.add(instance)
    const stir = (): void => {
      this.#stirring.delete(instance)
      if (!this.#isClosed) this.#needs.stirred(instance)
    }
    setImmediate(() => setImmediate(stir))
  }

  #checkAll(): void {
    for (const instance of this.#watched.keys()) {
      this.#needs.stirred(instance)
      if (!this.#parented.has(instance)) this.#safely(() => this.check(instance))
    }
  }

  #childEnded(instance: Instance, child: SpawnedEnd & { readonly pid: number }): void {
    if (instance.ended !== undefined) return
    const claim = readClaim(instance.path)
    const claimer = claim === undefined ? undefined : this.#needs.kernel.parseClaim(claim)
    // Another wrapper of the same start was faster: that one is the instance.
    if (claimer !== undefined && claimer.pid !== child.pid) {
      instance.identity = claimer
      return this.check(instance)
    }
    const endedAtMs = this.#needs.nowMs()
    const written = readEnd(instance.path)
    if (written !== undefined) return this.end(instance, written)
    if (claimer === undefined) return this.end(instance, { status: 'lost', endedAtMs })
    if (child.code !== null) {
      return this.end(instance, { status: 'exited', ...parseExitCode(child.code), endedAtMs })
    }
    // The wrapper was killed; what it wrapped may live on, unseen by anybody but the kernel.
    this.#recheck(instance, RECHECK_FIRST_MS, child.signal ?? 'SIGKILL')
  }

  /** Looks often at first, since after a kill of the whole group the rest is gone in a moment. */
  #recheck(instance: Instance, delayMs: number, signal: string): void {
    if (instance.ended !== undefined) return
    if (this.#survivors(instance) === 0) {
      const endedAtMs = this.#needs.nowMs()
      // Later than this, the component outlived its wrapper, and nobody saw how it ended.
      const seen = delayMs <= RECHECK_FIRST_MS * 8
      const ended: Ended = seen
        ? { status: 'exited', signal, endedAtMs }
        : { status: 'lost', endedAtMs }
      return this.end(instance, ended)
    }
    if (delayMs >= NET_MS) return
    const again = (): void => this.#recheck(instance, delayMs * 2, signal)
    setTimeout(() => this.#safely(again), delayMs).unref()
  }

  /** Runs what an event asks for; events that come after closing are for the next daemon. */
  #safely(task: () => void): void {
    if (this.#isClosed) return
    try {
      task()
    } catch (error) {
      this.#needs.onTrouble(error)
    }
  }

  #survivors(instance: Instance): number {
    const { instance: name, workspace } = instance.record
    const query = { instance: name, workspace, leader: instance.identity, known: [], byMark: true }
    return findMembers(this.#needs.kernel, query).length
  }
}
