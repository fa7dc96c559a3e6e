/**
 * `If-Match` and ETags, page by page: what the API's own document says of both, and that it is so. An
 * operation that changes something and does not take `If-Match` stands here with its reason.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { HttpCourier } from '../../src/notifier/http-courier.ts'
import { SystemRandom } from '../../src/random/system-random.ts'
import { AgentDesk } from '../../src/server/agents/agent-desk.ts'
import { AgentRegister } from '../../src/server/agents/agent-register.ts'
import type { OpenApiDocument, Operation } from '../../src/server/openapi/shape.ts'
import { parsePrecondition } from '../../src/server/precondition.ts'
import { type Answered, type NetServer, openNetServer } from '../support/net-server.ts'
import { makeServerParts } from '../support/server-parts.ts'

const ADMIN = [{ role: 'admin', scope: {} }] as const

/** What changes something and takes no `If-Match`, and why. */
const UNCONDITIONAL: Readonly<Record<string, string>> = {
  openRamp: 'It makes a ramp; while another of its contract is under way it is refused.',
  planContract: 'It changes nothing; it is a POST for the sake of its body.',
  claimPorts: 'It makes leases; the same claim again gives the same ones.',
  createToken: 'It makes a token; a name that is taken is refused.',
  addWebhook: 'It makes a webhook.',
  signPersonOut: 'It ends whatever sessions there are: none is to be left for having been new.',
  signOut: "It ends one's own session.",
  beginSession: 'It makes a session of its own.',
  createSignInCode: 'It makes a code of its own.',
  beginDeviceLogin: 'It makes a login of its own.',
  takeDeviceToken: 'It is answered once, by its own code.',
  reportWork: 'What an agent reports is fenced by its session.',
  stopDaemon: 'It stops whatever runs.',
}

/** What is a list by its name, and is none. */
const NO_LISTS: Readonly<Record<string, string>> = {
  listLeftovers: 'It is one look at the kernel, which is different the next time.',
}

/** Members of an answer that is a page, by the shape that it refers to. */
function isPaged(document: OpenApiDocument, operation: Operation): boolean {
  const schema = operation.responses['200']?.content?.['application/json']?.schema ?? {}
  const name = String(schema['$ref']).split('/').at(-1) ?? ''
  const shape = document.components.schemas[name] ?? schema
  const names = (operation.parameters ?? []).map((parameter) => parameter.name)
  const hasNext = Object.hasOwn((shape['properties'] ?? {}) as object, 'next')
  return names.includes('limit') && names.includes('cursor') && hasNext
}

interface Described extends Operation {
  readonly method: string
  readonly path: string
}

interface Trial extends NetServer {
  readonly token: string
  readonly document: OpenApiDocument
  readonly operations: readonly Described[]
  /** As the admin. */
  send(method: string, path: string, body?: object, ifMatch?: string): Promise<Answered>
}

async function openTrial(t: TestContext): Promise<Trial> {
  const { clock, records } = makeServerParts().parts
  const register = new AgentRegister({ records, clock })
  const desk = new AgentDesk({ register, clock, random: new SystemRandom() })
  const notifying = {
    courier: new HttpCourier({ mayReach: ['127.0.0.0/8'] }),
    random: new SystemRandom(),
    masterKey: () => new Uint8Array(32).fill(1),
  }
  const server = await openNetServer(t, { agents: { desk, register }, notifying })
  const identity = { name: 'token:eu', region: 'eu', instance: 'one', version: '1' }
  await register.admit({ agent: identity, isReplacing: false, note: async () => undefined })
  const { secret: token } = await server.tokenFor('root', ADMIN)
  const document = (await server.ask('/v1/openapi.json')).body as OpenApiDocument
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ ...one, path, method })),
  )
  return {
    ...server,
    token,
    document,
    operations,
    send: (method, path, body, ifMatch) =>
      server.ask(path, {
        ...{ method, token },
        ...(body === undefined ? {} : { body }),
        ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
      }),
  }
}

