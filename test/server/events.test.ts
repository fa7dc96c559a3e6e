import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { serverSentEventsOf } from '../../src/server/client/framing.ts'
import type { Recorded } from '../../src/server/wire.ts'
import { type NetServer, openNetServer } from '../support/net-server.ts'

/** An environment that is up at once. */
function contractOf(name: string): object {
  const spec = { components: { api: { run: { command: ['node'] } } }, watch: false }
  return { apiVersion: 'rampart/v1', kind: 'Environment', metadata: { name }, spec }
}

async function openRamp(server: NetServer, token: string, name: string): Promise<string> {
  const body = { contract: contractOf(name), directory: '/srv', goal: 'up', settings: {}, by: 'x' }
  const { status, body: reply } = await server.ask('/v1/ramps', { method: 'POST', token, body })
  assert.equal(status, 201, JSON.stringify(reply))
  return (reply as { readonly ramp: string }).ramp
}

/** Follows until enough entries have come. */
async function follow(
  { origin }: NetServer,
  options: { readonly token: string; readonly query?: string; readonly lastEventId?: number },
  isEnough: (entries: readonly Recorded[]) => boolean,
): Promise<readonly Recorded[]> {
  const { token, query = '', lastEventId } = options
  const leaving = new AbortController()
  const headers = {
    authorization: `Bearer ${token}`,
    ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
  }
  const response = await fetch(`${origin}/v1/events${query}`, { headers, signal: leaving.signal })
  assert.equal(response.status, 200)
  const entries: Recorded[] = []
  const pieces = response.body?.pipeThrough(new TextDecoderStream())
  for await (const { event, data } of serverSentEventsOf(pieces as AsyncIterable<string>)) {
    if (event === 'entry') entries.push(JSON.parse(data) as Recorded)
    if (isEnough(entries)) break
  }
  leaving.abort()
  return entries
}

function isOver(ramps: number): (entries: readonly Recorded[]) => boolean {
  return (all) => all.filter(({ entry }) => entry.type === 'ramp.ended').length >= ramps
}

test('tells whoever comes back everything they have missed, once and in order', async (t) => {
  const server = await openNetServer(t)
  const { secret: token } = await server.tokenFor('ops', [{ role: 'operator', scope: {} }])
  const begun = await server.parts.ledger.end()
  for (const name of ['a', 'b', 'c']) await openRamp(server, token, name)
  const first = await follow(server, { token, lastEventId: begun }, (all) => all.length === 3)
  const seen = first.at(-1)?.position ?? 0
  const rest = await follow(server, { token, lastEventId: seen }, isOver(3))
  const positions = [...first, ...rest].map(({ position }) => position)
  assert.deepEqual(
    positions,
    positions.map((_, place) => begun + 1 + place),
  )
})

test('tells only what was asked for', async (t) => {
  const server = await openNetServer(t)
  const { secret: token } = await server.tokenFor('ops', [{ role: 'operator', scope: {} }])
  for (const name of ['a', 'b']) await openRamp(server, token, name)
  for (const contract of ['b', 'Environment/b']) {
    const query = `?contract=${contract}&types=ramp.opened&types=ramp.ended&after=0`
    const entries = await follow(server, { token, query }, isOver(1))
    assert.deepEqual(
      entries.map(({ stream, entry }) => [stream.slice(0, 2), entry.type]),
      [
        ['b-', 'ramp.opened'],
        ['b-', 'ramp.ended'],
      ],
    )
  }
})

test('tells nobody of what they may not see', async (t) => {
  const server = await openNetServer(t)
  const { secret: ops } = await server.tokenFor('ops', [{ role: 'operator', scope: {} }])
  const scope = { contracts: ['Environment/b'] }
  const { secret: token } = await server.tokenFor('few', [{ role: 'viewer', scope }])
  for (const name of ['a', 'b', 'a', 'b']) {
    const ramp = await openRamp(server, ops, name)
    await follow(server, { token: ops, query: `?ramp=${ramp}&after=0` }, isOver(1))
  }
  const entries = await follow(server, { token, query: '?after=0' }, isOver(2))
  assert.deepEqual([...new Set(entries.map(({ stream }) => stream.slice(0, 2)))], ['b-'])
})

test('says so when the ledger ends before what a reader has seen', async (t) => {
  const server = await openNetServer(t)
  const { secret: token } = await server.tokenFor('ops', [{ role: 'operator', scope: {} }])
  const headers = { authorization: `Bearer ${token}`, 'last-event-id': '999999' }
  const response = await fetch(`${server.origin}/v1/events`, { headers })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const { value } = (await reader?.read()) ?? {}
  assert.match(value ?? '', /^event: missed\n/)
  await reader?.cancel()
})

test('goes on for all others while some read nothing', async (t) => {
  const server = await openNetServer(t)
  const { secret: token } = await server.tokenFor('ops', [{ role: 'operator', scope: {} }])
  const headers = { authorization: `Bearer ${token}` }
  const stalled = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const { promise, resolve } = Promise.withResolvers<import('node:http').IncomingMessage>()
      request(`${server.origin}/v1/events?after=0`, { headers }, resolve).end()
      return (await promise).pause()
    }),
  )
  const following = follow(server, { token, query: '?after=0' }, isOver(30))
  for (let count = 0; count < 30; count += 1) await openRamp(server, token, `n${count}`)
  const entries = await following
  assert.equal(new Set(entries.map(({ position }) => position)).size, entries.length)
  for (const response of stalled) response.destroy()
  assert.deepEqual(server.troubles, [])
})
