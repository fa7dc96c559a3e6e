/** A contract document as YAML for people. Never a line break inside a text that had none. */
import { stringify } from 'yaml'
import type { JsonObject } from '../../core/units/json.ts'

/** Prints a contract, keys in the order they stand in the document. */
export function printContract(document: JsonObject): string {
  return stringify(document, {
    lineWidth: 0,
    indent: 2,
    version: '1.2',
    schema: 'core',
    aliasDuplicateObjects: false,
    // A word such as `on` or `0o17` stays the text it is for readers of every version.
    compat: 'yaml-1.1',
  })
}
