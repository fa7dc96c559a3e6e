/** `/v1/ledger`: reading and proving the record. Nothing here writes to it. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { parseRequest } from '../parse-request.ts'
import type { ServerParts } from '../parts.ts'
import { readPage } from '../read-page.ts'
import { AFTER, PAGE } from '../requests.ts'

/** Adds the routes. */
export function addLedgerRoutes(app: FastifyInstance, { ledger }: ServerParts): void {
  app.get('/v1/ledger/verify', () => ledger.verify())

  app.get('/v1/ledger/streams', () => ledger.streams())

  app.get('/v1/ledger/entries', async (request) => {
    const { after, limit } = parseRequest(PAGE, request.query, 'query')
    return await readPage(ledger.readAll(after), limit)
  })

  app.get('/v1/ledger/export', (request, reply) => {
    const { after } = parseRequest(AFTER, request.query, 'query')
    const lines = linesOf(ledger.readAll(after))
    return reply.type('application/x-ndjson').send(Readable.from(lines, { objectMode: false }))
  })
}

async function* linesOf(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`
}