test('reads If-Match as RFC 9110 writes it, and nothing else', () => {
  assert.equal(parsePrecondition('*').holds('"1"'), true)
  assert.equal(parsePrecondition('*').holds(undefined), false)
  assert.equal(parsePrecondition('"1"').holds('"1"'), true)
  assert.equal(parsePrecondition('"1" , W/"2"').holds('"2"'), true)
  assert.equal(parsePrecondition('"1"').holds('"2"'), false)
  assert.deepEqual(parsePrecondition('"7", "x"').heads, [7])
  for (const header of ['', '1', '"1', '"1" "2"', '"1",', '*, "1"', 'w/"1"', "'1'"]) {
    assert.throws(() => parsePrecondition(header), { code: 'request-malformed' }, header)
  }
})

test('the document says of every change that it takes If-Match, or it is known why not', async (t) => {
  const { operations } = await openTrial(t)
  const changes = operations.filter(({ method }) => method !== 'get')
  const isConditional = ({ parameters = [], responses }: Operation): boolean =>
    parameters.some((one) => one.in === 'header' && one.name === 'if-match') &&
    responses['412']?.content?.['application/problem+json'] !== undefined
  const unconditional = changes.filter((change) => !isConditional(change))
  assert.deepEqual(
    unconditional.map(({ operationId }) => operationId).sort(),
    Object.keys(UNCONDITIONAL).sort(),
  )
  for (const change of changes.filter(isConditional)) {
    // What is changed can be read where it is changed, or where the last word of its path is left out.
    const { path } = change
    const places = [path, path.slice(0, path.lastIndexOf('/')), '/v1/contracts/{kind}/{name}']
    const isRead = operations.some(
      (one) =>
        one.method === 'get' &&
        places.includes(one.path) &&
        JSON.stringify(one.responses['200']).includes('"etag"'),
    )
    assert.ok(isRead, `${change.operationId}: a GET of what it changes gives its ETag`)
  }
})

test('the document says of every list that it is read page by page', async (t) => {
  const { operations, document } = await openTrial(t)
  const lists = operations.filter(
    ({ operationId }) => /^list[A-Z]/.test(operationId) || operationId === 'findService',
  )
  const unpaged = lists.filter((list) => !isPaged(document, list))
  assert.deepEqual(
    unpaged.map(({ operationId }) => operationId),
    Object.keys(NO_LISTS),
  )
  // Whatever answers with a list by itself could never say that there is more.
  for (const { operationId, responses } of operations) {
    const schema = responses['200']?.content?.['application/json']?.schema
    assert.notEqual(schema?.['type'], 'array', operationId)
  }
})

test('refuses If-Match where nothing can be judged by it', async (t) => {
  const { send } = await openTrial(t)
  const body = { name: 'ci', grants: [], lifetimeMs: 60_000 }
  const { status, body: problem } = await send('POST', '/v1/tokens', body, '"1"')
  assert.equal(status, 400)
  assert.match(JSON.stringify(problem), /depends on nothing that If-Match could name/)
})

/** Whatever is changed by a record of its own: at its address, by its method. */
const KEPT: readonly {
  readonly what: string
  readonly method: string
  make(trial: Trial): Promise<{ readonly read: string; readonly change: string }>
}[] = [
  {
    what: 'a token',
    method: 'DELETE',
    make: async ({ tokenFor }) => {
      const { token } = await tokenFor('victim', [])
      return { read: `/v1/tokens/${token.id}`, change: `/v1/tokens/${token.id}` }
    },
  },
  {
    what: 'the agent of a region',
    method: 'DELETE',
    make: async () => ({ read: '/v1/regions/eu/agent', change: '/v1/regions/eu/agent' }),
  },
  {
    what: 'a webhook',
    method: 'DELETE',
    make: async ({ send }) => {
      const { headers } = await send('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/' })
      return { read: String(headers['location']), change: String(headers['location']) }
    },
  },
  {
    what: 'a lease',
    method: 'DELETE',
    make: async ({ send }) => {
      const wishes = [{ owner: { service: 'shop/api', port: 'http' } }]
      const { leases } = (await send('POST', '/v1/ports/leases', { wishes })).body as {
        readonly leases: readonly { readonly id: string }[]
      }
      const path = `/v1/ports/leases/${leases[0]?.id}`
      return { read: path, change: path }
    },
  },
]

