/**
 * Every operation of the API × everybody who may come: generated from the OpenAPI document, judged by a
 * table that was written apart from the routes. An operation that the table does not have fails.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { SystemRandom } from '../../src/random/system-random.ts'
import { AgentDesk } from '../../src/server/agents/agent-desk.ts'
import { AgentRegister } from '../../src/server/agents/agent-register.ts'
import type { OpenApiDocument } from '../../src/server/openapi/shape.ts'
import type { Grant, Role, Scope } from '../../src/server/wire/access.ts'
import type { OpenRampReply } from '../../src/server/wire.ts'
import { type Answered, type NetServer, openNetServer } from '../support/net-server.ts'
import { makeServerParts } from '../support/server-parts.ts'
import { ACCESS_TABLE, addressOf, type Named, type Row, SHOP } from './access-table.ts'

const RANKS: readonly Role[] = ['viewer', 'operator', 'approver', 'admin']

/** `whole`: everything; `in`: the shop, or the region eu; `out`: others alone. */
type Reach = 'whole' | 'in' | 'out'

/** Somebody who may come. */
interface Asker {
  readonly called: string
  /** Undefined: they are not known, whatever they send. */
  readonly role?: Grant['role']
  readonly scope?: Reach
  readonly token?: string
}

const SCOPES: readonly (readonly [string, Reach, Scope])[] = [
  ['', 'whole', {}],
  [' of shop', 'in', { contracts: ['Environment/shop'] }],
  [' of team store', 'in', { labels: { team: 'store' } }],
  [' of pay', 'out', { contracts: ['Environment/pay'] }],
  [' of team pay', 'out', { labels: { team: 'pay' } }],
]

const AGENT_SCOPES: readonly (readonly [string, Reach, Scope])[] = [
  ['', 'whole', {}],
  [' of eu', 'in', { regions: ['eu'] }],
  [' of us', 'out', { regions: ['us'] }],
]

async function everybody(server: NetServer): Promise<readonly Asker[]> {
  const known: Asker[] = []
  const wanted = [
    ...RANKS.flatMap((role) => SCOPES.map((scope) => [role, ...scope] as const)),
    ...AGENT_SCOPES.map((scope) => ['agent', ...scope] as const),
  ]
  for (const [role, suffix, scope, where] of wanted) {
    const name = `${role}-${known.length}`
    const { secret } = await server.tokenFor(name, [{ role, scope: where }])
    known.push({ called: `${role}${suffix}`, role, scope, token: secret })
  }
  return [...(await strangers(server)), ...known]
}

/** Those who must get in nowhere: with nothing, with nonsense, too late, or thrown out. */
async function strangers(server: NetServer): Promise<readonly Asker[]> {
  const admin: readonly Grant[] = [{ role: 'admin', scope: {} }]
  const late = await server.tokenFor('late', admin, 1_000)
  const { token, secret } = await server.tokenFor('revoked', admin)
  const root = await server.tokenFor('root', admin)
  await server.ask(`/v1/tokens/${token.id}`, { method: 'DELETE', token: root.secret })
  await expired(server, late.secret)
  return [
    { called: 'nobody' },
    { called: 'somebody with nonsense', token: 'nonsense' },
    { called: 'somebody with an expired token', token: late.secret },
    { called: 'somebody with a revoked token', token: secret },
    { called: 'somebody with a wrong secret', token: `${root.secret.slice(0, -4)}AAAA` },
  ]
}

async function expired(server: NetServer, token: string): Promise<void> {
  for (let round = 0; ; round++) {
    const { status } = await server.ask('/v1/me', { token })
    if (status === 401) return
    assert.ok(round < 10_000, 'a token expires')
  }
}

function expectedOf(row: Row, { role, scope }: Asker): readonly number[] {
  const allowed = typeof row.ok === 'number' ? [row.ok] : row.ok
  if (row.needs === 'open') return allowed
  if (role === undefined) return [401]
  if (row.needs === 'self') return allowed
  if (row.needs === 'agent' || role === 'agent') {
    if (row.needs !== role) return [403]
    return row.over === 'region' && scope === 'out' ? [403] : allowed
  }
  if (RANKS.indexOf(role) < RANKS.indexOf(row.needs)) return [403]
  if (row.over === 'whole') return scope === 'whole' ? allowed : [403]
  if (row.over === 'contract' && scope === 'out') return [row.outside ?? 404]
  return allowed
}

