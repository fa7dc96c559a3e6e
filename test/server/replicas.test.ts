/** Two servers on one store: whichever is asked tells what the other one runs, to whoever may see it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MemoryLedger } from '../../src/ledger/memory/memory-ledger.ts'
import type { RegionView } from '../../src/server/wire/agents.ts'
import type { DaemonView, EnvironmentPage, RampPage } from '../../src/server/wire.ts'
import { type NetServer, openNetServer } from '../support/net-server.ts'
import { makeServerParts } from '../support/server-parts.ts'

/** An environment of one region, which team store owns. */
function documentOf(name: string): object {
  const metadata = { name, labels: { team: 'store' } }
  const spec = { regions: { eu: {} }, components: { api: { run: { command: ['node'] } } } }
  return { apiVersion: 'rampart/v1', kind: 'Environment', metadata, spec }
}

async function open(server: NetServer, token: string, name: string): Promise<string> {
  const body = { contract: documentOf(name), directory: '/srv', goal: 'up', settings: {}, by: 'x' }
  const { body: opened } = await server.ask('/v1/ramps', { method: 'POST', token, body })
  return (opened as { readonly ramp: string }).ramp
}

test('what one replica runs and watches is in every list of the other', async (t) => {
  const here = await openNetServer(t)
  const { engine, ledger } = makeServerParts(undefined, here.parts.ledger as MemoryLedger).parts
  const other = await openNetServer(t, { engine, ledger })
  const { secret: token } = await here.tokenFor('ops', [{ role: 'admin', scope: {} }])
  const documents = [documentOf('shop'), documentOf('shed')]
  await here.ask('/v1/apply', { method: 'POST', token, body: { documents } })
  const watched = new Promise<string>((resolve) => {
    here.parts.engine.events.on('ramp.advanced', ({ ramp, state: { plan, stages } }) => {
      const hasPassed = stages.every(({ conditions }) =>
        conditions.every(({ lastAnswer }) => lastAnswer?.verdict === 'passed'),
      )
      if (plan.endless === true && hasPassed) resolve(ramp)
    })
  })
  await open(here, token, 'shop')
  const watch = await watched
  const broken = new Promise<void>((resolve) => {
    here.parts.engine.events.on('ramp.advanced', ({ ramp, state: { stages } }) => {
      const hasFailed = stages.some(({ conditions }) =>
        conditions.some(({ lastAnswer }) => lastAnswer?.verdict === 'failed'),
      )
      if (ramp === watch && hasFailed) resolve()
    })
  })
  here.world.running = 'failed'
  const moving = await open(here, token, 'shed')
  await broken
  const listed = async (team: string): Promise<readonly unknown[]> => {
    const grant = { role: 'viewer', scope: { labels: { team } } } as const
    const { secret } = await other.tokenFor(team, [grant])
    const ask = async <Body>(path: string): Promise<Body> =>
      (await other.ask(path, { token: secret })).body as Body
    const { environments } = await ask<EnvironmentPage>('/v1/environments')
    const { regions } = await ask<{ readonly regions: readonly RegionView[] }>('/v1/regions')
    const phases = 'phase=held&phase=moving&phase=undoing'
    const { ramps } = await ask<RampPage>(`/v1/ramps?limit=500&${phases}`)
    return [
      environments.map((one) => [one.contract, one.watch?.ramp, one.watch?.broken.length]),
      regions.map((one) => [one.region, one.ramps]),
      ramps.map(({ ramp }) => ramp),
      (await ask<DaemonView>('/v1/daemon')).ramps,
    ]
  }
  const environments = [
    ['shed', undefined, undefined],
    ['shop', watch, 1],
  ]
  assert.deepEqual(await listed('store'), [environments, [['eu', [watch, moving]]], [moving], []])
  assert.deepEqual(await listed('pay'), [[], [], [], []])
  const grant = { role: 'viewer', scope: { labels: { team: 'store' } } } as const
  const { secret } = await here.tokenFor('own', [grant])
  const daemon = (await here.ask('/v1/daemon', { token: secret })).body as DaemonView
  assert.deepEqual(daemon.ramps.toSorted(), [watch, moving].toSorted(), 'its own, by label too')
})
