/** A document to a Ports contract: its shape first, and what a shape cannot say once that is right. */
import type { ParsedDefinition } from '../contract.ts'
import { checkShape } from '../document/check-shape.ts'
import type { SourceDocument } from '../document/source-document.ts'
import { checkRanges } from './check-ranges.ts'
import { checkRules } from './check-rules.ts'
import { definitionOf, type PortsDefinition } from './definition.ts'
import { writtenPorts } from './written.ts'

/** Parses a Ports contract, naming everything that is wrong with it. */
export function parsePorts(document: SourceDocument): ParsedDefinition<PortsDefinition> {
  const { value, issues: ofShape } = checkShape(document, [], writtenPorts)
  if (value === undefined) return { issues: ofShape }
  const issues = [...ofShape, ...checkRanges(document, value), ...checkRules(document, value)]
  return issues.length > 0 ? { issues } : { definition: definitionOf(value), issues }
}
