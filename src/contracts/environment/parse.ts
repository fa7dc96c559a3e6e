/** A document to an environment: its shape first, and what a shape cannot say once that is right. */
import type { ParsedDefinition } from '../contract.ts'
import { checkShape } from '../document/check-shape.ts'
import type { Issue } from '../document/issue.ts'
import type { SourceDocument } from '../document/source-document.ts'
import { checkAgreements } from './check-agreements.ts'
import { checkConditions } from './check-conditions.ts'
import { checkNeeds } from './check-needs.ts'
import { checkRegions } from './check-regions.ts'
import { checkAimed, checkTargets } from './check-targets.ts'
import { agreementScope, checkTemplates } from './check-templates.ts'
import { checkWatch } from './check-watch.ts'
import { definitionOf, type EnvironmentDefinition } from './definition.ts'
import { expandParts } from './part.ts'
import { lenientSketch, type Sketch } from './sketch.ts'
import { type WrittenEnvironment, writtenEnvironment } from './written.ts'

/** What only a document of the right shape can be asked. */
function checkMeaning(
  document: SourceDocument,
  sketch: Sketch,
  written: WrittenEnvironment,
): readonly Issue[] {
  return [
    ...checkConditions(document, written),
    ...checkRegions(document, sketch, written),
    ...checkAgreements(document, written, sketch, agreementScope(sketch)),
    ...checkWatch(document, sketch, written),
    ...checkTargets(document, sketch, written),
  ]
}

/** Parses an environment, naming everything that is wrong with it. */
export function parseEnvironment(source: SourceDocument): ParsedDefinition<EnvironmentDefinition> {
  const {
    document,
    issues: ofParts,
    isWhole,
  } = expandParts(source, (part) => parseEnvironment(part).issues)
  const shape = checkShape(document, [], writtenEnvironment)
  // Needs and references are checked even when the shape is wrong somewhere else.
  const sketch = lenientSketch(document)
  // What a part brings is not known when it is wrong, so nothing is said of needing it.
  if (!isWhole) return { issues: [...ofParts, ...shape.issues] }
  const issues: readonly Issue[] = [
    ...shape.issues,
    ...checkNeeds(document, sketch),
    ...checkTemplates(document, sketch),
    ...(shape.value === undefined ? [] : checkMeaning(document, sketch, shape.value)),
  ]
  if (issues.length > 0 || shape.value === undefined) return { issues }
  const aimed = checkAimed(document, sketch, shape.value)
  if (aimed.length > 0) return { issues: aimed }
  return { definition: definitionOf(shape.value), issues }
}
