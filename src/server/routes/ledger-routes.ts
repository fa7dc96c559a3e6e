/** `/v1/ledger`: reading and proving the record. Nothing here writes to it. */
import { Readable } from 'node:stream'

import type { App } from '../app.ts'
import type { ServerParts } from '../parts.ts'
import { proveEntry } from '../prove-entry.ts'
import { readPage } from '../read-page.ts'
import { AFTER, PAGE, POSITION_PARAMS } from '../requests.ts'
import { ofType } from '../schemas/content.ts'
import {
  ENTRY_PAGE,
  LEDGER_PROOF,
  RECORDED,
  STREAM_SUMMARY,
  VERIFICATION,
} from '../schemas/entry.ts'
import { listOf } from '../schemas/promised.ts'

const TAGS = ['ledger']

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
        response: { 200: listOf(STREAM_SUMMARY) },
      },
      config,
    },
    () => ledger.streams(),
  )

  app.get(
    '/v1/ledger/entries',
    {
      schema: {
        operationId: 'listLedgerEntries',
        summary: 'Read entries of the whole ledger, in order',
        tags: TAGS,
        querystring: PAGE,
        response: { 200: ENTRY_PAGE },
      },
      config,
    },
    async ({ query: { after, limit } }) => await readPage(ledger.readAll(after), limit),
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
