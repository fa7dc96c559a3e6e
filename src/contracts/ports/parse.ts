/** A document to a Ports contract: its shape first, and what a shape cannot say once that is right. */
import type { ParsedDefinition } from '../contract.ts'
import { checkShape } from '../document/check-shape.ts'
import type { Issue } from '../document/issue.ts'
import type { SourceDocument } from '../document/source-document.ts'
import { checkNames } from './check-names.ts'
import { checkRanges } from './check-ranges.ts'
import { checkRules } from './check-rules.ts'
import { definitionOf, type PortsDefinition } from './definition.ts'
import { writtenPorts } from './written.ts'

/** Parses a Ports contract, naming everything that is wrong with it. */
export function parsePorts(document: SourceDocument): ParsedDefinition<PortsDefinition> {
  const { value, issues: ofShape } = checkShape(document, [], writtenPorts)
  if (value === undefined) return { issues: ofShape.map(adviseOnPlane) }
  const issues = [
    ...ofShape,
    ...checkRanges(document, value),
    ...checkRules(document, value),
    ...checkNames(document, value),
  ]
  return issues.length > 0 ? { issues } : { definition: definitionOf(value), issues }
}

/** What carries a front is looked for beside how it changes hands: it is told where it is said. */
function adviseOnPlane(issue: Issue): Issue {
  const { code, path, found } = issue
  const isPlane = path.startsWith('spec.transitions') && path.endsWith('.plane')
  if (code !== 'unknown-key' || !isPlane) return issue
  const message =
    `${found} is not a key here; what carries a front its component says, by ` +
    'roll: { by: { haproxy: … } }, envoy or nginx, and the forwarder does where it says nothing'
  const { nearest: _, ...rest } = issue
  return { ...rest, message }
}
