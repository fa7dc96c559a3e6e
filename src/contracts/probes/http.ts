/** The input of the `http` probe: `http: "URL"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { httpMembers, httpUrl, isJsonAgreed, JSON_DISAGREES } from './http-words.ts'
import { owned } from './owned.ts'

/** Reads as `{ url }` when written as one text, else as the object itself. */
export const httpInput: z.ZodType<JsonObject> = z.union([
  httpUrl.transform((text) => ({ url: text })),
  z.strictObject({ url: httpUrl, ...httpMembers, owned }).refine(isJsonAgreed, JSON_DISAGREES),
])
