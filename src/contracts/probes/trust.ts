/** How the other side's certificate is judged, for every probe that may speak TLS. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { templated } from './template.ts'

/** The member `tls` of an input. */
export const trust: z.ZodType<JsonObject> = z.strictObject({
  ca: z.string().min(1).exactOptional().describe('Certificates to trust: PEM text, or a file.'),
  servername: z.string().min(1).exactOptional().describe('Name the certificate must carry.'),
  insecure: templated(z.boolean())
    .exactOptional()
    .describe('Accept any certificate. For tests only.')
    .meta({ default: false }),
})