for (const { what, method, make } of KEPT) {
  test(`changes ${what} only as it was seen`, async (t) => {
    const trial = await openTrial(t)
    const { read, change } = await make(trial)
    const seen = await trial.send('GET', read)
    const etag = String(seen.headers['etag'])
    assert.match(etag, /^"[^"]+"$/)
    assert.equal((await trial.send(method, change, undefined, 'nonsense')).status, 400)
    const stale = await trial.send(method, change, undefined, '"other"')
    assert.equal(stale.status, 412)
    assert.match(String(stale.headers['content-type']), /^application\/problem\+json/)
    const { code, detail } = stale.body as { readonly code: string; readonly detail: string }
    assert.equal(code, 'precondition-failed')
    assert.ok(detail.includes(etag), `it says what it is now: ${detail}`)
    assert.equal((await trial.send('GET', read)).headers['etag'], etag, 'nothing was done')
    assert.equal((await trial.send(method, change, undefined, `"x", W/${etag}`)).status, 204)
    assert.deepEqual(trial.troubles, [])
  })
}

test('gives lists with the ETag that the thing itself has', async (t) => {
  const { send, tokenFor } = await openTrial(t)
  const { token } = await tokenFor('victim', [])
  const { tokens } = (await send('GET', '/v1/tokens')).body as {
    readonly tokens: readonly { readonly id: string; readonly etag: string }[]
  }
  const listed = tokens.find(({ id }) => id === token.id)
  const { headers, body } = await send('GET', `/v1/tokens/${token.id}`)
  assert.equal(listed?.etag, headers['etag'])
  assert.equal((body as { readonly etag: string }).etag, headers['etag'])
  const { agents } = (await send('GET', '/v1/agents')).body as {
    readonly agents: readonly { readonly etag: string }[]
  }
  const agent = await send('GET', '/v1/regions/eu/agent')
  assert.equal(agents[0]?.etag, agent.headers['etag'])
})

const SHOP = {
  apiVersion: 'rampart/v1',
  kind: 'Environment',
  metadata: { name: 'shop' },
  spec: { components: { api: { run: { command: ['node'] } } } },
}

test('holds a contract only upon the revision that was seen', async (t) => {
  const { send } = await openTrial(t)
  const path = '/v1/contracts/Environment/shop'
  assert.equal((await send('POST', '/v1/apply', { documents: [SHOP] }, '*')).status, 412)
  assert.equal((await send('POST', '/v1/apply', { documents: [SHOP] })).status, 200)
  const etag = String((await send('GET', path)).headers['etag'])
  const changed = { ...SHOP, spec: { ...SHOP.spec, watch: false } }
  const stale = await send('POST', '/v1/apply', { documents: [changed] }, '"sha256:0"')
  assert.equal(stale.status, 412)
  assert.ok(JSON.stringify(stale.body).includes(JSON.stringify(etag).slice(1, -1)))
  assert.equal((await send('POST', '/v1/apply', { documents: [changed] }, etag)).status, 200)
  const late = await send('POST', '/v1/apply', { documents: [SHOP] }, etag)
  assert.equal(late.status, 412)
  assert.equal((await send('POST', '/v1/apply', { documents: [SHOP] }, '*')).status, 200)
  assert.equal((await send('POST', '/v1/apply', { documents: [SHOP, changed] }, '*')).status, 400)
})

async function openRamp({ send, world }: Trial): Promise<string> {
  // Nothing becomes ready, so that it is under way for as long as the test lasts.
  world.running = 'failed'
  const opening = { contract: SHOP, directory: '/srv', goal: 'up', settings: {}, by: 'x' }
  return ((await send('POST', '/v1/ramps', opening)).body as { readonly ramp: string }).ramp
}

