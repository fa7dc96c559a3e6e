/**
 * Shapes of what the server gives. What is large and grows with the core, like the state of a ramp, is
 * described by the members that are promised to whoever reads it; there may be more.
 */
import { z } from 'zod'

/**
 * A shape under a name of its own in the API's document.
 *
 * @param id unique among all shapes, for example `RampSummary`
 */
export function named<Value>(id: string, shape: z.ZodType<Value>): z.ZodType<Value> {
  return shape.meta({ id })
}

/** The same for a shape that describes only the promised members of its type. */
export function promised<Value>(id: string, shape: z.ZodType): z.ZodType<Value> {
  // The type of the value is that of the wire; the shape is what others may rely upon.
  return shape.meta({ id }) as unknown as z.ZodType<Value>
}

/** A time. */
export const INSTANT: z.ZodNumber = z.number().describe('Milliseconds since 1970, UTC.')

/** What somebody has seen of a thing. */
export const ETAG: z.ZodString = z
  .string()
  .describe('For `If-Match`, with its quotes: the ETag of what is told here.')

/** Counts, places and lengths of time. */
export const COUNT: z.ZodNumber = z.number().int().min(0)

/** Several of the same shape. */
export function listOf<Value>(shape: z.ZodType<Value>): z.ZodType<readonly Value[]> {
  return z.array(shape)
}
