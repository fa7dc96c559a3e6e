/** Whether every need names a component that can come as far as it must, and nothing goes in circles. */
import { findCycle } from '../../core/plan/check-plan.ts'
import { listWords, quote } from '../document/describe-value.ts'
import type { Issue, RelatedPlace } from '../document/issue.ts'
import { nearestWord } from '../document/nearest-word.ts'
import {
  type Complaint,
  issueAt,
  placeOf,
  type SourceDocument,
} from '../document/source-document.ts'
import type { ComponentSketch, NeedSketch, Sketch } from './sketch.ts'

/** Everything that is wrong with needs. */
export function checkNeeds(document: SourceDocument, sketch: Sketch): readonly Issue[] {
  const components = [...sketch.components.values()]
  return [
    ...components.flatMap((component) => checkEach(document, sketch, component)),
    ...checkCycles(document, components),
  ]
}

function checkEach(
  document: SourceDocument,
  sketch: Sketch,
  component: ComponentSketch,
): readonly Issue[] {
  const seen = new Set<string>()
  const issues: Issue[] = []
  for (const need of component.needs) {
    const complaint = complainAbout(sketch, component, need, seen.has(need.component))
    seen.add(need.component)
    if (complaint !== undefined) issues.push(at(document, need, complaint))
  }
  return issues
}

function complainAbout(
  sketch: Sketch,
  component: ComponentSketch,
  need: NeedSketch,
  isRepeated: boolean,
): Complaint | undefined {
  const target = sketch.components.get(need.component)
  if (target === undefined) return unknownNeed(sketch, component, need)
  if (isRepeated) {
    return {
      code: 'contradiction',
      message: `${component.name} needs ${need.component} twice; keep the one that waits longest`,
    }
  }
  if (need.until !== 'completed' || target.oneShot) return undefined
  const why = target.hasRun
    ? `it keeps running; set oneShot: true in its run if it ends by itself, or wait until ready`
    : 'it has no run; wait until ready'
  return {
    code: 'need-impossible',
    message: `${need.component} never completes: ${why}`,
    expected: 'started, provisional or ready',
    found: 'completed',
  }
}

function unknownNeed(sketch: Sketch, component: ComponentSketch, need: NeedSketch): Complaint {
  const known = [...sketch.components.keys()].filter((name) => name !== component.name)
  const nearest = nearestWord(need.component, known)
  const message = `there is no component ${quote(need.component)}`
  return {
    code: 'need-unknown',
    message,
    expected: listWords(known),
    found: quote(need.component),
    ...(nearest === undefined ? {} : { nearest }),
  }
}

function checkCycles(
  document: SourceDocument,
  components: readonly ComponentSketch[],
): readonly Issue[] {
  const places = new Map(components.map((component, place) => [component.name, place]))
  const edges = components.map((component) =>
    component.needs.map((need) => places.get(need.component) ?? -1).filter((place) => place >= 0),
  )
  const issues: Issue[] = []
  for (let cycle = findCycle(edges); cycle !== undefined; cycle = findCycle(edges)) {
    issues.push(cycleIssue(document, components, cycle))
    // Without its last edge the next circle can be found.
    const [from, to] = cycle.slice(-2)
    const last = edges[from ?? -1]
    last?.splice(0, last.length, ...last.filter((place) => place !== to))
  }
  return issues
}

function cycleIssue(
  document: SourceDocument,
  components: readonly ComponentSketch[],
  cycle: readonly number[],
): Issue {
  const names = cycle.map((place) => components[place]?.name ?? '?')
  const edges = cycle.slice(0, -1).map((place, step) => {
    const need = components[place]?.needs.find((edge) => edge.component === names[step + 1])
    return { from: names[step] ?? '?', need }
  })
  const message =
    names.length === 2
      ? `${names[0]} needs itself`
      : `${names.join(' needs ')}: they wait for each other in a circle; take one of these out`
  const complaint: Complaint = { code: 'need-cyclic', message, found: names.join(' -> ') }
  const first = edges[0]?.need
  const issue =
    first === undefined
      ? issueAt(document, ['spec', 'components'], complaint)
      : at(document, first, complaint)
  const related = edges.slice(1).flatMap(({ from, need }): readonly RelatedPlace[] => {
    const place = need && placeOf(document, need.path, need.isKey ? 'key' : 'value')
    return place === undefined ? [] : [{ ...place, message: `${from} needs ${need?.component}` }]
  })
  return related.length === 0 ? issue : { ...issue, related }
}

function at(document: SourceDocument, need: NeedSketch, complaint: Complaint): Issue {
  return issueAt(document, need.path, complaint, need.isKey ? 'key' : 'value')
}