test('hears a word only of the head that was seen, and records nothing of any other', async (t) => {
  const trial = await openTrial(t)
  const { send } = trial
  const path = `/v1/ramps/${await openRamp(trial)}`
  const hold = { by: 'x', word: { say: 'hold', why: '' } }
  const resume = { by: 'x', word: { say: 'resume', why: '' } }
  const say = (body: object, ifMatch?: string): Promise<Answered> =>
    send('POST', `${path}/words`, body, ifMatch)
  assert.equal((await say(hold, '*')).status, 200)
  const seen = await send('GET', path)
  const etag = String(seen.headers['etag'])
  const { sequence } = (seen.body as { readonly state: { readonly sequence: number } }).state
  assert.equal(etag, `"${sequence}"`)
  const stale = await say(resume, `"${sequence - 1}"`)
  assert.equal(stale.status, 412)
  assert.ok((stale.body as { readonly detail: string }).detail.includes(etag))
  assert.equal((await say(resume, '"none"')).status, 412)
  assert.equal((await say(resume, String(sequence))).status, 400)
  assert.equal((await send('GET', path)).headers['etag'], etag, 'nothing of it is recorded')
  assert.equal((await say(resume, etag)).status, 200)
  assert.equal((await say(hold, etag)).status, 412)
})

test('of many who say something of the same head at once, one is heard', async (t) => {
  const trial = await openTrial(t)
  const { send } = trial
  const path = `/v1/ramps/${await openRamp(trial)}`
  await send('POST', `${path}/words`, { by: 'x', word: { say: 'hold', why: '' } })
  const etag = String((await send('GET', path)).headers['etag'])
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, place) =>
      send(
        'POST',
        `${path}/words`,
        // Among them are such as say the very same.
        { by: 'x', word: { say: 'resume', why: place % 2 === 0 ? 'same' : `${place}` } },
        etag,
      ),
    ),
  )
  const heard = answers.filter(({ status }) => status === 200)
  assert.equal(heard.length, 1)
  assert.equal(answers.filter(({ status }) => status === 412).length, 19)
  const { entries } = (await send('GET', `${path}/entries`)).body as {
    readonly entries: readonly { readonly entry: { readonly type: string } }[]
  }
  assert.equal(entries.filter(({ entry }) => entry.type === 'word.spoken').length, 2)
  assert.deepEqual(trial.troubles, [])
})

test('reads every list page by page, the same as whole', async (t) => {
  const trial = await openTrial(t)
  const { send, tokenFor } = trial
  for (const name of ['shop', 'shed', 'shack']) {
    await send('POST', '/v1/apply', { documents: [{ ...SHOP, metadata: { name } }] })
    const wishes = [{ owner: { service: `${name}/api`, port: 'http' } }]
    await send('POST', '/v1/ports/leases', { wishes })
    await send('PUT', `/v1/people/oidc%3A${name}`, { grants: [] })
    await tokenFor(name, [])
    const contract = { ...SHOP, metadata: { name } }
    const opening = { contract, directory: '/srv', goal: 'up', settings: {}, by: 'x' }
    await send('POST', '/v1/ramps', opening)
  }
  const lists = {
    ...{ environments: 3, contracts: 3, ports: 3, people: 3, tokens: 4, agents: 1, regions: 1 },
    ...{ 'ledger/streams': 8, 'ledger/entries': 10, approvals: 0, proposals: 0, replicas: 0 },
  }
  for (const [name, least] of Object.entries(lists)) {
    const whole = itemsOf((await send('GET', `/v1/${name}?limit=500`)).body)
    const seen: unknown[] = []
    let cursor = ''
    do {
      const after = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { status, body } = await send('GET', `/v1/${name}?limit=1${after}`)
      assert.equal(status, 200, `${name}: ${JSON.stringify(body)}`)
      assert.ok(itemsOf(body).length <= 1)
      seen.push(...itemsOf(body))
      cursor = (body as { readonly next?: string }).next ?? ''
    } while (cursor !== '')
    assert.ok(whole.length >= least, `${name} has ${whole.length}`)
    assert.deepEqual(seen.map(keyOf), whole.map(keyOf), name)
  }
})

function itemsOf(page: unknown): readonly unknown[] {
  const list = Object.values(page as object).find((member) => Array.isArray(member))
  return (list ?? []) as readonly unknown[]
}

/** What does not change while somebody reads: everything else may. */
function keyOf(item: unknown): unknown {
  const { id, name, contract, region, stream, position } = item as Record<string, unknown>
  return { id, name, contract, region, stream, position }
}
