/**
 * Components held where they stand: a container is paused by its engine, and every process of anything
 * else is stopped (SIGSTOP). It keeps its port, its connections and its locks, and does nothing.
 */
import type { Injected } from './fault.ts'
import { signalAll } from './signal-all.ts'
import type { Trial } from './trial.ts'

/** Holds one component. */
export async function hold(trial: Trial, stage: string): Promise<Injected> {
  if (!trial.isContainer(stage)) return await stopProcesses(trial, stage)
  const { containers } = trial
  const subject = trial.subjectOf(stage)
  if (containers === undefined) return { untried: 'its container engine cannot be reached' }
  try {
    const count = await containers.pause(subject)
    if (count === 0) return { untried: 'no container of it was found' }
    return { heal: () => containers.unpause(subject) }
  } catch (error) {
    // Where the engine manages no cgroups it can pause nothing, but its processes may be seen.
    const stopped = await stopProcesses(trial, stage)
    if ('heal' in stopped) return stopped
    const said = error instanceof Error ? error.message : String(error)
    return { untried: `its container could not be paused: ${said}` }
  }
}

/** Holds every component but one, such as the server whose clients are to do nothing. */
export async function holdAllBut(trial: Trial, spared: string): Promise<Injected> {
  const heals: (() => Promise<void>)[] = []
  const heal = async (): Promise<void> => {
    for (const one of heals.splice(0).reverse()) await one()
  }
  for (const { name } of trial.running()) {
    if (name === spared) continue
    const held = await hold(trial, name)
    if ('untried' in held) {
      await heal()
      return { untried: `${name} could not be paused: ${held.untried}` }
    }
    heals.push(held.heal)
  }
  return { heal }
}

async function stopProcesses(trial: Trial, stage: string): Promise<Injected> {
  const pids = await trial.pidsOf(stage)
  if (pids.length === 0) return { untried: 'no process of it was found' }
  const goOn = (): void => signalAll(pids, 'SIGCONT')
  try {
    signalAll(pids, 'SIGSTOP')
  } catch (error) {
    goOn()
    throw error
  }
  return { heal: async () => goOn() }
}
