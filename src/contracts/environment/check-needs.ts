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
import { circleOfRegions } from './check-regions.ts'
import type { ComponentSketch, NeedSketch, Sketch } from './sketch.ts'
import { edgesOf, stageName, stageSketches } from './stage-graph.ts'

/** Everything that is wrong with needs. */
export function checkNeeds(document: SourceDocument, sketch: Sketch): readonly Issue[] {
  const components = [...sketch.components.values()]
  const hasCircleOfRegions = circleOfRegions(sketch) !== undefined
  return [
    ...components.flatMap((component) => checkEach(document, sketch, component)),
    ...(hasCircleOfRegions ? [] : checkCycles(document, sketch)),
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
    const name = stageName(need.component, need.region)
    const complaint = complainAbout(sketch, component, need, seen.has(name))
    seen.add(name)
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
  const misplaced = complainAboutRegion(sketch, component, need, target)
  if (misplaced !== undefined) return misplaced
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

/** Whether the one that is needed is in the region where it is looked for. */
function complainAboutRegion(
  sketch: Sketch,
  component: ComponentSketch,
  need: NeedSketch,
  target: ComponentSketch,
): Complaint | undefined {
  const name = need.component
  if (need.region !== undefined && !sketch.regions.has(need.region)) {
    const known = [...sketch.regions.keys()]
    const nearest = nearestWord(need.region, known)
    const message =
      known.length === 0
        ? `this environment has no regions, so there is no ${need.region}/${name}; write ${name}`
        : `there is no region ${quote(need.region)}`
    return {
      code: 'need-unknown',
      message,
      found: quote(`${need.region}/${name}`),
      ...(nearest === undefined ? {} : { nearest: `${nearest}/${name}` }),
    }
  }
  const lacking = component.regions.find(
    (region) => !target.regions.includes(need.region ?? region),
  )
  if (lacking === undefined) return undefined
  const where = need.region ?? lacking
  const elsewhere = target.regions.map((region) => stageName(name, region))
  const message = `${name} is not in the region ${where}; write ${listWords(elsewhere)}`
  return { code: 'need-unknown', message, expected: listWords(elsewhere), found: quote(name) }
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

function checkCycles(document: SourceDocument, sketch: Sketch): readonly Issue[] {
  const stages = stageSketches(sketch)
  const places = new Map(stages.map(({ name }, place) => [name, place]))
  const edges = stages.map((stage) => [...edgesOf(stage, sketch, stages)])
  const issues = new Map<string, Issue>()
  const graph = (): number[][] => edges.map((list) => list.map(({ to }) => places.get(to) ?? -1))
  for (let cycle = findCycle(graph()); cycle !== undefined; cycle = findCycle(graph())) {
    const names = cycle.map((place) => stages[place]?.name ?? '?')
    const along = cycle.slice(0, -1).map((place, step) => ({
      from: names[step] ?? '?',
      need: edges[place]?.find(({ to }) => to === names[step + 1])?.need,
    }))
    const issue = cycleIssue(document, names, along)
    // The same needs go in the same circle in every region.
    const key = JSON.stringify(along.map(({ need }) => need?.path))
    if (!issues.has(key)) issues.set(key, issue)
    // Without its last edge the next circle can be found.
    const last = edges[cycle.at(-2) ?? -1]
    last?.splice(0, last.length, ...last.filter(({ to }) => to !== names.at(-1)))
  }
  return [...issues.values()]
}

interface Step {
  readonly from: string
  /** Absent: the edge follows from the order of regions. */
  readonly need: NeedSketch | undefined
}

function cycleIssue(
  document: SourceDocument,
  names: readonly string[],
  steps: readonly Step[],
): Issue {
  const message =
    names.length === 2
      ? `${names[0]} needs itself`
      : `${names.join(' needs ')}: they wait for each other in a circle; take one of these out`
  const complaint: Complaint = { code: 'need-cyclic', message, found: names.join(' -> ') }
  const written = steps.filter((step) => step.need !== undefined)
  const first = written[0]?.need
  const issue =
    first === undefined
      ? issueAt(document, ['spec', 'components'], complaint)
      : at(document, first, complaint)
  const related = written.slice(1).flatMap(({ from, need }): readonly RelatedPlace[] => {
    const place = need && placeOf(document, need.path, need.isKey ? 'key' : 'value')
    const message = `${from} needs ${need?.region === undefined ? '' : `${need.region}/`}${need?.component}`
    return place === undefined ? [] : [{ ...place, message }]
  })
  return related.length === 0 ? issue : { ...issue, related }
}

function at(document: SourceDocument, need: NeedSketch, complaint: Complaint): Issue {
  return issueAt(document, need.path, complaint, need.isKey ? 'key' : 'value')
}
