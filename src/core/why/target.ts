/** Whom a question asks: the stage itself, another stage of the plan, or something outside. */
import type { Plan } from '../plan/plan.ts'
import type { Question } from '../plan/question.ts'

/** Probes that look at the stage's own process and name no address. */
const OWN_PROBES = new Set(['exit', 'log', 'notify'])

/** The stage that a question asks; null when it asks something outside the plan. */
export function targetOf(plan: Plan, stage: string, question: Question | undefined): string | null {
  if (question?.ask !== 'probe') return null
  if (OWN_PROBES.has(question.probe)) return stage
  const text = JSON.stringify(question.input)
  const other = /\bcomponent\(\\?["']([\w/-]+)/.exec(text)?.[1]
  if (other !== undefined) return stageOfComponent(plan, stage, other)
  return /\bself\b/.test(text) ? stage : null
}

/** The stage of a component, in the same group if it is in several. */
function stageOfComponent(plan: Plan, from: string, component: string): string | null {
  const named = plan.stages.filter(
    ({ name }) => name === component || name.endsWith(`/${component}`),
  )
  const group = plan.stages.find(({ name }) => name === from)?.group
  return (named.find((stage) => stage.group === group) ?? named[0])?.name ?? null
}
