/** Whether every expression can be read, and refers only to what is there by the time it is read. */

import type { Issue } from '../document/issue.ts'
import { type Complaint, type SourceDocument, valueAt } from '../document/source-document.ts'
import { checkExpressionAt, checkTemplatesAt } from '../expression/check-document.ts'
import type { ComponentReference, ReferenceScope, Shape } from '../expression/check-references.ts'
import type { Expression } from '../expression/compile.ts'
import { PROBE_NAMES } from '../probes/index.ts'
import type { ComponentSketch, Sketch } from './sketch.ts'

/** The only forms in which a command may speak of itself before it runs. */
const SELF_BEFORE = /^\s*self\.(?:host|ports\.[A-Za-z0-9_]+)\s*$/

/** A ramp down has no outputs of others to refer to. */
const GONE_AT_STOP: ComponentReference = {
  absent: 'when a component is stopped, the values of others may be gone; use self or settings',
}

/** Every wrong expression of an environment. */
export function checkTemplates(document: SourceDocument, sketch: Sketch): readonly Issue[] {
  const issues: Issue[] = []
  for (const component of sketch.components.values()) {
    const { path } = component
    const beforeRun = runScope(sketch, component)
    for (const key of ['command', 'env']) {
      issues.push(...checkTemplatesAt(document, [...path, 'run', key], beforeRun, selfForm))
    }
    const atStop = { ...beforeRun, component: () => GONE_AT_STOP }
    issues.push(...checkTemplatesAt(document, [...path, 'stop', 'command'], atStop, selfForm))
    issues.push(...checkReady(document, sketch, component))
  }
  return issues
}

function checkReady(
  document: SourceDocument,
  sketch: Sketch,
  component: ComponentSketch,
): readonly Issue[] {
  const path = [...component.path, 'ready']
  const ready = valueAt(document.value, path)
  if (!Array.isArray(ready)) return []
  const asked = askedScope(sketch, component)
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
  const self = { host: 'value', ports: portsShape(component), pid: 'value' } as const
  return scopeOf(sketch, component, component.hasRun ? self : undefined)
}

function scopeOf(
  sketch: Sketch,
  component: ComponentSketch,
  self: Shape | undefined,
): ReferenceScope {
  const roots: Record<string, Shape> = {
    settings: Object.fromEntries(sketch.settings.map((name) => [name, 'value'])),
    run: { id: 'value', goal: 'value', workspace: 'value', directory: 'value' },
  }
  const absentRoots: Record<string, string> = {
    evidence: 'evidence is only there in when, once a probe has answered',
    region: 'this environment has no regions, so region has no value',
  }
  if (self === undefined) absentRoots['self'] = `${component.name} has no run, so there is no self`
  else roots['self'] = self
  return {
    roots,
    absentRoots,
    componentNames: [...sketch.components.keys()],
    component: (name) => componentReference(sketch, component, name),
  }
}

function componentReference(
  sketch: Sketch,
  component: ComponentSketch,
  name: string,
): ComponentReference {
  const other = sketch.components.get(name)
  if (other === component) return { absent: `${name} is this component; write self for it` }
  if (other !== undefined && isNeededBy(sketch, component, name)) {
    return { shape: componentShape(other) }
  }
  const mine = component.name
  const why = `${mine} does not need ${name}, so its values may not be there yet`
  return { absent: `${why}; add ${name} to the needs of ${mine}` }
}

function componentShape(component: ComponentSketch): Shape {
  if (!component.hasRun) return { evidence: 'any' }
  const ports = portsShape(component)
  return { host: 'value', ports, pid: 'value', evidence: 'any' }
}

function portsShape(component: ComponentSketch): Shape {
  return Object.fromEntries(component.ports.map((name) => [name, 'value']))
}

/** Whether a component must have come some way before another is entered. */
function isNeededBy(sketch: Sketch, component: ComponentSketch, name: string): boolean {
  const seen = new Set<string>()
  const waiting = [component]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    for (const need of one.needs) {
      if (need.component === name) return true
      const target = sketch.components.get(need.component)
      if (target === undefined || seen.has(need.component)) continue
      seen.add(need.component)
      waiting.push(target)
    }
  }
  return false
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
