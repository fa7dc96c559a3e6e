import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { makeServerParts, type SmallWorld } from '../../test/support/server-parts.ts'
import { isFault } from '../core/fault/fault.ts'
import type { JsonObject } from '../core/units/json.ts'
import type { Engine } from '../engine/engine.ts'
import { RampartClient } from './client/client.ts'
import { openServer } from './server.ts'
import type { OpenRampRequest, Problem, Recorded, StreamEvent } from './wire.ts'

interface Trial {
  readonly world: SmallWorld
  readonly engine: Engine
  readonly client: RampartClient
  readonly socket: string
  readonly troubles: unknown[]
  /** The request that met each of them, where one did. */
  readonly requests: readonly (string | undefined)[]
}

async function openTrial(t: TestContext): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-server-'))
  const { parts, world, troubles } = makeServerParts(folder)
  const { engine } = parts
  const requests: (string | undefined)[] = []
  const onTrouble = (error: unknown, request?: string): void => {
    troubles.push(error)
    requests.push(request)
  }
  const server = await openServer({ ...parts, onTrouble })
  await engine.start()
  const socket = join(folder, 'daemon.sock')
  await server.listen(socket)
  const client = new RampartClient(socket)
  t.after(async () => {
    await client.close()
    await engine.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { world, engine, client, socket, troubles, requests }
}

function opening(change: Partial<OpenRampRequest> = {}): OpenRampRequest {
  return {
    contract: contractOf('shop'),
    directory: '/srv',
    goal: 'up',
    settings: {},
    by: 'me',
    ...change,
  }
}

function contractOf(name: string, spec: JsonObject = {}): JsonObject {
  const components = { api: { run: { command: ['node', 'api.js'] } } }
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name },
    spec: { components, ...spec },
  }
}

async function collect(events: AsyncIterable<StreamEvent>): Promise<readonly StreamEvent[]> {
  const collected: StreamEvent[] = []
  for await (const event of events) collected.push(event)
  return collected
}

function sequencesOf(events: readonly StreamEvent[]): readonly number[] {
  return events.flatMap((event) => (event.type === 'entry' ? [event.recorded.sequence] : []))
}

function oneTo(last: number, first = 1): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, place) => first + place)
}

interface Raw {
  readonly status: number
  readonly type: string
  readonly body: string
}

