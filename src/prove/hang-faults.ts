/**
 * Components that hang: every process of one is stopped where it stands (SIGSTOP). It keeps its port,
 * its connections and its locks, and answers nothing, which is what a dead machine or a long pause
 * looks like; whoever asks only whether the port accepts is told that all is well.
 */
import type { Injected, InjectedFault } from './fault.ts'
import { comparing, type Promises } from './promises.ts'
import { signalAll } from './signal-all.ts'
import type { Trial } from './trial.ts'

/** Probes that look at the process itself, which is there even though it hangs. */
const OWN_PROCESS: readonly string[] = ['exit', 'log', 'notify', 'file']

/** One fault for every running component. */
export function hangFaults(trial: Trial, promises: Promises): readonly InjectedFault[] {
  return trial.running().map(({ name: stage }) => ({
    name: `${stage} hangs`,
    hit: stage,
    mustNotice: [
      ...promises.conditions.filter(
        (one) => one.stage === stage && !OWN_PROCESS.includes(one.probe),
      ),
      ...comparing(promises, { stage }),
    ],
    inject: () => hang(trial, stage),
  }))
}

async function hang(trial: Trial, stage: string): Promise<Injected> {
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
