/**
 * Proves the exit conditions of an environment: makes each of its promises false in a copy, and sees
 * whether anything tells. A condition that never tells proves nothing when it passes.
 */
import { crashEverything, impersonate } from './crash-fault.ts'
import type { InjectedFault } from './fault.ts'
import { fileFaults } from './file-faults.ts'
import { hangFaults } from './hang-faults.ts'
import { askedRedises, loadForever } from './loading-fault.ts'
import { postgresFaults } from './postgres-faults.ts'
import { promisesOf } from './promises.ts'
import { type Proof, proofOf, type Sighting } from './proof.ts'
import { redisFaults } from './redis-faults.ts'
import { sight } from './sighting.ts'
import { tlsFaults } from './tls-faults.ts'
import type { Trial } from './trial.ts'
import { workFaults } from './work-faults.ts'

/** What a proof may be told. */
export interface ProveOptions {
  /** How long conditions have to notice. @unit ms */
  readonly withinMs: number
  /** Told of what is being tried, and of what came of it. */
  trying(fault: string): void
  seen(sighting: Sighting): void
  /** Aborted when the proof is to be broken off between two faults. */
  readonly signal: AbortSignal
}

/** Proves an environment that is up, and leaves it killed: it is to be taken down afterwards. */
export async function proveEnvironment(trial: Trial, options: ProveOptions): Promise<Proof> {
  const promises = promisesOf(trial.plan)
  const { withinMs, trying, seen, signal } = options
  const sightings: Sighting[] = []
  const keep = (sighting: Sighting): void => {
    sightings.push(sighting)
    seen(sighting)
  }
  const faults: readonly InjectedFault[] = [
    ...hangFaults(trial, promises),
    ...(await postgresFaults(trial, promises)),
    ...(await redisFaults(trial, promises)),
    ...(await workFaults(trial, promises)),
    ...(await tlsFaults(trial, promises)),
    ...(await fileFaults(trial, promises)),
  ]
  for (const fault of faults) {
    signal.throwIfAborted()
    trying(fault.name)
    keep(await sight(trial, fault, { edges: promises.edges, withinMs }))
  }
  signal.throwIfAborted()
  const redises = await askedRedises(trial, promises)
  trying('everything is killed')
  keep(await crashEverything(trial, promises, withinMs))
  trying('strangers answer instead')
  for (const sighting of await impersonate(trial, promises, withinMs)) keep(sighting)
  for (const sighting of await loadForever(trial, redises, withinMs)) keep(sighting)
  return proofOf(promises, sightings)
}
