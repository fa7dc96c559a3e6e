/**
 * Components that are replaced without a gap, by whole ramps: real processes behind a real front, under
 * requests that never pause. Nobody may be refused, cut off or answered with an error.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Pool } from 'undici'
import { parseContracts, planContract } from '../../src/contracts/index.ts'
import type { RampState } from '../../src/core/ramp/state.ts'
import type { Json } from '../../src/core/units/json.ts'
import {
  closeDaemonParts,
  type DaemonParts,
  openDaemonParts,
} from '../../src/daemon/daemon-parts.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { placeOf } from '../../src/server/client/daemon-place.ts'
import { until } from '../ports/workbench.ts'

const PROGRAM = `
const { PORT, SAYS, SLOW = '0' } = process.env
const server = require('node:http').createServer((request, response) => {
  setTimeout(() => response.end(SAYS), Number(SLOW))
})
if (SAYS !== 'never') server.listen(PORT, '127.0.0.1')
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
setInterval(() => undefined, 1000)
`

const PORT = `$\{self.ports.http}`
const URL_OF_SELF = `http://$\{self.host}:$\{self.ports.http}/`

/** How many clients ask, each again as soon as it is answered. */
const CLIENTS = 8

/** The component, saying that; and perhaps a proof of the whole that fails. */
function contract(says: string, proof?: readonly string[]): Json {
  const web = {
    run: { command: [process.execPath, 'web.cjs'], ports: { http: {} }, env: { PORT, SAYS: says } },
    ready: [{ http: { url: URL_OF_SELF, status: 200 } }],
    roll: { drain: '10s' },
    deadline: '3s',
    stop: { grace: '5s' },
  }
  const components: Record<string, Json> = { web }
  if (proof !== undefined) {
    components['smoke'] = { needs: ['web'], run: { command: proof, oneShot: true } }
  }
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name: 'tiny' },
    spec: { components, watch: false },
  }
}

/** A folder whose daemon's parts are opened one after the other. */
class Bench {
  readonly folder: string
  #parts: DaemonParts | undefined

  constructor(context: TestContext) {
    this.folder = mkdtempSync(join(tmpdir(), 'rampart-roll-'))
    writeFileSync(join(this.folder, 'web.cjs'), PROGRAM)
    context.after(async () => {
      await this.ramp(contract('none'), 'down')
      await this.close()
      assert.deepEqual(leftovers(this.folder), { processes: [], ports: [] })
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  async parts(): Promise<DaemonParts> {
    if (this.#parts === undefined) {
      const settings = { PATH: process.env['PATH'] ?? '' }
      const onTrouble = (error: unknown): void => assert.ifError(error)
      this.#parts = await openDaemonParts({ place: placeOf(this.folder), settings, onTrouble })
      await this.#parts.engine.start()
    }
    return this.#parts
  }

  async close(): Promise<void> {
    const parts = this.#parts
    this.#parts = undefined
    if (parts !== undefined) await closeDaemonParts(parts)
  }

  /** Opens a ramp and waits for its end. */
  async ramp(value: Json, goal = 'up'): Promise<RampState> {
    const { engine } = await this.parts()
    const { contracts, issues } = parseContracts([{ path: 'roll.test', value }])
    const [parsed] = contracts
    if (parsed === undefined) assert.fail(issues.map(({ message }) => message).join('; '))
    const run = { directory: this.folder, workspace: this.folder }
    const settings = { values: {}, secrets: [], run }
    const { promise, resolve } = Promise.withResolvers<RampState>()
    const stop = engine.events.on('ramp.advanced', ({ state }) => {
      if (state.ended !== undefined) resolve(state)
    })
    await engine.open({ plan: planContract(parsed, { goal }), settings, by: 'test' })
    const ended = await promise
    stop()
    return ended
  }

  /** Where others find the component. */
  async front(): Promise<number> {
    const { leasing } = await this.parts()
    const lease = leasing?.broker.leases().find(({ front }) => front !== undefined)
    return lease?.claim.port ?? assert.fail('there is a front')
  }
}

/** Requests that never pause, and what was answered. */
class Load {
  readonly answers: Map<string, number> = new Map()
  readonly failures: string[] = []
  readonly #pool: Pool
  readonly #clients: Promise<unknown>
  #isOver = false

  constructor(port: number) {
    this.#pool = new Pool(`http://127.0.0.1:${port}`, { connections: CLIENTS })
    this.#clients = Promise.all(Array.from({ length: CLIENTS }, () => this.#ask()))
  }

  async stop(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    await this.#clients
    await this.#pool.close()
  }

  async answered(says: string): Promise<void> {
    const before = this.answers.get(says) ?? 0
    await until(`${says} answers`, () => (this.answers.get(says) ?? 0) > before + CLIENTS)
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      try {
        const { statusCode, body } = await this.#pool.request({ method: 'GET', path: '/' })
        const says = `${statusCode === 200 ? '' : `${statusCode} `}${await body.text()}`
        this.answers.set(says, (this.answers.get(says) ?? 0) + 1)
      } catch (error) {
        this.failures.push(String(error))
      }
    }
  }
}

async function loaded(context: TestContext, bench: Bench): Promise<Load> {
  assert.equal((await bench.ramp(contract('one'))).ended?.outcome, 'reached')
  const load = new Load(await bench.front())
  context.after(() => load.stop())
  await load.answered('one')
  return load
}

function assertServed(load: Load, ...says: readonly string[]): void {
  assert.deepEqual(load.failures, [])
  assert.deepEqual([...load.answers.keys()].sort(), [...says].sort())
}

test('a changed component is replaced without one failed request, and the old one is gone', async (context) => {
  const bench = new Bench(context)
  const load = await loaded(context, bench)
  for (const says of ['two', 'three']) {
    const { ended } = await bench.ramp(contract(says))
    assert.equal(ended?.outcome, 'reached', ended?.cause?.sentence)
    await load.answered(says)
  }
  await load.stop()
  assertServed(load, 'one', 'two', 'three')
  const { leasing, components } = await bench.parts()
  const running = components.list().filter(({ status }) => status === 'running')
  assert.equal(running.length, 1)
  const active = leasing?.broker.leases().filter(({ state }) => state === 'active')
  assert.deepEqual(
    active?.map(({ owner }) => owner.instance),
    ['3'],
  )
})

test('one that never becomes ready leaves the old one as it was', async (context) => {
  const bench = new Bench(context)
  const load = await loaded(context, bench)
  assert.equal((await bench.ramp(contract('never'))).ended?.outcome, 'undone')
  await load.answered('one')
  await load.stop()
  assertServed(load, 'one')
})

test('a ramp that breaks after the switch sends traffic back', async (context) => {
  const bench = new Bench(context)
  const load = await loaded(context, bench)
  const proof = [process.execPath, '-e', 'process.exit(3)']
  const { ended } = await bench.ramp(contract('two', proof))
  assert.equal(ended?.outcome, 'undone')
  load.answers.delete('two')
  await load.answered('one')
  await load.stop()
  assertServed(load, 'one')
})

test('the next daemon finds the front open, and goes on from there', async (context) => {
  const bench = new Bench(context)
  const load = await loaded(context, bench)
  await bench.close()
  await load.answered('one')
  const { ended } = await bench.ramp(contract('two'))
  assert.equal(ended?.outcome, 'reached', ended?.cause?.sentence)
  await load.answered('two')
  await load.stop()
  assertServed(load, 'one', 'two')
})
