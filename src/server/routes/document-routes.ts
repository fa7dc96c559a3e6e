/**
 * The API's description of itself, for programs and for people. Made when it is first asked for; the
 * page is served from this machine alone, so it works without any other network.
 */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { App } from '../app.ts'
import { referencePage } from '../openapi/reference-page.ts'
import type { OpenApiDocument } from '../openapi/shape.ts'
import { JSON_OBJECT } from '../schemas/contract.ts'

/** What the page is made of, by the names under which it asks for it. */
const PAGE_FILES = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
} as const

/** Nothing from elsewhere; the page styles itself. */
const CONTENT_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; " +
  "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"

/** What the document is made of. */
export interface DocumentSource {
  readonly version: string
  /** Adds every route of the API. */
  add(app: App): void
}

/** Adds the routes. */
export function addDocumentRoutes(app: App, source: DocumentSource): void {
  let document: Promise<OpenApiDocument> | undefined
  app.get(
    '/v1/openapi.json',
    {
      schema: {
        operationId: 'getOpenApi',
        summary: 'Read this document',
        tags: ['server'],
        response: { 200: JSON_OBJECT },
      },
      config: { permission: 'open' },
    },
    async (_request, reply) => {
      document ??= makeDocument(source)
      const text = JSON.stringify(await document)
      return await reply.type('application/json; charset=utf-8').send(text as never)
    },
  )
  addPage(app)
}

async function makeDocument({ add, version }: DocumentSource): Promise<OpenApiDocument> {
  const { openApiDocument } = await import('../openapi/document.ts')
  return await openApiDocument(add, version)
}

function addPage(app: App): void {
  const schema = { hide: true }
  const config = { permission: 'open' } as const
  app.get('/reference', { schema, config }, (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', CONTENT_POLICY)
      .send(referencePage()),
  )
  const params = z.object({ file: z.enum(['swagger-ui.css', 'swagger-ui-bundle.js', 'start.js']) })
  app.get('/reference/:file', { schema: { ...schema, params }, config }, async (request, reply) => {
    const { file } = request.params
    if (file === 'start.js') return await reply.type('text/javascript; charset=utf-8').send(START)
    const folder = dirname(fileURLToPath(import.meta.resolve('@fastify/swagger-ui')))
    const bytes = await readFile(join(folder, 'static', file))
    return await reply.type(PAGE_FILES[file]).send(bytes)
  })
}

const START = `SwaggerUIBundle({
  url: '/v1/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  validatorUrl: null,
})
`
