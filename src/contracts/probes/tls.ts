/** The input of the `tls` probe: `tls: "host:port"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { oneOrMany } from './amount.ts'
import { templated, textThat } from './template.ts'

const ADDRESS = /^(?:\[[^\]\s]+\]|[^:\s[\]]+):\d{1,5}$/
const FINGERPRINT = /^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/

const address = textThat((text) => ADDRESS.test(text), 'host:port, or [address]:port for IPv6')

/** Reads as `{ address }` when written as one text, else as the object itself. */
export const tlsInput: z.ZodType<JsonObject> = z.union([
  address.transform((text) => ({ address: text })),
  z.strictObject({
    host: z.string().min(1).describe('Name or address.'),
    port: templated(z.int().min(1).max(65_535)).exactOptional().meta({ default: 443 }),
    servername: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Name the certificate must carry; by default the host.'),
    ca: z.string().min(1).exactOptional().describe('Certificates to trust: PEM text, or a file.'),
    daysLeft: templated(z.int().min(0).max(10_000))
      .exactOptional()
      .describe('For how many days at least the certificate must still be valid.'),
    minVersion: z
      .enum(['TLSv1.2', 'TLSv1.3'])
      .exactOptional()
      .describe('The oldest version of TLS that may be agreed on.')
      .meta({ default: 'TLSv1.2' }),
    alpn: oneOrMany(z.string().min(1).max(255))
      .exactOptional()
      .describe('Protocols to offer, such as h2; one of them must be agreed on.'),
    fingerprint: textThat((text) => FINGERPRINT.test(text), 'a SHA-256 fingerprint, 64 hex digits')
      .exactOptional()
      .describe('SHA-256 fingerprint that the certificate must have.'),
    allAddresses: templated(z.boolean())
      .exactOptional()
      .describe('Whether every address of the name must answer, all with the same certificate.')
      .meta({ default: false }),
  }),
])
