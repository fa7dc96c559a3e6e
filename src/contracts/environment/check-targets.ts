/** Whether every target can be run: what it names is there, and what is left needs nothing that is not. */

import { quote } from '../document/describe-value.ts'
import type { Issue } from '../document/issue.ts'
import { issueAt, placeOf, type SourceDocument } from '../document/source-document.ts'
import { checkTemplatesAt } from '../expression/check-document.ts'
import { PROBE_NAMES } from '../probes/index.ts'
import { checkNeeds } from './check-needs.ts'
import { unknownName } from './check-regions.ts'
import { agreementScope, checkTemplates } from './check-templates.ts'
import type { ComponentSketch, RegionSketch, Sketch } from './sketch.ts'
import type { WrittenEnvironment } from './written.ts'
import type { WrittenTarget } from './written-target.ts'

/** Everything that is wrong with the names in targets. */
export function checkTargets(
  document: SourceDocument,
  sketch: Sketch,
  written: WrittenEnvironment,
): readonly Issue[] {
  const { targets = {}, settings = {} } = written.spec
  return Object.entries(targets).flatMap(([target, { regions = [], without = [], ...rest }]) => {
    const path = ['spec', 'targets', target]
    const known = {
      region: [...sketch.regions.keys()],
      component: [...sketch.components.keys()],
      setting: Object.keys(settings),
    }
    const wrong = (
      kind: keyof typeof known,
      name: string,
      at: string | number,
    ): readonly Issue[] => {
      const names = known[kind]
      const place = [...path, kind === 'component' ? 'without' : `${kind}s`, at]
      return names.includes(name) ? [] : [unknownName(document, { kind, names, name, path: place })]
    }
    return [
      ...regions.flatMap((name, index) => wrong('region', name, index)),
      ...without.flatMap((name, index) => wrong('component', name, index)),
      ...Object.keys(rest.settings ?? {}).flatMap((name) => wrong('setting', name, name)),
      ...checkLeftOver(document, sketch, { target, without }),
    ]
  })
}

function checkLeftOver(
  document: SourceDocument,
  sketch: Sketch,
  { target, without }: { readonly target: string; readonly without: readonly string[] },
): readonly Issue[] {
  const left = [...sketch.components.keys()].filter((name) => !without.includes(name))
  if (left.length > 0) return []
  const message = `${target} leaves every component out, so there is nothing to run`
  const path = ['spec', 'targets', target, 'without']
  return [issueAt(document, path, { code: 'contradiction', message }, 'key')]
}

/**
 * What is wrong with needs and references once a target has taken regions and components out. Only to
 * be asked of a document that is right as it is written.
 */
export function checkAimed(
  document: SourceDocument,
  sketch: Sketch,
  written: WrittenEnvironment,
): readonly Issue[] {
  const seen = new Set<string>()
  return Object.entries(written.spec.targets ?? {}).flatMap(([name, target]) => {
    const aimed = aimedSketch(sketch, target)
    const issues = [
      ...checkNeeds(document, aimed),
      ...checkTemplates(document, aimed),
      ...checkAgreed(document, aimed, written),
    ]
    return issues
      .map((issue) => forTarget(document, issue, name))
      .filter(({ message, path }) => {
        const isNew = !seen.has(`${path} ${message}`)
        seen.add(`${path} ${message}`)
        return isNew
      })
  })
}

/** What is wrong with agreements among the regions that are left, if there are any to agree. */
function checkAgreed(
  document: SourceDocument,
  aimed: Sketch,
  { spec: { agree = [] } }: WrittenEnvironment,
): readonly Issue[] {
  if (aimed.regions.size < 2) return []
  const scope = agreementScope(aimed)
  return agree.flatMap(({ of, quorum }, index) => {
    const at = ['spec', 'agree', index]
    if (of === undefined) {
      return PROBE_NAMES.flatMap((probe) => checkTemplatesAt(document, [...at, probe], scope))
    }
    const asked = aimed.components.get(of.split('/')[0] ?? '')?.regions.length ?? 0
    if (asked < 2 || typeof quorum !== 'number' || quorum <= asked) return []
    const message = `a quorum of ${quorum} can never be reached: ${asked} regions are asked`
    return [issueAt(document, [...at, 'quorum'], { code: 'contradiction', message })]
  })
}

/** The same mistake, said of a target: what is missing is there in the contract, but not in it. */
function forTarget(document: SourceDocument, issue: Issue, target: string): Issue {
  const { nearest, expected, ...rest } = issue
  const place = placeOf(document, ['spec', 'targets', target], 'key')
  const related = place === undefined ? [] : [{ ...place, message: `the target ${target} is here` }]
  return {
    ...rest,
    message: `with the target ${quote(target)}, ${issue.message}`,
    related: [...(issue.related ?? []), ...related],
  }
}

/** The sketch without what a target takes out. */
function aimedSketch(sketch: Sketch, { regions, without = [] }: WrittenTarget): Sketch {
  const has = (region: string | undefined): boolean =>
    region === undefined || (regions?.includes(region) ?? true)
  const before = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) => (has(name) ? [name] : before(sketch.regions.get(name)?.after ?? [])))
  const kept = [...sketch.regions.values()]
    .filter(({ name }) => has(name))
    .map((region): [string, RegionSketch] => [
      region.name,
      { ...region, after: before(region.after) },
    ])
  const components = [...sketch.components.values()]
    .filter(({ name }) => !without.includes(name))
    .map((component): [string, ComponentSketch] => [
      component.name,
      { ...component, regions: component.regions.filter(has) },
    ])
  return { ...sketch, regions: new Map(kept), components: new Map(components) }
}
