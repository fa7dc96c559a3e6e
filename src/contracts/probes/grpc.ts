/** The input of the `grpc` probe: `grpc: "host:port"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { templated, textThat } from './template.ts'
import { trust } from './trust.ts'

const ADDRESS = /^(?:\[[^\]\s]+\]|[^:\s[\]]+):\d{1,5}$/
const METADATA_NAME = /^(?!grpc-)[0-9a-z_.-]+(?<!-bin)$/

const address = textThat((text) => ADDRESS.test(text), 'host:port, or [address]:port for IPv6')

/** Reads as `{ address }` when written as one text, else as the object itself. */
export const grpcInput: z.ZodType<JsonObject> = z.union([
  address.transform((text) => ({ address: text })),
  z.strictObject({
    host: z.string().min(1).describe('Name or address.'),
    port: templated(z.int().min(1).max(65_535)),
    service: z
      .string()
      .max(512)
      .exactOptional()
      .describe('Full name of the service, as in shop.Orders; by default the server as a whole.')
      .meta({ default: '' }),
    metadata: z
      .record(z.string().regex(METADATA_NAME, 'a name of metadata, in lower case'), z.string())
      .exactOptional()
      .describe('Metadata to send, such as authorization.'),
    tls: trust.exactOptional().describe('TLS is spoken when this is there, even when it is empty.'),
  }),
])
