/** Whole ramps in a scratch folder, by a daemon's real parts, and requests that never pause. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { parseContracts, planContract } from '../../src/contracts/index.ts'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import type { RampState } from '../../src/core/ramp/state.ts'
import type { Json, JsonObject } from '../../src/core/units/json.ts'
import {
  closeDaemonParts,
  type DaemonParts,
  openDaemonParts,
} from '../../src/daemon/daemon-parts.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { placeOf } from '../../src/server/client/daemon-place.ts'
import { until } from '../support/until.ts'
import type { Afterwards } from './support.ts'

/** Who says so never listens, and its start is given up soon. */
const NEVER = 'never'

/** A service that says its word, slowly if told so, and finishes what it has when it is to end. */
export const PROGRAM: string = `
const { PORT, HOST = '127.0.0.1', SAYS, SLOW = '0' } = process.env
const server = require('node:http').createServer((request, response) => {
  setTimeout(() => response.end(SAYS), Number(SLOW))
})
if (SAYS !== '${NEVER}') server.listen(PORT, HOST)
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
setInterval(() => undefined, 1000)
`

/** The command that runs it, in the folder of a bench. */
export const SERVICE: readonly string[] = [process.execPath, 'web.cjs']

/** The port of a start, and what it serves there, in its own words. */
export const OWN_PORT: string = `$\{self.ports.http}`
const OWN_URL: string = `http://$\{self.host}:${OWN_PORT}/`

/** Proves that a start serves. */
export const SERVES: Json = { http: { url: OWN_URL, status: 200 } }

/** What is different of a component. */
export interface WebWishes {
  readonly command?: readonly string[]
  readonly ports?: JsonObject
  readonly env?: JsonObject
  /** Keys beside `run`. */
  readonly more?: JsonObject
}

/** A component that says a word, and is replaced without a gap. */
export function webSaying(says: string, wishes: WebWishes = {}): Json {
  const { command = SERVICE, ports = { http: {} }, env = {}, more } = wishes
  return {
    run: { command, ports, env: { PORT: OWN_PORT, SAYS: says, ...env } },
    ready: [SERVES],
    roll: { drain: '10s' },
    deadline: says === NEVER ? '3s' : '30s',
    stop: { grace: '5s' },
    ...more,
  }
}

/** An environment of one component, `web`, and perhaps others. */
export function tinyContract(
  web: Json,
  { beside = {}, watch = false }: { readonly beside?: JsonObject; readonly watch?: Json } = {},
): Json {
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name: 'tiny' },
    spec: { components: { web, ...beside }, watch },
  }
}

/** A proof of the whole, run once traffic was moved; none without a command. */
export function smokeBy(command: readonly string[] | undefined): JsonObject {
  return command === undefined ? {} : { smoke: { needs: ['web'], run: { command, oneShot: true } } }
}

/** @unit ms */
const RAMP_MOST_MS = 60_000

/** How many clients ask, each again as soon as it is answered. */
export const CLIENTS = 8

/** A folder whose daemon's parts are opened one after the other. */
export class Bench {
  readonly folder: string
  #parts: DaemonParts | undefined
  /** What is up, to be brought down in the end. */
  readonly #up = new Map<string, Json>()
  /** What the parts told of, that no test has foreseen. */
  readonly #troubles: unknown[] = []
  #foreseen: RegExp | undefined

  constructor(context: Afterwards) {
    this.folder = mkdtempSync(join(tmpdir(), 'rampart-roll-'))
    writeFileSync(join(this.folder, 'web.cjs'), PROGRAM)
    context.after(async () => {
      try {
        // A Ports contract ends once nobody has a port by it: environments, whose kind is first, go before.
        const up = [...this.#up].sort(([one], [other]) => (one < other ? -1 : 1))
        for (const [, value] of up) await this.ramp(value, 'down')
      } finally {
        await this.close()
      }
      assert.deepEqual(this.#troubles, [])
      assert.deepEqual(leftovers(this.folder), { processes: [], ports: [] })
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  /** From now on the parts may tell of such troubles. */
  foresee(trouble: RegExp): void {
    this.#foreseen = trouble
  }

  async parts(): Promise<DaemonParts> {
    if (this.#parts === undefined) {
      const settings = { PATH: process.env['PATH'] ?? '' }
      const onTrouble = (error: unknown): void => {
        if (this.#foreseen?.test(String(error)) !== true) this.#troubles.push(error)
      }
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

  /** Opens a ramp and waits for its end, which has to come within a minute. */
  async ramp(value: Json, goal = 'up'): Promise<RampState> {
    const { ended, state } = await this.open(value, goal)
    const late = delay(RAMP_MOST_MS, undefined, { ref: false }).then(() => {
      const stages = Object.values(state()?.stages ?? {}).map((stage) => JSON.stringify(stage))
      return assert.fail(`the ramp ${goal} did not end:\n${stages.join('\n')}`)
    })
    return await Promise.race([ended, late])
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

  /** @param tls what clients trust, and show of themselves @default they speak no TLS */
  constructor(context: TestContext, port: number, tls?: object) {
    const patient = { headersTimeout: 60_000, bodyTimeout: 60_000 }
    const connect = tls && { connect: { ...tls, servername: 'localhost' } }
    const scheme = tls === undefined ? 'http' : 'https'
    const options = { connections: CLIENTS, ...patient, ...connect }
    this.#pool = new Pool(`${scheme}://127.0.0.1:${port}`, options)
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
