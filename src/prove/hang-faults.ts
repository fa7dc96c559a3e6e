/**
 * Components that hang: one is held where it stands, which is what a dead machine or a long pause looks
 * like; whoever asks only whether the port accepts is told that all is well.
 */
import type { InjectedFault } from './fault.ts'
import { hold } from './hold.ts'
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
    inject: () => hold(trial, stage),
  }))
}
