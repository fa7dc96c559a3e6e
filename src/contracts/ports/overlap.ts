/** Which ports two ranges have in common: on addresses that meet, by the same protocol. */

import { commonSpan, printSpan } from '../../core/port/machine-facts.ts'
import { claimsCollide, type PortClaim } from '../../core/port/port-claim.ts'
import type { PortRange } from '../../core/port/port-policy.ts'
import type { Issue, Path } from '../document/issue.ts'
import { placeOf, type SourceDocument } from '../document/source-document.ts'

/** The ports that both have, as people write them; undefined: none. */
export function overlapOf(one: PortRange, other: PortRange): string | undefined {
  const common = commonSpan(one, other)
  if (common === undefined) return undefined
  const { first: port } = common
  if (!claimsCollide({ ...claimOf(one), port }, { ...claimOf(other), port })) return undefined
  return one.protocol === 'udp' ? `${printSpan(common)}/udp` : printSpan(common)
}

function claimOf({ protocol, addresses }: PortRange): Omit<PortClaim, 'port'> {
  return { protocol, addresses }
}

/** The other place that an issue speaks of, of the same document. */
export function relatedTo(
  document: SourceDocument,
  path: Path,
  name: string,
): Pick<Issue, 'related'> {
  const place = placeOf(document, path, 'value')
  return place === undefined ? {} : { related: [{ ...place, message: `${name} has them here` }] }
}

/** `ports.yaml:7:5`, or the file alone. */
export function whereOf(document: SourceDocument, path: Path): string {
  const place = placeOf(document, path, 'value')
  return place === undefined ? document.file : `${document.file}:${place.line}:${place.column}`
}
