/**
 * The API, asked whatever its own document allows and more: it must never fail by itself, whoever asks
 * whatever. RAMPART_FUZZ says how many requests; `RAMPART_FUZZ=20000` is the full run.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '../../src/core/units/digest.ts'
import type { Json } from '../../src/core/units/json.ts'
import type { OpenApiDocument } from '../../src/server/openapi/shape.ts'
import { openNetServer } from '../support/net-server.ts'
import { arbitraryRequest, type MadeRequest } from './arbitrary-request.ts'

const REQUESTS = Number(process.env['RAMPART_FUZZ'] ?? 500)

/** What ends the daemon ends it for all further requests as well. */
const LEFT_OUT: ReadonlySet<string> = new Set(['stopDaemon'])

/** Refusals of a server that is not configured for what is asked are no failures. */
const EXPECTED: ReadonlySet<string> = new Set(['sign-in-unavailable'])

const CONTRACT = {
  apiVersion: 'rampart/v1',
  kind: 'Environment',
  metadata: { name: 'shop' },
  spec: { components: { api: { run: { command: ['node'] } } } },
}
const JSONS: readonly Json[] = [CONTRACT, {}, [], null, 'x', { kind: 'Environment', name: 'shop' }]
const STRINGS = ['shop', 'Environment', 'latest', 'api', '/srv', 'me', '', digestOf(CONTRACT)]

test(`answers ${REQUESTS} requests made from its own document, failing at none`, async (t) => {
  const server = await openNetServer(t)
  const { body } = await server.ask('/v1/openapi.json')
  const admin = await server.tokenFor('admin', [{ role: 'admin', scope: {} }])
  const scope = { contracts: ['Environment/shop'] }
  const few = await server.tokenFor('few', [{ role: 'operator', scope }])
  const agent = await server.tokenFor('agent', [{ role: 'agent', scope: { regions: ['eu'] } }])
  const known = { strings: STRINGS, json: JSONS }
  const requests = arbitraryRequest(body as OpenApiDocument, known, LEFT_OUT)
  const tokens = fc.constantFrom(admin.secret, admin.secret, few.secret, agent.secret, 'rmp_x', '')
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(requests, tokens, async (request, token) => {
      const { status, text } = await send(server.origin, request, token)
      seen.set(request.operationId, (seen.get(request.operationId) ?? 0) + 1)
      if (status < 500 || EXPECTED.has(codeIn(text))) return
      assert.fail(`${request.method} ${request.path} answered ${status}: ${text}`)
    }),
    { numRuns: REQUESTS, endOnFailure: true },
  )
  assert.deepEqual(server.troubles, [])
  assert.equal((await server.ask('/v1/daemon', { token: admin.secret })).status, 200)
  t.diagnostic(`${seen.size} operations were asked`)
})

async function send(
  origin: string,
  { method, path, headers, body }: MadeRequest,
  token: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const leaving = new AbortController()
  const response = await fetch(`${origin}${path}`, {
    method,
    redirect: 'manual',
    signal: leaving.signal,
    headers: { ...headers, ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body }),
  })
  const { status } = response
  const type = response.headers.get('content-type') ?? ''
  if (/^text\/event-stream|ndjson/.test(type)) {
    // What is streamed may never end.
    leaving.abort()
    return { status, text: '' }
  }
  return { status, text: await response.text() }
}

function codeIn(text: string): string {
  try {
    return String((JSON.parse(text) as { readonly code?: unknown }).code)
  } catch {
    // No problem document: whatever it is, nothing excuses it.
    return ''
  }
}
