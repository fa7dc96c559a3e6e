/**
 * Headers that tell browsers to take answers for nothing but what they are, to show our pages in no
 * frame, and to come back by TLS alone where there is TLS. A route may set a policy of its own.
 */
import type { App } from '../app.ts'

/** The dashboard: nothing from elsewhere; images and fonts may be written into its own files. */
const DASHBOARD_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Data is no page. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** How long browsers remember to come by TLS. @unit s */
const TLS_ONLY_S = 31_536_000

/** Adds them to every answer. `isSecure`: whether browsers reach the server by TLS. */
export function addSecurityHeaders(app: App, options: { readonly isSecure: boolean }): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    const type = String(reply.getHeader('content-type') ?? '')
    const policy = type.startsWith('text/html') ? DASHBOARD_POLICY : DATA_POLICY
    if (!reply.hasHeader('content-security-policy')) {
      void reply.header('content-security-policy', policy)
    }
    void reply.header('x-content-type-options', 'nosniff')
    void reply.header('x-frame-options', 'DENY')
    void reply.header('referrer-policy', 'same-origin')
    void reply.header('cross-origin-opener-policy', 'same-origin')
    void reply.header('cross-origin-resource-policy', 'same-origin')
    if (!reply.hasHeader('cache-control') && !type.startsWith('text/')) {
      void reply.header('cache-control', 'no-store')
    }
    if (options.isSecure) {
      void reply.header('strict-transport-security', `max-age=${TLS_ONLY_S}`)
    }
    return payload
  })
}