function raw(
  socket: string,
  options: {
    readonly method?: string
    readonly path: string
    readonly headers?: Record<string, string>
    readonly body?: string
  },
): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options
    const asked = request({ socketPath: socket, ...rest }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => {
        const type = response.headers['content-type'] ?? ''
        resolve({ status: response.statusCode ?? 0, type, body: text })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

test('only the owner may connect', async (t) => {
  const { socket } = await openTrial(t)
  assert.equal(statSync(socket).mode & 0o777, 0o600)
})

test('says who it is and what is under way', async (t) => {
  const { client, world } = await openTrial(t)
  world.running = 'failed'
  const ramp = await client.openRamp(opening())
  const { pid, version, ramps } = await client.daemon()
  assert.deepEqual({ pid, version, ramps }, { pid: process.pid, version: '1.2.3', ramps: [ramp] })
})

test('streams every entry of a ramp once and in order, and ends with it', async (t) => {
  const { client } = await openTrial(t)
  const ramp = await client.openRamp(opening())
  const events = await collect(client.stream(ramp))
  const { state } = await client.ramp(ramp)
  assert.equal(state.ended?.outcome, 'reached')
  assert.deepEqual(sequencesOf(events), oneTo(state.sequence))
})

test('resumes a stream after any entry without a gap and without a double', async (t) => {
  const { client, socket } = await openTrial(t)
  const ramp = await client.openRamp(opening())
  await collect(client.stream(ramp))
  const { state } = await client.ramp(ramp)
  for (const after of oneTo(state.sequence, 0)) {
    const rest = sequencesOf(await collect(client.stream(ramp, { after })))
    assert.deepEqual(rest, oneTo(state.sequence, after + 1))
  }
  const headers = { 'last-event-id': '3' }
  const { body } = await raw(socket, { path: `/v1/ramps/${ramp}/stream`, headers })
  assert.deepEqual(body.match(/^id: \d+$/gm)?.[0], 'id: 4')
})

test('answers at once whoever follows a ramp and has seen all of it', async (t) => {
  const { client, world, socket } = await openTrial(t)
  world.running = 'failed'
  const ramp = await client.openRamp(opening())
  await client.say(ramp, 'me', { say: 'hold', why: '' })
  const { state } = await client.ramp(ramp)
  const path = `/v1/ramps/${ramp}/stream?after=${state.sequence + 1_000}`
  const sent = request({ socketPath: socket, path }).end()
  const [response] = await once(sent, 'response', { signal: AbortSignal.timeout(60_000) })
  const { 'x-accel-buffering': gathers, 'x-request-id': id } = response.headers
  sent.destroy()
  assert.equal(gathers, 'no')
  assert.match(id, /^[0-9a-f-]{36}$/)
})

test('streams what happens while somebody follows, from whichever entry they begin', async (t) => {
  const { client, world } = await openTrial(t)
  world.running = 'failed'
  const ramp = await client.openRamp(opening())
  const following = [0, 1, 2].map((after) => collect(client.stream(ramp, { after })))
  for (let round = 0; round < 20; round++) {
    await client.say(ramp, 'me', { say: 'hold', why: '' })
    await client.say(ramp, 'me', { say: 'resume', why: '' })
  }
  world.running = 'passed'
  const streams = await Promise.all(following)
  const { state } = await client.ramp(ramp)
  for (const [after, events] of streams.entries()) {
    assert.deepEqual(sequencesOf(events), oneTo(state.sequence, after + 1))
  }
})

test('shows answers that were not worth an entry, at most ten a second', async (t) => {
  const { client, world } = await openTrial(t)
  world.running = 'failed'
  const api = { run: { command: ['node'] }, ready: [{ exit: 'running', every: '5ms' }] }
  const ramp = await client.openRamp(
    opening({ contract: contractOf('shop', { components: { api } }) }),
  )
  const enough = new AbortController()
  const atMs: number[] = []
  for await (const event of client.stream(ramp, { signal: enough.signal })) {
    if (event.type !== 'answer') continue
    atMs.push(performance.now())
    if (atMs.length === 6) enough.abort()
  }
  const tookMs = (atMs.at(-1) ?? 0) - (atMs[0] ?? 0)
  assert.ok(tookMs >= 450, `six answers within ${tookMs} ms`)
})

test('a reader who does not read slows nobody down, and misses no entry', async (t) => {
  const { client, world, socket } = await openTrial(t)
  world.running = 'failed'
  const ramp = await client.openRamp(opening())
  const stalled = Promise.withResolvers<import('node:http').IncomingMessage>()
  request({ socketPath: socket, path: `/v1/ramps/${ramp}/stream` }, stalled.resolve).end()
  const response = await stalled.promise
  response.pause()
  const why = 'x'.repeat(9_000)
  const startedMs = performance.now()
  for (let round = 0; round < 150; round++) {
    await client.say(ramp, 'me', { say: 'hold', why })
    await client.say(ramp, 'me', { say: 'resume', why })
  }
  assert.ok(performance.now() - startedMs < 10_000, 'words are heard while a reader stalls')
  world.running = 'passed'
  const { state } = (await collect(client.stream(ramp))) && (await client.ramp(ramp))
  let text = ''
  response.setEncoding('utf8')
  for await (const piece of response) text += piece
  const ids = (text.match(/^id: \d+$/gm) ?? []).map((line) => Number(line.slice(4)))
  assert.deepEqual(ids, oneTo(state.sequence))
})

test('tells what became of a word, once it is recorded', async (t) => {
  const { client, world } = await openTrial(t)
  world.running = 'failed'
  const ramp = await client.openRamp(opening())
  const held = await client.say(ramp, 'me', { say: 'hold', why: 'lunch' })
  assert.equal(held.refusal, undefined)
  const [heard, decided] = (await client.entries(ramp, { after: held.sequence - 1 })).entries
  assert.deepEqual([heard?.entry.type, decided?.entry.type], ['word.spoken', 'ramp.held'])
  const again = await client.say(ramp, 'me', { say: 'hold', why: '' })
  assert.equal(again.refusal?.reason, 'already-held')
  assert.equal((await client.ramps()).ramps[0]?.phase, 'held')
})

test('refuses a word to a ramp that has ended', async (t) => {
  const { client } = await openTrial(t)
  const ramp = await client.openRamp(opening())
  await collect(client.stream(ramp))
  const fault = await client.say(ramp, 'me', { say: 'hold', why: '' }).catch((error) => error)
  assert.ok(isFault(fault, 'word-refused'))
  assert.match(fault.hint, /ended: reached/)
})

test('finds a ramp by its id, its beginning, its contract, or as the latest', async (t) => {
  const { client } = await openTrial(t)
  const first = await client.openRamp(opening({ contract: contractOf('shop') }))
  await collect(client.stream(first))
  const second = await client.openRamp(opening({ contract: contractOf('shed') }))
  for (const [called, meant] of [
    [first, first],
    [first.slice(0, -3), first],
    ['shop', first],
    ['shed', second],
    ['latest', second],
  ] as const) {
    assert.equal((await client.ramp(called)).state.ramp, meant)
  }
  const ambiguous = await client.ramp('sh').catch((error) => error)
  assert.ok(isFault(ambiguous, 'ramp-ambiguous'))
  const unknown = await client.ramp('shoe').catch((error) => error)
  assert.ok(isFault(unknown, 'ramp-unknown'))
})

test('lists ramps newest first, page by page', async (t) => {
  const { client } = await openTrial(t)
  const opened: string[] = []
  for (const name of ['a', 'b', 'c']) {
    const ramp = await client.openRamp(opening({ contract: contractOf(name, { watch: false }) }))
    await collect(client.stream(ramp))
    opened.unshift(ramp)
  }
  const first = await client.ramps({ limit: 2 })
  const second = await client.ramps({ limit: 2, cursor: first.next ?? '' })
  const listed = [...first.ramps, ...second.ramps]
  assert.deepEqual(
    listed.map(({ ramp }) => ramp),
    opened,
  )
  assert.equal(second.next, undefined)
})

test('gives the ledger whole, in pages, and its proof', async (t) => {
  const { client } = await openTrial(t)
  const ramp = await client.openRamp(opening())
  await collect(client.stream(ramp))
  const exported: Recorded[] = []
  for await (const recorded of client.exportLedger()) exported.push(recorded)
  assert.deepEqual(
    exported.map(({ position }) => position),
    oneTo(exported.length),
  )
  const page = await client.ledgerEntries({ after: 2, limit: 3 })
  const { length: end } = exported
  assert.deepEqual(page, { entries: exported.slice(2, 5), end, more: true, next: '5' })
  const proof = await client.verifyLedger()
  assert.equal(proof.verdict === 'intact' && proof.entries, exported.length)
  assert.equal((await client.streams())[0]?.stream, ramp)
})

test('answers what is wrong with a request as a problem document', async (t) => {
  const { socket } = await openTrial(t)
  const json = { 'content-type': 'application/json' }
  const cases = [
    ['GET', '/v1/nowhere', undefined, 404, 'route-unknown'],
    ['GET', '/v1/ramps/none', undefined, 404, 'ramp-unknown'],
    ['GET', '/v1/ramps?limit=none', undefined, 400, 'request-malformed'],
    ['GET', '/v1/logs?subject=shop/none', undefined, 404, 'component-unknown'],
    ['POST', '/v1/ramps', '{', 400, 'request-malformed'],
    ['POST', '/v1/ramps', '{"goal":"sideways","extra":1}', 400, 'request-malformed'],
    ['POST', '/v1/ramps', JSON.stringify(opening({ contract: {} })), 422, 'contract-invalid'],
    ['POST', '/v1/ramps', `"${'x'.repeat(5 * 1024 * 1024)}"`, 413, 'body-too-large'],
    ['PUT', '/v1/ramps', undefined, 405, 'method-unknown'],
    ['GET', '/v1/ramps/%zz', undefined, 400, 'request-malformed'],
  ] as const
  for (const [method, path, body, status, code] of cases) {
    const asked = { method, path, ...(body === undefined ? {} : { body, headers: json }) }
    const answer = await raw(socket, asked)
    assert.equal(answer.status, status, `${method} ${path}: ${answer.body}`)
    assert.match(answer.type, /^application\/problem\+json/)
    const problem = JSON.parse(answer.body) as Problem
    assert.equal(problem.code, code)
    assert.equal(problem.type, `urn:rampart:fault:${code}`)
  }
})

test('throws the fault of the daemon in the client', async (t) => {
  const { client, world } = await openTrial(t)
  world.running = 'failed'
  await client.openRamp(opening())
  const fault = await client.openRamp(opening()).catch((error) => error)
  assert.ok(isFault(fault, 'ramp-busy'))
  assert.equal(fault.subject, 'environment/shop')
  assert.equal(fault.retryable, true)
})

test('names every mistake of a contract', async (t) => {
  const { client } = await openTrial(t)
  const contract = contractOf('shop', { components: { api: { need: ['db'], deadlin: '1s' } } })
  const fault = await client.openRamp(opening({ contract })).catch((error) => error)
  assert.ok(isFault(fault, 'contract-invalid'))
  assert.match(fault.hint, /needs/)
  assert.match(fault.hint, /deadline/)
})

const SETTINGS = {
  settings: { password: { from: 'SHOP_PASSWORD', secret: true }, level: { default: 'info' } },
}

test('asks for settings that have no value, by the variable that holds them', async (t) => {
  const { client } = await openTrial(t)
  const contract = contractOf('shop', SETTINGS)
  const fault = await client.openRamp(opening({ contract })).catch((error) => error)
  assert.ok(isFault(fault, 'setting-missing'))
  assert.match(fault.hint, /settings\.password \(set SHOP_PASSWORD\)/)
})

test('asks for what a region wants of its own, and takes no value of the others for it', async (t) => {
  const { client } = await openTrial(t)
  const regions = { eu: {}, us: { settings: { password: { from: 'SHOP_PASSWORD_US' } } } }
  const contract = contractOf('shop', { ...SETTINGS, regions })
  const settings = { password: 'hunter22' }
  const fault = await client.openRamp(opening({ contract, settings })).catch((error) => error)
  assert.ok(isFault(fault, 'setting-missing'))
  assert.match(fault.hint, /settings\.password in us \(set SHOP_PASSWORD_US\)/)
})

test('goes down with the settings it came up with', async (t) => {
  const { client, world } = await openTrial(t)
  const contract = contractOf('shop', SETTINGS)
  const settings = { password: 'hunter22' }
  await collect(client.stream(await client.openRamp(opening({ contract, settings }))))
  const down = await client.openRamp(opening({ contract, goal: 'down' }))
  await collect(client.stream(down))
  assert.deepEqual(world.kept.get(down)?.values, { password: 'hunter22', level: 'info' })
  assert.deepEqual(world.kept.get(down)?.secrets, ['password'])
})

test('tells nobody the details of a bug, but reports them', async (t) => {
  const { client, engine, troubles, requests } = await openTrial(t)
  Object.defineProperty(engine, 'underWay', {
    value: () => {
      throw new TypeError('secret detail')
    },
  })
  const fault = await client.daemon().catch((error) => error)
  assert.ok(isFault(fault, 'daemon-failed'))
  assert.ok(!fault.message.includes('secret detail'))
  assert.equal((troubles[0] as Error).message, 'secret detail')
  assert.ok(fault.hint.includes(requests[0] ?? 'the id under which it was reported'))
})
