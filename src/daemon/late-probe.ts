/**
 * Probes whose code is loaded when they are first asked, so that a daemon does not wait at its start for
 * what its contracts may never ask. What was not asked for is loaded a while later all the same: a
 * program that is replaced on the disk must not be loaded in halves.
 */
import type { Probe } from '../seams/probe.ts'

/** When everything is loaded, asked for or not. @unit ms */
const LOAD_ALL_MS = 60_000

/** A probe that is loaded late. */
export interface LateProbe {
  /** The name by which contracts call it. */
  readonly kind: string
  /** Whether it tells of changes by itself. */
  readonly watches: boolean
  load(): Promise<Probe>
}

/** Stands for these probes from now on. */
export function lateProbes(
  probes: readonly LateProbe[],
  allMs: number = LOAD_ALL_MS,
): readonly Probe[] {
  const late = probes.map((probe) => ({ ...probe, load: once(probe.load) }))
  const loadAll = (): void => {
    // Who cannot be loaded says so when asked.
    for (const { load } of late) load().catch(() => undefined)
  }
  setTimeout(loadAll, allMs).unref()
  return late.map(standIn)
}

function standIn({ kind, watches, load }: LateProbe): Probe {
  const ask: Probe['ask'] = async (asking) => await (await load()).ask(asking)
  // A probe that cannot watch is polled.
  if (!watches) return { kind, ask }
  const watch: Probe['watch'] = (asking, changed) => {
    const letGo = new AbortController()
    const begin = (probe: Probe): void => {
      if (letGo.signal.aborted) return
      const stop = probe.watch?.(asking, changed)
      letGo.signal.addEventListener('abort', () => stop?.(), { once: true })
    }
    load().then(begin, () => undefined)
    return () => letGo.abort()
  }
  return { kind, ask, watch }
}

/** Makes it once; should that fail, the next one who wants it tries again. */
function once(make: () => Promise<Probe>): () => Promise<Probe> {
  let made: Promise<Probe> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}