async function openTrial(t: TestContext): Promise<{ server: NetServer; named: Named }> {
  const { clock, records } = makeServerParts().parts
  const register = new AgentRegister({ records, clock })
  const desk = new AgentDesk({ register, clock, random: new SystemRandom() })
  const metrics = { contentType: 'text/plain', text: async () => '', requested: () => undefined }
  const server = await openNetServer(t, { agents: { desk, register }, metrics })
  // Nothing becomes ready, so that the ramp is under way for as long as the test lasts.
  server.world.running = 'failed'
  const { secret: token } = await server.tokenFor('setup', [{ role: 'admin', scope: {} }])
  const post = async (path: string, body: object, method = 'POST'): Promise<Answered> => {
    const answered = await server.ask(path, { method, token, body })
    assert.ok(answered.status < 300, JSON.stringify(answered.body))
    return answered
  }
  await post('/v1/apply', { documents: [SHOP] })
  const opening = { contract: SHOP, directory: '/srv', goal: 'up', settings: {}, by: 'x' }
  const { ramp } = (await post('/v1/ramps', opening)).body as OpenRampReply
  await post('/v1/people/oidc%3Aanna', { grants: [] }, 'PUT')
  const held = (await server.ask('/v1/contracts/Environment/shop', { token })).body
  const { digest } = held as { digest: string }
  const victim = await server.tokenFor('victim', [])
  return { server, named: { ramp, digest, token: victim.token.id, fresh: '' } }
}

interface Operation {
  readonly method: string
  readonly path: string
  readonly id: string
}

async function operationsOf(server: NetServer): Promise<readonly Operation[]> {
  const { paths } = (await server.ask('/v1/openapi.json')).body as OpenApiDocument
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId: id }]) => ({
      method: method.toUpperCase(),
      path,
      id,
    })),
  )
}

test('every operation answers everybody as the table says, and none is missing from it', async (t) => {
  const { server, named } = await openTrial(t)
  const operations = await operationsOf(server)
  assert.deepEqual(
    operations.map(({ id }) => id).sort(),
    Object.keys(ACCESS_TABLE).sort(),
    'test/server/access-table.ts has a row for every operation, and no other',
  )
  const askers = await everybody(server)
  const wrong: string[] = []
  let asked = 0
  for (const operation of operations) {
    const row = ACCESS_TABLE[operation.id] as Row
    for (const asker of askers) {
      asked += 1
      const now = { ...named, fresh: `fresh-${asked}` }
      const { status, body } = await askAs(server, operation, asker, now, asked)
      const expected = expectedOf(row, asker)
      const who = `${operation.id} by ${asker.called}`
      if (!expected.includes(status)) wrong.push(`${who}: ${status} instead of ${expected}`)
      else if (status === 200 && row.shows !== undefined) {
        const isShown = JSON.stringify(body).includes(row.shows)
        if (isShown !== (asker.scope !== 'out')) wrong.push(`${who}: shows ${JSON.stringify(body)}`)
      }
    }
  }
  assert.deepEqual(wrong, [])
  assert.deepEqual(server.troubles, [])
  t.diagnostic(`${operations.length} operations × ${askers.length} askers = ${asked} requests`)
})

/** Each from an address of its own, so that nobody is told to wait for what another did. */
async function askAs(
  server: NetServer,
  { method, path, id }: Operation,
  { token }: Asker,
  named: Named,
  place: number,
): Promise<Answered> {
  const row = ACCESS_TABLE[id] as Row
  const address = `10.${(place >> 16) & 255}.${(place >> 8) & 255}.${place & 255}`
  return await server.ask(addressOf(path, row, named), {
    method,
    headers: { 'x-forwarded-for': address },
    ...(token === undefined ? {} : { token }),
    ...(row.body === undefined ? {} : { body: row.body(named) }),
  })
}
