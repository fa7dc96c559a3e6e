/**
 * Serves the dashboard's files, as Vite built them. They hold no data and so are open to all; what the
 * page then asks for is not. Every page's address gives the same document, which looks at the address.
 */
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyReply } from 'fastify'
import type { App } from './app.ts'

/** Nothing from elsewhere, and nothing written into the page itself: no scripts, no styles. */
const CONTENT_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ')

/** The addresses of pages; `/*` stands for whatever is below. */
const PAGES = [
  '/',
  '/ramps',
  '/ramps/*',
  '/contracts',
  '/contracts/*',
  '/approvals',
  '/ledger',
  '/ports',
  '/regions',
  '/access',
]

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

const MISSING = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Rampart</title>
<h1>The dashboard was not built</h1>
<p>This copy of Rampart has no dashboard yet. In its folder, run <code>npm run build -- web</code>,
and load this page again. The API is here all the same: see <a href="/reference">its reference</a>.</p>
</html>`

/** Where the dashboard is: beside the compiled server, or where a working copy builds it. */
export function dashboardFolder(): string {
  const isCompiled = import.meta.filename.endsWith('.js')
  return join(import.meta.dirname, isCompiled ? '../web' : '../../dist/web')
}

/** Adds the pages and their files. To be called after every other route. */
export function addDashboard(app: App, folder: string): void {
  const options = { schema: { hide: true }, config: { permission: 'open' } } as const
  for (const page of PAGES) {
    app.get(page, options, async (_request, reply) => await sendPage(reply, folder))
  }
  for (const file of ['favicon.svg', 'theme.js']) {
    app.get(`/${file}`, options, async (_request, reply) => {
      void reply.header('cache-control', 'public, max-age=3600')
      return await sendFile(reply, folder, file)
    })
  }
  app.get<{ Params: { readonly file: string } }>(
    '/assets/:file',
    options,
    async (request, reply) => {
      const { file } = request.params
      // The name of a file changes with what is in it.
      void reply.header('cache-control', 'public, max-age=31536000, immutable')
      return await sendFile(reply, join(folder, 'assets'), file)
    },
  )
}

async function sendPage(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  void reply.header('cache-control', 'no-cache').header('content-security-policy', CONTENT_POLICY)
  if (namesIn(folder).includes('index.html')) return await sendFile(reply, folder, 'index.html')
  return await reply
    .code(503)
    .type(MEDIA_TYPES['html'] ?? '')
    .send(MISSING)
}

/** Only names that were listed come here, so that no name leads out of the folder. */
async function sendFile(reply: FastifyReply, folder: string, file: string): Promise<FastifyReply> {
  if (!namesIn(folder).includes(file)) {
    reply.removeHeader('cache-control').callNotFound()
    return reply
  }
  const type = MEDIA_TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  return await reply.type(type).send(await readFile(join(folder, file)))
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
