/** A document as people write it. */
import { stringify } from 'yaml'
import type { JsonObject } from '../../core/units/json.ts'

/** Its YAML, with nothing folded, so that a line is a line. */
export function printDocument(document: JsonObject): string {
  return stringify(document, { lineWidth: 0 })
}
