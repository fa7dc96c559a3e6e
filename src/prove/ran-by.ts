/** What a stage of a plan runs, and which starts are of it: one of several copies has a stage of its own. */
import type { Plan } from '../core/plan/plan.ts'
import type { ComponentView } from '../server/wire.ts'

/** What runtimes know it by. */
export interface Ran {
  readonly subject: string
  /** Absent: whatever of the subject runs. */
  readonly copy?: number
}

/** What a stage runs. */
export function ranBy({ stages, contract }: Plan, stage: string): Ran {
  const { subject, copy } = stages.find(({ name }) => name === stage)?.command?.input ?? {}
  return {
    subject: typeof subject === 'string' ? subject : `${contract.name}/${stage}`,
    ...(typeof copy === 'number' ? { copy } : {}),
  }
}

/** Whether a start, or a process of it, is of what a stage runs. @param views every start that is known */
export function isOf(
  { subject, copy }: Ran,
  one: Pick<ComponentView, 'subject' | 'instance'>,
  views: readonly ComponentView[],
): boolean {
  if (one.subject !== subject || copy === undefined) return one.subject === subject
  const view = views.find(({ instance }) => instance === one.instance)
  return view !== undefined && (view.copy ?? 1) === copy
}
