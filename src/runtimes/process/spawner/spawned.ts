/** A wrapper that was spawned, by this process or by the spawner: who it is, and how it will end. */
import type { ChildProcess } from 'node:child_process'

/** How a wrapper ended, as its parent saw it. */
export interface SpawnedEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A wrapper that was spawned. */
export interface Spawned {
  readonly pid: number
  /** Whether another wrapper of the same start may be under way: only the claim then tells which. */
  readonly isContended: boolean
  /** Undefined when its parent is gone: then nobody will see the end but who looks for it. */
  readonly ended: Promise<SpawnedEnd | undefined>
}

/** A child of this process as a spawned wrapper. */
export function spawnedHere(child: ChildProcess, isContended: boolean): Spawned {
  const ended = new Promise<SpawnedEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  return { pid: child.pid ?? 0, isContended, ended }
}
