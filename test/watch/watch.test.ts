/** What is up is watched for real: processes are killed, and each policy does what it says. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { stringify } from 'yaml'
import type { Fault } from '../../src/core/fault/fault.ts'
import type { Json } from '../../src/core/units/json.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import type { RampartClient } from '../../src/server/client/client.ts'
import { ensureDaemon } from '../../src/server/client/ensure-daemon.ts'
import type { EnvironmentView, WatchView } from '../../src/server/wire.ts'
import { openWorkspace, PROGRAM } from '../support/daemon.ts'
import { type Finished, rampart } from '../support/rampart.ts'
import { until } from '../support/until.ts'

const SERVE = `require('node:net').createServer().listen(process.env.PORT, '127.0.0.1')`
const PORT = `$\{self.ports.main}`

function serving(needs: readonly string[]): Json {
  return {
    needs,
    run: { command: [process.execPath, '-e', SERVE], ports: { main: {} }, env: { PORT } },
    ready: [{ tcp: { host: '127.0.0.1', port: PORT } }],
    stop: { grace: '5s' },
  }
}

function contract(watch: Json, more: Readonly<Record<string, Json>> = {}): Json {
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name: 'tiny' },
    spec: { components: { db: serving([]), api: serving(['db']) }, watch, ...more },
  }
}

class Watched {
  readonly workspace: string
  readonly client: RampartClient
  readonly #contract: Json

  constructor(workspace: string, client: RampartClient, watched: Json) {
    this.workspace = workspace
    this.client = client
    this.#contract = watched
  }

  /** @param crash where its daemon is killed, as RAMPART_CRASH is written */
  static async open(t: TestContext, watched: Json, crash?: string): Promise<Watched> {
    const workspace = openWorkspace(t)
    const armed = crash === undefined ? [] : ['/usr/bin/env', `RAMPART_CRASH=${crash}`]
    const client = await ensureDaemon({ workspace, program: [...armed, ...PROGRAM] })
    t.after(() => client.close())
    const self = new Watched(workspace, client, watched)
    await self.ramp('up')
    await until('it is watched', async () => {
      const { watch } = await self.view()
      if (watch === undefined) return false
      const { state } = await client.ramp(watch.ramp)
      return state.stages.every(({ phase }) => phase === 'ready')
    })
    return self
  }

  async ramp(goal: 'up' | 'down'): Promise<void> {
    const { client, workspace: directory } = this
    const opening = { contract: this.#contract, directory, goal, settings: {}, by: 'me' }
    const ramp = await client.openRamp(opening)
    for await (const event of client.stream(ramp)) void event
    const { state } = await client.ramp(ramp)
    assert.equal(state.ended?.outcome, 'reached', state.ended?.cause?.sentence)
  }

  async view(): Promise<EnvironmentView> {
    return (await this.client.environments())[0] ?? assert.fail('there is an environment')
  }

  async kill(subject: string): Promise<void> {
    const { components } = await this.view()
    const pid = components.find((one) => one.subject === subject)?.pid
    process.kill(pid ?? assert.fail(subject), 'SIGKILL')
  }

  async untilWatch(sentence: string, holds: (watch: WatchView) => boolean): Promise<WatchView> {
    let watch: WatchView | undefined
    await until(sentence, async () => {
      watch = (await this.view()).watch
      return watch !== undefined && holds(watch)
    })
    return watch ?? assert.fail(sentence)
  }
}

test('a broken promise is recorded and told of, and nothing is done about it', async (t) => {
  const told: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => told.push(JSON.parse(chunk.toString())))
    request.on('end', () => response.end())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const watched = await Watched.open(t, contract({ every: '200ms', notify: { url } }))
  await watched.kill('tiny/db')
  const { broken } = await watched.untilWatch('both promises of db are broken', (watch) => {
    return watch.broken.filter(({ stage }) => stage === 'db').length === 2
  })
  assert.match(broken[0]?.sentence ?? '', /SIGKILL/)
  await until('somebody is told', () => told.some(({ stage }) => stage === 'db'))
  const components = (await watched.view()).components
  assert.equal(components.find(({ subject }) => subject === 'tiny/api')?.status, 'running')
  await watched.ramp('up')
  await watched.untilWatch('all is well again', ({ broken: left }) => left.length === 0)
  await watched.ramp('down')
  assert.equal((await watched.view()).watch, undefined)
})

