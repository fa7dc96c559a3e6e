/** What a server needs beyond its routes when others than the machine's owner reach it. */
import { constants } from 'node:zlib'
import { fastifyCompress } from '@fastify/compress'
import { addSecurityHeaders } from './access/security-headers.ts'
import type { App } from './app.ts'
import type { MetricsReader, ServerParts } from './parts.ts'

/** Answers shorter than this are sent as they are. @unit bytes */
const WORTH_IT = 1_024

/** Adds it. To be called before any route is added. */
export async function prepareForNetwork(app: App, { access, metrics }: ServerParts): Promise<void> {
  await app.register(fastifyCompress, {
    encodings: ['br', 'gzip'],
    threshold: WORTH_IT,
    // What is sent is read as it is: nobody may send little that becomes much.
    globalDecompression: false,
    // Higher qualities take longer than the network would.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  })
  if (metrics !== undefined) countRequests(app, metrics)
  addSecurityHeaders(app, { isSecure: access?.publicUrl?.startsWith('https:') === true })
}

/** Counts answers by route; streams last as long as their readers like, and say nothing by that. */
function countRequests(app: App, metrics: MetricsReader): void {
  const sent = new WeakSet<object>()
  // Never called for an answer that is written by hand, as those are that last.
  app.addHook('onSend', (request, _reply, _payload, done) => {
    sent.add(request)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (!sent.has(request)) return done()
    const { url: route = 'none' } = request.routeOptions
    const { method } = request
    metrics.requested({ method, route, status: reply.statusCode }, reply.elapsedTime)
    done()
  })
}
