/** What a server needs beyond its routes when others than the machine's owner reach it. */
import { constants } from 'node:zlib'
import { fastifyCompress } from '@fastify/compress'
import { addSecurityHeaders } from './access/security-headers.ts'
import type { App } from './app.ts'
import type { ServerParts } from './parts.ts'

/** Answers shorter than this are sent as they are. @unit bytes */
const WORTH_IT = 1_024

/** Adds it. To be called before any route is added. */
export async function prepareForNetwork(app: App, { access }: ServerParts): Promise<void> {
  await app.register(fastifyCompress, {
    encodings: ['br', 'gzip'],
    threshold: WORTH_IT,
    // What is sent is read as it is: nobody may send little that becomes much.
    globalDecompression: false,
    // Higher qualities take longer than the network would.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  })
  addSecurityHeaders(app, { isSecure: access?.publicUrl?.startsWith('https:') === true })
}
