/** Whether every expression can be read, and refers only to what is there by the time it is read. */

import type { Issue, Path } from '../document/issue.ts'
import { type Complaint, type SourceDocument, valueAt } from '../document/source-document.ts'
import { checkExpressionAt, checkTemplatesAt } from '../expression/check-document.ts'
import type { ComponentReference, ReferenceScope, Shape } from '../expression/check-references.ts'
import type { Expression } from '../expression/compile.ts'
import { PROBE_NAMES } from '../probes/index.ts'
import type { ComponentSketch, Sketch } from './sketch.ts'
import { neededBy, type StageSketch, stageName, stageSketches } from './stage-graph.ts'

/** The only forms in which a command may speak of itself before it runs. */
const SELF_BEFORE = /^\s*self\.(?:host|ports\.[A-Za-z0-9_]+)\s*$/

/** A ramp down has no outputs of others to refer to. */
const GONE_AT_STOP: ComponentReference = {
  absent: 'when a component is stopped, the values of others may be gone; use self or settings',
}

/** Every wrong expression of an environment. */
export function checkTemplates(document: SourceDocument, sketch: Sketch): readonly Issue[] {
  const issues: Issue[] = []
  const told = noticeScope(sketch)
  const watched = [['spec'], ...sketch.targets.map((target) => ['spec', 'targets', target])]
  for (const path of watched) {
    issues.push(...checkTemplatesAt(document, [...path, 'watch', 'notify'], told))
  }
  for (const component of sketch.components.values()) {
    const { path } = component
    const beforeRun = runScope(sketch, component)
    for (const key of ['command', 'env']) {
      issues.push(...checkTemplatesAt(document, [...path, 'run', key], beforeRun, selfForm))
    }
    issues.push(...checkTemplatesAt(document, [...path, 'run', 'container'], beforeRun, selfForm))
    const elsewhere = scopeOf(sketch, component, undefined)
    issues.push(...checkTemplatesAt(document, [...path, 'run', 'external'], elsewhere))
    const atStop = { ...beforeRun, component: () => GONE_AT_STOP }
    issues.push(...checkTemplatesAt(document, [...path, 'stop', 'command'], atStop, selfForm))
    issues.push(...checkAsked(document, [...path, 'ready'], askedScope(sketch, component)))
    const atDrain = drainScope(sketch, component)
    issues.push(...checkAsked(document, [...path, 'drain', 'until'], atDrain))
  }
  return issues
}

/** What is known of any breach: the settings where it is, and no component, which may be gone. */
function noticeScope(sketch: Sketch): ReferenceScope {
  return {
    roots: commonRoots(sketch),
    absentRoots: {
      self: 'who is told is the same whatever breaks, so there is no self; use settings',
      evidence: 'who is told is the same whatever breaks; what was seen is in the notice',
      region: 'who is told is the same wherever something breaks; the stage is in the notice',
    },
    componentNames: [],
    component: () => ({ absent: 'what broke may be gone, so no component is known; use settings' }),
  }
}

function checkAsked(document: SourceDocument, path: Path, asked: ReferenceScope): readonly Issue[] {
  const ready = valueAt(document.value, path)
  if (!Array.isArray(ready)) return []
  const judged = { ...asked, roots: { ...asked.roots, evidence: 'any' as const } }
  return ready.flatMap((_, index) => [
    ...PROBE_NAMES.flatMap((probe) => checkTemplatesAt(document, [...path, index, probe], asked)),
    ...checkExpressionAt(document, [...path, index, 'when'], judged),
  ])
}

/** What is known before a component runs. */
function runScope(sketch: Sketch, component: ComponentSketch): ReferenceScope {
  return scopeOf(sketch, component, { host: 'value', ports: portsShape(component) })
}

/** What is known once it runs. */
function askedScope(sketch: Sketch, component: ComponentSketch): ReferenceScope {
  return scopeOf(sketch, component, component.hasRun ? runningShape(component) : undefined)
}

/** What is known while it is emptied: what runs is known, what was proved on the way up is not. */
function drainScope(sketch: Sketch, component: ComponentSketch): ReferenceScope {
  const asked = askedScope(sketch, component)
  return {
    ...asked,
    component: (name) => {
      const { shape, absent } = asked.component(name)
      if (absent !== undefined) return { absent }
      if (typeof shape === 'string') return { shape }
      const { evidence, ...running } = shape
      return { shape: running }
    },
  }
}

