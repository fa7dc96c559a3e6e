/** `/v1/ramps`: opening ramps, looking at them, speaking to them. */
import type { FastifyInstance } from 'fastify'
import { chooseTarget } from '../choose-target.ts'
import { compileContract, readContract, settingsFor } from '../compile-contract.ts'
import { parseRequest } from '../parse-request.ts'
import type { ServerParts } from '../parts.ts'
import type { RampIndex } from '../ramp-index.ts'
import { streamRamp } from '../ramp-stream.ts'
import { readPage } from '../read-page.ts'
import { AFTER, OPEN_RAMP, PAGE, RAMPS, SAY } from '../requests.ts'
import { sayWord } from '../say-word.ts'
import { SlowWriter } from '../slow-writer.ts'
import type {
  CircumstanceReply,
  EntryPage,
  OpenRampReply,
  OpenRampRequest,
  RampSummary,
  RampView,
  SayReply,
} from '../wire.ts'

interface ToRamp {
  readonly Params: { readonly ramp: string }
}

/** Adds the routes. */
export function addRampRoutes(app: FastifyInstance, parts: ServerParts, index: RampIndex): void {
  const { clock, ledger, engine } = parts

  app.post('/v1/ramps', async (request, reply): Promise<OpenRampReply> => {
    const opening = parseRequest(OPEN_RAMP, request.body, 'body')
    const ramp = await openRamp(parts, index, opening)
    void reply.code(201).header('location', `/v1/ramps/${ramp}`)
    return { ramp }
  })

  app.get('/v1/ramps', async (request) => {
    const { limit, cursor } = parseRequest(RAMPS, request.query, 'query')
    return await index.page(limit, cursor)
  })

  app.get<ToRamp>('/v1/ramps/:ramp', async (request): Promise<RampView> => {
    const state = await index.state(await index.find(request.params.ramp))
    return { state, nowMs: clock.nowMs() }
  })

  app.get<ToRamp>('/v1/ramps/:ramp/entries', async (request): Promise<EntryPage> => {
    const { after, limit } = parseRequest(PAGE, request.query, 'query')
    const ramp = await index.find(request.params.ramp)
    return await readPage(ledger.read(ramp, after), limit)
  })

  app.get<ToRamp>('/v1/ramps/:ramp/circumstances', async (request): Promise<CircumstanceReply> => {
    const ramp = await index.find(request.params.ramp)
    const circumstances = await parts.circumstances?.read(ramp)
    return circumstances === undefined ? {} : { circumstances }
  })

  app.get<ToRamp>('/v1/ramps/:ramp/stream', async (request, reply): Promise<void> => {
    const query = parseRequest(AFTER, request.query, 'query')
    const ramp = await index.find(request.params.ramp)
    const seen = Number(request.headers['last-event-id'])
    const after = Number.isSafeInteger(seen) && seen > 0 ? seen : query.after
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const writer = new SlowWriter(reply.raw)
    try {
      await streamRamp({ engine, ledger, clock, ramp, after, writer })
      writer.end()
    } catch (error) {
      // A broken connection tells the reader that this was not the end.
      reply.raw.destroy()
      parts.onTrouble(error)
    }
  })

  app.post<ToRamp>('/v1/ramps/:ramp/words', async (request): Promise<SayReply> => {
    const { by, word } = parseRequest(SAY, request.body, 'body')
    const ramp = await index.find(request.params.ramp)
    return await sayWord(parts, { ramp, by, word })
  })
}

async function openRamp(
  parts: ServerParts,
  index: RampIndex,
  opening: OpenRampRequest,
): Promise<string> {
  const { goal, directory, by, settings: given } = opening
  const { workspace } = parts.identity
  const contract = readContract(opening.contract)
  const aim = await chooseTarget(index, contract, opening)
  const { aimed, plan, next } = compileContract(contract, { goal, ...aim })
  const up = goal === 'up' ? undefined : await index.latest(contract.name, isUpOf(contract))
  const earlier = up && (await parts.settings.load(up.ramp))
  const settings = settingsFor(aimed, { goal, ...aim, directory, workspace, given, earlier })
  const kept = next === undefined ? settings : { ...settings, next }
  return await parts.engine.open({ plan, settings: kept, by })
}

function isUpOf(contract: { readonly kind: string }): (summary: RampSummary) => boolean {
  return (summary) => summary.goal === 'up' && summary.contract.kind === contract.kind
}
