/** Answers that are no single JSON document. */
import type { z } from 'zod'

/** An answer of another media type than JSON, as routes and the API's document describe it. */
export interface ContentShape {
  readonly description: string
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>
}

/** An answer of one media type; what is streamed is described by the shape of each of its parts. */
export function ofType(type: string, schema: z.ZodType): ContentShape {
  return {
    description: `A stream of ${type}; each part has this shape.`,
    content: { [type]: { schema } },
  }
}
