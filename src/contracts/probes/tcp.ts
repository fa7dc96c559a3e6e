/** The input of the `tcp` probe: `tcp: "host:port"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { owned } from './owned.ts'
import { patternText } from './pattern.ts'
import { templated, textThat } from './template.ts'

const ADDRESS = /^(?:\[[^\]\s]+\]|[^:\s[\]]+):\d{1,5}$/

const address = textThat((text) => ADDRESS.test(text), 'host:port, or [address]:port for IPv6')

/** Reads as `{ address }` when written as one text, else as the object itself. */
export const tcpInput: z.ZodType<JsonObject> = z.union([
  address.transform((text) => ({ address: text })),
  z.strictObject({
    host: z.string().min(1).describe('Name or address. All addresses of a name are tried.'),
    port: templated(z.int().min(1).max(65_535)),
    send: z.string().exactOptional().describe('Text to send once connected.'),
    banner: patternText
      .exactOptional()
      .describe('Pattern that the first bytes of the answer (at most 4 KiB) must match.'),
    owned,
  }),
])
