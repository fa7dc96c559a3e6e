/** Whole ramps in a scratch folder, by a daemon's real parts, and requests that never pause. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Pool } from 'undici'
import { parseContracts, planContract } from '../../src/contracts/index.ts'
import type { PortLease } from '../../src/core/port/port-lease.ts'
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

/** A service that says its word, slowly if told so, and finishes what it has when it is to end. */
export const PROGRAM: string = `
const { PORT, HOST = '127.0.0.1', SAYS, SLOW = '0' } = process.env
const server = require('node:http').createServer((request, response) => {
  setTimeout(() => response.end(SAYS), Number(SLOW))
})
if (SAYS !== 'never') server.listen(PORT, HOST)
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
setInterval(() => undefined, 1000)
`

/** The command that runs it, in the folder of a bench. */
export const SERVICE: readonly string[] = [process.execPath, 'web.cjs']

/** How many clients ask, each again as soon as it is answered. */
export const CLIENTS = 8

/** A folder whose daemon's parts are opened one after the other. */
export class Bench {
  readonly folder: string
  #parts: DaemonParts | undefined
  /** What is up, to be brought down in the end. */
  readonly #up = new Map<string, Json>()

  constructor(context: TestContext) {
    this.folder = mkdtempSync(join(tmpdir(), 'rampart-roll-'))
    writeFileSync(join(this.folder, 'web.cjs'), PROGRAM)
    context.after(async () => {
      for (const value of [...this.#up.values()]) await this.ramp(value, 'down')
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

  /** As a daemon ends: whatever runs goes on. */
  async close(): Promise<void> {
    const parts = this.#parts
    this.#parts = undefined
    if (parts !== undefined) await closeDaemonParts(parts)
  }

  /** Opens a ramp. */
  async open(value: Json, goal: string): Promise<Ramp> {
    const { engine } = await this.parts()
    const { contracts, issues } = parseContracts([{ path: 'contract.yaml', value }])
    const [parsed] = contracts
    if (parsed === undefined) assert.fail(issues.map(({ message }) => message).join('; '))
    if (goal === 'up') this.#up.set(`${parsed.kind} ${parsed.name}`, value)
    const run = { directory: this.folder, workspace: this.folder }
    const settings = { values: {}, secrets: [], run }
    const { promise: ended, resolve } = Promise.withResolvers<RampState>()
    let latest: RampState | undefined
    const plan = planContract(parsed, { goal })
    const stop = engine.events.on('ramp.advanced', ({ state }) => {
      // Others may go on beside it, such as one that watches.
      if (state.plan.goal !== goal || state.plan.contract.name !== parsed.name) return
      latest = state
      if (state.ended === undefined) return
      stop()
      resolve(state)
    })
    await engine.open({ plan, settings, by: 'test' })
    return { ended, state: () => latest }
  }

  /** Opens a ramp and waits for its end. */
  async ramp(value: Json, goal = 'up'): Promise<RampState> {
    return await (await this.open(value, goal)).ended
  }

  /** Brings it up, which has to succeed. */
  async up(value: Json): Promise<void> {
    const { ended } = await this.ramp(value)
    assert.equal(ended?.outcome, 'reached', ended?.cause?.sentence)
  }

  /** Every lease that is not free. */
  async leases(): Promise<readonly PortLease[]> {
    return (await this.parts()).leasing?.broker.leases() ?? assert.fail('ports are leased')
  }

  /** The states of the leases of the component's starts, by their numbers. */
  async starts(): Promise<Readonly<Record<string, string>>> {
    const starts = (await this.leases()).filter(({ front }) => front === undefined)
    return Object.fromEntries(starts.map(({ owner, state }) => [owner.instance ?? '', state]))
  }

  /** Where others find the component. */
  async front(): Promise<number> {
    const lease = (await this.leases()).find(({ front }) => front !== undefined)
    return lease?.claim.port ?? assert.fail('there is a front')
  }

  /** The processes of the component that run now, not those that watch over them. */
  async pids(): Promise<readonly number[]> {
    const { components } = await this.parts()
    return components.list().flatMap(({ status, pid }) => (status === 'running' ? [pid] : []))
  }
}

/** A ramp that goes on. */
export interface Ramp {
  readonly ended: Promise<RampState>
  state(): RampState | undefined
}

/** Requests that never pause, and what was answered. */
export class Load {
  readonly answers: Map<string, number> = new Map()
  readonly failures: string[] = []
  readonly #pool: Pool
  readonly #clients: Promise<unknown>
  #isOver = false

  constructor(context: TestContext, port: number) {
    const patient = { headersTimeout: 60_000, bodyTimeout: 60_000 }
    this.#pool = new Pool(`http://127.0.0.1:${port}`, { connections: CLIENTS, ...patient })
    this.#clients = Promise.all(Array.from({ length: CLIENTS }, () => this.#ask()))
    context.after(() => this.stop())
  }

  async stop(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    await this.#clients
    await this.#pool.close()
  }

  /** Resolves once every client has been answered so since. */
  async answered(says: string): Promise<void> {
    const before = this.answers.get(says) ?? 0
    await until(`${says} answers`, () => (this.answers.get(says) ?? 0) > before + CLIENTS)
  }

  /** Every request was answered, and by these alone. */
  assertServed(...says: readonly string[]): void {
    assert.deepEqual(this.failures, [])
    assert.deepEqual([...this.answers.keys()].sort(), [...says].sort())
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