test('a hold waits for a person, and makes way for whatever is done', async (t) => {
  const watched = await Watched.open(t, contract({ every: '200ms', onBreach: 'hold' }))
  await watched.kill('tiny/db')
  await watched.untilWatch('it holds', ({ phase }) => phase === 'held')
  await watched.ramp('up')
  await watched.untilWatch('it is watched anew', ({ phase, broken }) => {
    return phase === 'watching' && broken.length === 0
  })
  await watched.ramp('down')
  assert.deepEqual(leftovers(watched.workspace).processes, [])
})

test('an undo takes the environment down', async (t) => {
  const watched = await Watched.open(t, contract({ every: '200ms', onBreach: 'undo' }))
  await watched.kill('tiny/db')
  await until('nothing runs', () => leftovers(watched.workspace).processes.length === 0)
  const { ramps } = await watched.client.ramps()
  await until('the watch has ended', async () => {
    const { state } = await watched.client.ramp(ramps[0]?.ramp ?? '')
    return state.ended?.outcome === 'undone'
  })
})

test('an undo of a region leaves the other one as it is', async (t) => {
  const regions = { eu: {}, us: {} }
  const spec = contract({ every: '200ms', onBreach: 'undoRegion' }, { regions })
  const watched = await Watched.open(t, spec)
  await watched.kill('tiny/us/db')
  await watched.untilWatch('it holds', ({ phase }) => phase === 'held')
  const subjects = (): readonly string[] =>
    leftovers(watched.workspace).processes.map(({ subject }) => subject)
  await until('us is gone', () => !subjects().some((one) => one.includes('/us/')))
  assert.deepEqual([...new Set(subjects())].sort(), ['tiny/eu/api', 'tiny/eu/db'])
  await watched.ramp('down')
  assert.deepEqual(subjects(), [])
})

test('says that nothing watches what is up, once a crash came between watching and what takes its place', async (t) => {
  const spec = contract({ every: '200ms' })
  const watched = await Watched.open(t, spec, 'before:down:1')
  const { client, workspace } = watched
  const { ramp: watch = '' } = (await watched.view()).watch ?? {}
  assert.equal((await watched.view()).unwatched, undefined, 'it is watched')
  await assert.rejects(watched.ramp('down'), ({ code }: Fault) => /^daemon-/.test(code))
  await client.close()
  const cwd = workspace
  writeFileSync(join(cwd, 'rampart.yaml'), stringify(spec))
  const status = (...words: string[]): Promise<Finished> => rampart(['status', ...words], { cwd })
  const told = await status()
  assert.equal(told.exitCode, 0, told.stderr)
  assert.match(told.stdout, /^tiny is ready, but nothing watches it$/m)
  assert.match(
    told.stdout,
    /^ {2}✖ nothing watches it; what did has ended .* ago: .*down takes its place/m,
  )
  assert.match(told.stdout, /^ {2}Next: rampart up$/m)
  const { environments } = JSON.parse((await status('--json')).stdout)
  const [{ lastRamp, watch: now, unwatched }] = environments
  assert.deepEqual([lastRamp.goal, lastRamp.outcome, now], ['up', 'reached', undefined])
  assert.equal(unwatched.ramp, watch)
  const up = await rampart(['up'], { cwd })
  assert.equal(up.exitCode, 0, up.stderr)
  await until('it is watched again', async () => {
    return /^tiny is ready, and watched$/m.test((await status()).stdout)
  })
  const [after] = JSON.parse((await status('--json')).stdout).environments
  assert.equal(after.unwatched, undefined)
  const down = await rampart(['down'], { cwd })
  assert.equal(down.exitCode, 0, down.stderr)
  assert.doesNotMatch((await status()).stdout, /watches it/)
})

test('what is not watched is asked nothing once it is up', async (t) => {
  const workspace = openWorkspace(t)
  const client = await ensureDaemon({ workspace, program: PROGRAM })
  t.after(() => client.close())
  const watched = new Watched(workspace, client, contract(false))
  await watched.ramp('up')
  assert.deepEqual((await client.daemon()).ramps, [])
  assert.equal((await watched.view()).unwatched, undefined, 'it is not to be watched')
  await watched.ramp('down')
})
