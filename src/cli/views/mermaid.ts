/** The stages of a plan as a Mermaid graph, for a page that draws it. */
import type { Plan } from '../../core/plan/plan.ts'

/** Prints a plan: a node for each stage, an edge for each need. */
export function mermaidOf(plan: Plan): string {
  const ids = new Map(plan.stages.map((stage, place) => [stage.name, `s${place}`]))
  const lines = ['flowchart LR']
  for (const stage of plan.stages) {
    const proofs = stage.conditions.map((condition) => condition.name).join(', ')
    const label = proofs === '' ? stage.name : `${stage.name}<br/>${proofs}`
    const [open, close] = stage.finishes ? ['([', '])'] : ['[', ']']
    lines.push(`  ${ids.get(stage.name)}${open}"${escaped(label)}"${close}`)
  }
  for (const stage of plan.stages) {
    for (const need of stage.needs) {
      lines.push(`  ${ids.get(need.stage)} -->|${need.until}| ${ids.get(stage.name)}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function escaped(text: string): string {
  return text.replaceAll('"', '#quot;')
}
