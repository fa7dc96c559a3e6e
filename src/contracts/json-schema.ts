/** The shape of a kind's documents as JSON Schema, so that editors complete and check as one types. */
import * as z from 'zod'
import type { JsonObject } from '../core/units/json.ts'

/** JSON Schema (draft 2020-12) of the documents of a kind, as they are written. */
export function jsonSchemaOf(kind: {
  readonly kind: string
  readonly summary: string
  readonly schema: z.ZodType
}): JsonObject {
  const schema = z.toJSONSchema(kind.schema, { io: 'input', unrepresentable: 'any' })
  const { $schema, ...rest } = schema as JsonObject
  return {
    ...($schema === undefined ? {} : { $schema }),
    title: `${kind.kind} contract`,
    ...rest,
  }
}
