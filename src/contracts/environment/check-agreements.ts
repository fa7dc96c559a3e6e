/** Whether every comparison across regions names a condition that is asked in two of them at least. */
import { listWords, quote } from '../document/describe-value.ts'
import type { Issue, Path } from '../document/issue.ts'
import { nearestWord } from '../document/nearest-word.ts'
import { type Complaint, issueAt, type SourceDocument } from '../document/source-document.ts'
import { checkExpressionAt, checkTemplatesAt } from '../expression/check-document.ts'
import type { ReferenceScope } from '../expression/check-references.ts'
import { PROBE_NAMES } from '../probes/index.ts'
import { checkNames } from './check-conditions.ts'
import { readyConditions } from './ready-condition.ts'
import type { Sketch } from './sketch.ts'
import type { WrittenEnvironment } from './written.ts'
import { COMPARISONS, type WrittenAgreement } from './written-agreement.ts'

/** Everything that is wrong with agreements. `scope` is what a probe of an agreement may refer to. */
export function checkAgreements(
  document: SourceDocument,
  written: WrittenEnvironment,
  sketch: Sketch,
  scope: ReferenceScope,
): readonly Issue[] {
  const path = ['spec', 'agree']
  const { agree = [] } = written.spec
  if (agree.length > 0 && sketch.regions.size < 2) {
    const message = 'agree compares regions, and this environment has fewer than two'
    return [issueAt(document, path, { code: 'contradiction', message }, 'key')]
  }
  const judged = { ...scope, roots: { ...scope.roots, evidence: 'any' as const } }
  const compared = { ...judged, roots: { evidence: 'any' as const } }
  const alike: Issue[] = []
  checkNames(agree, path, (at, message) => {
    alike.push(issueAt(document, at, { code: 'contradiction', message }))
  })
  const each = agree.flatMap((agreement, index) => {
    const at = [...path, index]
    return [
      ...checkPlace(document, written, sketch, agreement, at),
      ...checkQuorum(document, sketch, agreement, at),
      ...checkPolicy(document, agreement, at),
      ...PROBE_NAMES.flatMap((probe) => checkTemplatesAt(document, [...at, probe], scope)),
      ...checkExpressionAt(document, [...at, 'when'], judged),
      ...COMPARISONS.flatMap((name) => checkExpressionAt(document, [...at, name], compared)),
    ]
  })
  return [...alike, ...each]
}

function checkPlace(
  document: SourceDocument,
  written: WrittenEnvironment,
  sketch: Sketch,
  agreement: WrittenAgreement,
  at: Path,
): readonly Issue[] {
  if (agreement.of === undefined) return []
  const complain = (complaint: Complaint): readonly Issue[] => [
    issueAt(document, [...at, 'of'], complaint),
  ]
  const [name = '', condition = ''] = agreement.of.split('/')
  const { components } = written.spec
  const component = Object.hasOwn(components, name) ? components[name] : undefined
  if (component === undefined) {
    return complain(unknown('component', name, Object.keys(components)))
  }
  const conditions = readyConditions(component).map((one) => one.name)
  if (!conditions.includes(condition)) {
    return complain(unknown(`condition of ${name}`, condition, conditions))
  }
  if ((sketch.components.get(name)?.regions.length ?? 0) >= 2) return []
  const message = `${name} is in one region only, so there is nothing to compare`
  return complain({ code: 'contradiction', message })
}

function unknown(kind: string, name: string, known: readonly string[]): Complaint {
  const nearest = nearestWord(name, known)
  return {
    code: 'reference-unknown',
    message: `there is no ${kind} called ${quote(name)}`,
    expected: listWords(known),
    found: quote(name),
    ...(nearest === undefined ? {} : { nearest }),
  }
}

function checkPolicy(
  document: SourceDocument,
  { onBreach }: WrittenAgreement,
  at: Path,
): readonly Issue[] {
  if (onBreach !== 'undoRegion') return []
  const message = 'an agreement is of no region, so there is none to undo; write undo or hold'
  return [issueAt(document, [...at, 'onBreach'], { code: 'contradiction', message })]
}

function checkQuorum(
  document: SourceDocument,
  sketch: Sketch,
  { quorum, of, holds }: WrittenAgreement,
  at: Path,
): readonly Issue[] {
  const component = sketch.components.get(of?.split('/')[0] ?? '')
  const regions = component?.regions.length ?? 0
  if (typeof quorum !== 'number') return []
  if (component !== undefined && component.copies > 1) {
    const many = `${component.name} has ${component.copies} copies`
    const message = `a quorum counts regions, and ${many} in each; leave quorum out, so that all agree`
    return [issueAt(document, [...at, 'quorum'], { code: 'contradiction', message })]
  }
  const isAlone = quorum < 2 && holds === undefined
  if (quorum <= regions && !isAlone) return []
  const message = isAlone
    ? 'a quorum of 1 compares nothing: every region agrees with itself'
    : `a quorum of ${quorum} can never be reached: ${regions} regions are asked`
  return [issueAt(document, [...at, 'quorum'], { code: 'contradiction', message })]
}
