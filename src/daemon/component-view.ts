/** One start as people and machines are shown it, whichever runtime has it. */
import type { ProcessState } from '../seams/processes.ts'
import type { ComponentView } from '../server/wire.ts'

/** What is known of a start besides its state. */
export type MeantStart = Pick<ComponentView, 'subject' | 'instance' | 'ports'> & {
  readonly copy?: ComponentView['copy'] | undefined
  readonly protocols?: ComponentView['protocols'] | undefined
}

/** It in its state. What is not known is left out. */
export function componentView(
  { subject, instance, ports, copy, protocols }: MeantStart,
  { pid, status, startedAtMs: sinceMs, endedAtMs, code, signal }: ProcessState,
): ComponentView {
  return {
    subject,
    instance,
    ...(copy === undefined ? {} : { copy }),
    pid,
    status,
    ports,
    ...(protocols === undefined ? {} : { protocols }),
    sinceMs,
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
    ...(code === undefined ? {} : { code }),
    ...(signal === undefined ? {} : { signal }),
  }
}
