/**
 * Components that hang: every process of one is stopped where it stands (SIGSTOP). It keeps its port,
 * its connections and its locks, and answers nothing, which is what a dead machine or a long pause
 * looks like; whoever asks only whether the port accepts is told that all is well.
 */
import type { InjectedFault } from './fault.ts'
import { comparing, type Promises } from './promises.ts'
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
    inject: async () => {
      const pids = await trial.pidsOf(stage)
      signalAll(pids, 'SIGSTOP')
      return async () => signalAll(pids, 'SIGCONT')
    },
  }))
}

/** Sends a signal to all that are still there. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