/** What is known to what is asked across regions. */
export function agreementScope(sketch: Sketch): ReferenceScope {
  const stages = stageSketches(sketch)
  return {
    roots: commonRoots(sketch),
    absentRoots: {
      self: 'an agreement is of no component, so there is no self',
      evidence: 'evidence is only there in when, once a probe has answered',
      region: 'an agreement is of no region; name one, as in component("eu/db")',
    },
    componentNames: stages.map(({ name }) => name),
    component: (name) => {
      const stage = stages.find((one) => one.name === name)
      return { shape: stage === undefined ? 'any' : componentShape(stage.component) }
    },
  }
}

function commonRoots(sketch: Sketch): Readonly<Record<string, Shape>> {
  const run = { id: 'value', goal: 'value', workspace: 'value', directory: 'value' } as const
  return {
    settings: Object.fromEntries(sketch.settings.map((name) => [name, 'value'])),
    run: sketch.targets.length === 0 ? run : { ...run, target: 'value' },
  }
}

function scopeOf(
  sketch: Sketch,
  component: ComponentSketch,
  self: Shape | undefined,
): ReferenceScope {
  const roots: Record<string, Shape> = { ...commonRoots(sketch) }
  const absentRoots: Record<string, string> = {
    evidence: 'evidence is only there in when, once a probe has answered',
  }
  const hasRegions = sketch.regions.size > 0
  if (hasRegions) roots['region'] = { name: 'value' }
  else absentRoots['region'] = 'this environment has no regions, so region has no value'
  if (self === undefined) absentRoots['self'] = `${component.name} has no run, so there is no self`
  else roots['self'] = self
  return {
    roots,
    absentRoots,
    componentNames: [
      ...sketch.components.keys(),
      ...(hasRegions ? stageSketches(sketch).map(({ name }) => name) : []),
    ],
    component: (name) => componentReference(sketch, component, name),
  }
}

function componentReference(
  sketch: Sketch,
  component: ComponentSketch,
  name: string,
): ComponentReference {
  if (sketch.components.get(name) === component) {
    return { absent: `${name} is this component; write self for it` }
  }
  const stages = stageSketches(sketch)
  const other =
    sketch.components.get(name) ?? stages.find((stage) => stage.name === name)?.component
  const isThere = stages
    .filter((stage) => stage.component === component)
    .every((stage) => isNeededBy(sketch, stage, name))
  if (other !== undefined && isThere) return { shape: componentShape(other) }
  const mine = component.name
  const why = `${mine} does not need ${name}, so its values may not be there yet`
  return { absent: `${why}; add ${name} to the needs of ${mine}` }
}

function componentShape(component: ComponentSketch): Shape {
  if (!component.hasRun) return { evidence: 'any' }
  if (component.copies > 1) return copiedShape(component)
  return { ...runningShape(component), evidence: 'any' }
}

/** Of copies others see what is the same whichever of them serves: where their front is. */
function copiedShape({ fronts = [] }: ComponentSketch): Shape {
  return { host: 'value', ports: Object.fromEntries(fronts.map((name) => [name, 'value'])) }
}

/** What a runtime tells of what it runs. */
function runningShape(component: ComponentSketch): Readonly<Record<string, Shape>> {
  const ports = portsShape(component)
  const known = { host: 'value', ports } as const
  if (component.runtime === 'external') return known
  if (component.runtime === 'process') return { ...known, pid: 'value' }
  const inside = { host: 'value', ports } as const
  const container = { image: 'value', imageDigest: 'value', container: 'value', inside } as const
  return { ...known, pid: 'value', ...container }
}

function portsShape(component: ComponentSketch): Shape {
  return Object.fromEntries(component.ports.map((name) => [name, 'value']))
}

/** Whether what is called so must have come some way before a stage is entered. */
function isNeededBy(sketch: Sketch, stage: StageSketch, name: string): boolean {
  const needed = neededBy(stage, sketch)
  return needed.has(name) || needed.has(stageName(name, stage.region))
}

/** In a command, `self` is filled in by whoever starts it, who knows these forms only. */
function selfForm(expression: Expression): Complaint | undefined {
  if (!expression.names.has('self') || SELF_BEFORE.test(expression.text)) return undefined
  return {
    code: 'reference-unknown',
    message: `before it runs, self stands alone: \${self.host} or \${self.ports.<name>}`,
    expected: `\${self.host} or \${self.ports.<name>}`,
    found: expression.text,
  }
}
