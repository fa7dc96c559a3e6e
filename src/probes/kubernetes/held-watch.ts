/**
 * Watches that are held for as long as somebody wants to know of changes. They only tell that asking
 * again is worth while; where a cluster cannot be watched, it is left to be polled.
 */
import { ClusterSession } from './cluster-session.ts'
import { objectPath, slicesPath } from './kinds.ts'
import type { KubernetesInput } from './kubernetes-input.ts'
import type { LoadedKubeConfig } from './load-kube-config.ts'
import { findPlace } from './look-at.ts'

/** How long to wait before a watch that ended, or never came about, is opened again. @unit ms */
const REOPEN_MS = 1_000

/** Holds watches until it is closed. */
export class HeldWatch {
  readonly #closing = new AbortController()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #changed: () => void

  constructor(input: KubernetesInput, load: () => Promise<LoadedKubeConfig>, changed: () => void) {
    this.#changed = changed
    void this.#hold(async (signal) => {
      const loaded = await load()
      if ('reason' in loaded) return
      const session = new ClusterSession(loaded.config, loaded.server)
      const namespace = input.namespace ?? loaded.namespace
      const paths = await findPaths(session, input, namespace, signal)
      await Promise.all(paths.map((path) => session.follow(path, signal, () => this.#heard())))
    })
  }

  /** Idempotent. */
  close(): void {
    this.#closing.abort()
    for (const timer of this.#timers) clearTimeout(timer)
  }

  async #hold(watch: (signal: AbortSignal) => Promise<void>): Promise<void> {
    await watch(this.#closing.signal)
    if (this.#closing.signal.aborted) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void this.#hold(watch)
    }, REOPEN_MS)
    timer.unref()
    this.#timers.add(timer)
  }

  #heard(): void {
    if (!this.#closing.signal.aborted) this.#changed()
  }
}

/** The paths to watch: a collection, narrowed to the one object, and the slices of its Service. */
async function findPaths(
  session: ClusterSession,
  input: KubernetesInput,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const place = await findPlace(session, input, signal)
  const paths: string[] = []
  if (place !== undefined && 'plural' in place) {
    const object = objectPath(place, namespace, input.name)
    const collection = object.slice(0, object.lastIndexOf('/'))
    const only = encodeURIComponent(`metadata.name=${input.name}`)
    paths.push(`${collection}?watch=true&fieldSelector=${only}`)
  }
  if (input.endpoints !== undefined) {
    paths.push(`${slicesPath(namespace, input.endpoints.service)}&watch=true`)
  }
  return paths
}
