/** Whether regions are what waves, components and settings say of them. */
import { findCycle } from '../../core/plan/check-plan.ts'
import { listWords, quote } from '../document/describe-value.ts'
import type { Issue, Path } from '../document/issue.ts'
import { nearestWord } from '../document/nearest-word.ts'
import { issueAt, type SourceDocument } from '../document/source-document.ts'
import type { Sketch } from './sketch.ts'
import type { WrittenEnvironment } from './written.ts'

/** Everything that is wrong with regions, as far as needs do not tell it. */
export function checkRegions(
  document: SourceDocument,
  sketch: Sketch,
  written: WrittenEnvironment,
): readonly Issue[] {
  const { regions = {}, components, settings = {} } = written.spec
  const known = [...sketch.regions.keys()]
  const issues: Issue[] = []
  const mustBe = (kind: string, names: readonly string[], name: string, path: Path): void => {
    if (!names.includes(name)) issues.push(unknownName(document, { kind, names, name, path }))
  }
  for (const [region, { after = [], settings: values = {} }] of Object.entries(regions)) {
    const path = ['spec', 'regions', region]
    for (const [index, name] of after.entries()) {
      mustBe('region', known, name, [...path, 'after', index])
    }
    for (const name of Object.keys(values)) {
      mustBe('setting', Object.keys(settings), name, [...path, 'settings', name])
    }
  }
  for (const [name, component] of Object.entries(components)) {
    for (const [index, region] of (component.regions ?? []).entries()) {
      mustBe('region', known, region, ['spec', 'components', name, 'regions', index])
    }
  }
  issues.push(...checkMembers(document, sketch, written))
  const circle = circleOfRegions(sketch)
  if (circle !== undefined) {
    const message = `${circle.join(' comes after ')}: regions wait for each other in a circle`
    const complaint = { code: 'need-cyclic', message, found: circle.join(' -> ') } as const
    issues.push(issueAt(document, ['spec', 'regions', circle[0] ?? ''], complaint, 'key'))
  }
  return issues
}

/** Lists that name a region twice, and regions that nothing is in: waves would not wait for them. */
function checkMembers(
  document: SourceDocument,
  sketch: Sketch,
  { spec }: WrittenEnvironment,
): readonly Issue[] {
  const { regions = {}, components } = spec
  const complain = (path: Path, message: string, part?: 'key'): Issue =>
    issueAt(document, path, { code: 'contradiction', message }, part)
  const lists: readonly (readonly [Path, readonly string[]])[] = [
    ...Object.entries(regions).map(
      ([name, { after = [] }]) => [['spec', 'regions', name, 'after'], after] as const,
    ),
    ...Object.entries(components).map(
      ([name, { regions: own = [] }]) => [['spec', 'components', name, 'regions'], own] as const,
    ),
  ]
  const twice = lists.flatMap(([path, names]) =>
    names.flatMap((name, index) =>
      names.indexOf(name) < index ? [complain([...path, index], `${name} is named twice`)] : [],
    ),
  )
  const inhabited = new Set([...sketch.components.values()].flatMap((one) => one.regions))
  const empty = Object.keys(regions).filter((name) => !inhabited.has(name))
  const what = 'no component is in this region; take it out, or name it in the regions of one'
  return [...twice, ...empty.map((name) => complain(['spec', 'regions', name], what, 'key'))]
}

/** The names along a circle of regions, the first one again at the end. */
export function circleOfRegions(sketch: Sketch): readonly string[] | undefined {
  const regions = [...sketch.regions.values()]
  const places = new Map(regions.map(({ name }, place) => [name, place]))
  const edges = regions.map(({ after }) => after.flatMap((name) => places.get(name) ?? []))
  return findCycle(edges)?.map((place) => regions[place]?.name ?? '?')
}

/** The issue about a name that nothing has. */
export function unknownName(
  document: SourceDocument,
  wrong: {
    readonly kind: string
    readonly names: readonly string[]
    readonly name: string
    readonly path: Path
  },
): Issue {
  const { kind, names, name, path } = wrong
  const nearest = nearestWord(name, names)
  const none = names.length === 0 ? `this environment has no ${kind}s` : undefined
  const complaint = {
    code: 'reference-unknown' as const,
    message: none ?? `there is no ${kind} ${quote(name)}`,
    ...(names.length === 0 ? {} : { expected: listWords(names) }),
    found: quote(name),
    ...(nearest === undefined ? {} : { nearest }),
  }
  return issueAt(document, path, complaint, kind === 'setting' ? 'key' : 'value')
}
