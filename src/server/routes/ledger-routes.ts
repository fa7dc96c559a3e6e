/** `/v1/ledger`: reading and proving the record. Nothing here writes to it. */
import { Readable } from 'node:stream'
import { z } from 'zod'
import { ascending, type PageOf, pageOf } from '../../core/units/page-of.ts'
import type { App } from '../app.ts'
import type { ServerParts } from '../parts.ts'
import { proveEntry } from '../prove-entry.ts'
import { readPage } from '../read-page.ts'
import { AFTER, PAGE, POSITION_PARAMS } from '../requests.ts'
import { ofType } from '../schemas/content.ts'
import { LEDGER_PAGE, LEDGER_PROOF, RECORDED, STREAM_PAGE, VERIFICATION } from '../schemas/entry.ts'
import { CURSOR, limitOf } from '../schemas/paging.ts'
import type { StreamSummary } from '../wire.ts'

const TAGS = ['ledger']

/** There are as many streams as there ever were ramps. */
const STREAMS_QUERY: z.ZodType<PageOf> = z.strictObject({
  limit: limitOf(5_000, 1_000),
  cursor: CURSOR,
})

/** Adds the routes. */
export function addLedgerRoutes(app: App, { ledger }: ServerParts): void {
  const config = { permission: 'ledger.read' } as const
  let verifying: ReturnType<typeof ledger.verify> | undefined

  app.get(
    '/v1/ledger/verify',
    {
      schema: {
        operationId: 'verifyLedger',
        summary: 'Prove that nothing was altered, removed or reordered',
        tags: TAGS,
        response: { 200: VERIFICATION },
      },
      config,
    },
    () => {
      // It reads everything: whoever asks while it goes on is told what it finds.
      verifying ??= ledger.verify().finally(() => {
        verifying = undefined
      })
      return verifying
    },
  )

  app.get(
    '/v1/ledger/streams',
    {
      schema: {
        operationId: 'listStreams',
        summary: 'List every stream, oldest first',
        tags: TAGS,
        querystring: STREAMS_QUERY,
        response: { 200: STREAM_PAGE },
      },
      config,
    },
    async ({ query }) => {
      const oldestFirst = ({ openedAtMs, stream }: StreamSummary): string =>
        `${ascending(openedAtMs)} ${stream}`
      const { items, ...next } = pageOf(await ledger.streams(), oldestFirst, query)
      return { streams: items, ...next }
    },
  )

  app.get(
    '/v1/ledger/entries',
    {
      schema: {
        operationId: 'listLedgerEntries',
        summary: 'Read entries of the whole ledger, in order',
        tags: TAGS,
        querystring: PAGE,
        response: { 200: LEDGER_PAGE },
      },
      config,
    },
    async ({ query: { after, limit, cursor = after } }) => {
      const page = await readPage(ledger.readAll(cursor), limit, ({ position }) => position)
      return { ...page, end: await ledger.end() }
    },
  )

  app.get(
    '/v1/ledger/export',
    {
      schema: {
        operationId: 'exportLedger',
        summary: 'Read every entry, one JSON document a line',
        tags: TAGS,
        querystring: AFTER,
        response: { 200: ofType('application/x-ndjson', RECORDED) },
      },
      config,
    },
    (request, reply) => {
      const lines = linesOf(ledger.readAll(request.query.after))
      return reply.type('application/x-ndjson').send(Readable.from(lines, { objectMode: false }))
    },
  )

  app.get(
    '/v1/ledger/proof/:position',
    {
      schema: {
        operationId: 'proveEntry',
        summary: 'Prove that an entry is in the signed record',
        tags: TAGS,
        params: POSITION_PARAMS,
        response: { 200: LEDGER_PROOF },
      },
      config,
    },
    async ({ params }) => await proveEntry(ledger, params.position),
  )
}

async function* linesOf(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`
}
