/** The input of the `file` probe: `file: "path"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { byteCount, byteSize } from './amount.ts'
import { patternText } from './pattern.ts'
import { templated, textThat } from './template.ts'

const SHA256 = /^(?:sha256:)?[0-9a-f]{64}$/

const path = z.string().min(1).describe("Absolute, or relative to the contract's folder.")

/** Reads as `{ path }` when written as one text, else as the object itself. */
export const fileInput: z.ZodType<JsonObject> = z.union([
  path.transform((text) => ({ path: text })),
  z.strictObject({ path, absent: z.literal(true).describe('It must not be there any more.') }),
  z.strictObject({
    path,
    type: z.enum(['file', 'folder', 'socket']).exactOptional().meta({ default: 'file' }),
    minSize: byteSize.exactOptional().describe('The least it must hold.'),
    stableFor: durationMs(1)
      .exactOptional()
      .describe('How long it must have been seen without a change of size, time or identity.'),
    sha256: textThat((text) => SHA256.test(text), '64 hexadecimal digits, in lower case')
      .exactOptional()
      .describe('Digest of its content.'),
    content: patternText.exactOptional().describe('Pattern that its text must match.'),
    json: templated(z.boolean())
      .exactOptional()
      .describe('Whether it must be JSON; it becomes evidence.json.')
      .meta({ default: false }),
    readLimit: byteCount
      .exactOptional()
      .describe('The most that is read for content and json; a larger file does not pass.')
      .meta({ default: '1MiB' }),
  }),
])
