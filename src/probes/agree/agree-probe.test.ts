/** Regions agree only on what was seen in this attempt, and otherwise each says what it sees. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { gist } from '../../../test/support/asking.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { CelExpressions } from '../../daemon/daemon-expressions.ts'
import { HttpProbe } from '../http/http-probe.ts'
import { AgreeProbe } from './agree-probe.ts'
import { assessAgreement, type Observation } from './assess-agreement.ts'

const servers: Server[] = []

after(() => {
  for (const server of servers) server.close()
})

/** A region whose API answers with a JSON body; undefined: with 503. */
async function region(body: Json | undefined): Promise<string> {
  const server = createServer((_, reply) => {
    reply.setHeader('content-type', 'application/json')
    reply.statusCode = body === undefined ? 503 : 200
    reply.end(JSON.stringify(body ?? {}))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

async function ask(input: JsonObject, urls: Readonly<Record<string, string>>): Promise<Answer> {
  const probe = new AgreeProbe([new HttpProbe()], new CelExpressions())
  const among = Object.entries(urls).map(([name, url]) => ({
    name,
    probe: 'http',
    input: { url },
    self: {},
  }))
  const signal = AbortSignal.timeout(60_000)
  const all = { quorum: 'all', withinMs: 2_000, ...input }
  return await probe.ask({ input: all, self: {}, attempt: 1, signal, among })
}

describe('agreements', () => {
  it('hold when every region says the same', async () => {
    const urls = { eu: await region({ v: '1.4' }), us: await region({ v: '1.4' }) }
    const answer = await ask({ compare: 'same', value: 'evidence.json.v' }, urls)
    assert.equal(answer.verdict, 'passed')
    assert.equal(answer.sentence, 'eu and us say "1.4" for `evidence.json.v`.')
    assert.deepEqual(answer.evidence['regions'], { eu: '1.4', us: '1.4' })
  })

  it('name what each region says when they differ', async () => {
    const urls = { eu: await region({ v: '1.4' }), us: await region({ v: '1.3' }) }
    const answer = await ask({ compare: 'same', value: 'evidence.json.v' }, urls)
    assert.equal(gist(answer), 'failed notYet differs')
    assert.match(answer.sentence, /eu says "1.4", us says "1.3"/)
  })

  it('do not count a region that is not ready, and say which', async () => {
    const urls = { eu: await region({ v: 1 }), us: await region(undefined) }
    const answer = await ask({ compare: 'same', value: 'evidence.json.v' }, urls)
    assert.equal(gist(answer), 'failed notYet not-observed')
    assert.match(answer.sentence, /1 of 2 regions can tell, 2 must\. us: .*503/)
  })

  it('are enough with a quorum', async () => {
    const urls = {
      ap: await region({ v: 2 }),
      eu: await region({ v: 1 }),
      us: await region({ v: 1 }),
    }
    const same = { compare: 'same', value: 'evidence.json.v', quorum: 2 }
    const answer = await ask(same, urls)
    assert.equal(answer.verdict, 'passed', answer.sentence)
    assert.match(answer.sentence, /eu and us \(ap says 2, eu and us say 1\)/)
    const holds = { compare: 'holds', value: 'evidence.json.v == 1', quorum: 3 }
    const refused = await ask(holds, urls)
    assert.equal(gist(refused), 'failed notYet does-not-hold')
    assert.match(refused.sentence, /2 of 3 regions, not in ap; 3 must/)
  })

  it('bound how far numbers spread', async () => {
    const urls = { eu: await region({ offset: 3 }), us: await region({ offset: 15 }) }
    const spread = { compare: 'spread', value: 'evidence.json.offset' }
    assert.equal((await ask({ ...spread, most: 12 }, urls)).verdict, 'passed')
    const answer = await ask({ ...spread, most: 10 }, urls)
    assert.equal(gist(answer), 'failed notYet spread-too-wide')
    assert.match(answer.sentence, /from 3 \(eu\) to 15 \(us\), 12 apart; at most 10/)
  })

  it('bound how far the numbers of a quorum spread, whichever regions those are', async () => {
    const offsets = { ap: 90, eu: 3, us: 15 }
    const urls: Record<string, string> = {}
    for (const [name, offset] of Object.entries(offsets)) urls[name] = await region({ offset })
    const spread = { compare: 'spread', value: 'evidence.json.offset', quorum: 2 }
    const enough = await ask({ ...spread, most: 12 }, urls)
    assert.equal(gist(enough), 'passed agrees')
    assert.match(enough.sentence, /from 3 \(eu\) to 15 \(us\) in 2 of 3 regions, 12 apart/)
    assert.equal(gist(await ask({ ...spread, most: 11 }, urls)), 'failed notYet spread-too-wide')
    assert.match(
      (await ask({ ...spread, most: 87 }, urls)).sentence,
      /from 3 \(eu\) to 90 \(ap\), 87/,
    )
  })

  it('do not compare what cannot be compared', async () => {
    const urls = { eu: await region({ v: 'a' }), us: await region({ v: 1 }) }
    const spread = { compare: 'spread', value: 'evidence.json.v', most: 1 }
    assert.equal(gist(await ask(spread, urls)), 'inconclusive notYet not-comparable')
    const absent = await ask({ compare: 'same', value: 'evidence.json.gone' }, urls)
    assert.equal(gist(absent), 'failed notYet not-observed')
    const one = await ask({ compare: 'same', value: 'evidence.json.v' }, { eu: urls.eu })
    assert.equal(gist(one), 'inconclusive notYet nothing-to-compare')
  })

  it('are inconclusive where the observations lie too far apart', () => {
    const seen: readonly Observation[] = [
      { region: 'eu', atMs: 0, value: 1 },
      { region: 'us', atMs: 2_500, value: 1 },
    ]
    const input = {
      compare: 'same',
      value: 'evidence.v',
      quorum: undefined,
      withinMs: 2_000,
      most: 0,
    } as const
    assert.equal(gist(assessAgreement(input, seen, 1)), 'inconclusive notYet too-far-apart')
  })

  it('refuse an input that makes no sense', async () => {
    const answer = await ask({ compare: 'alike', value: 'x' }, {})
    assert.equal(answer.outlook, 'terminal')
  })
})
