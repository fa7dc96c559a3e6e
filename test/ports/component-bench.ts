/** A component whose ports are leased: a real broker in a real ledger, and real processes that listen. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import type { PortRange } from '../../src/core/port/port-policy.ts'
import type { PortTransition } from '../../src/core/port/port-transition.ts'
import { digestOf } from '../../src/core/units/digest.ts'
import type { Leasing } from '../../src/daemon/daemon-leasing.ts'
import {
  closeDaemonParts,
  type DaemonParts,
  openDaemonParts,
} from '../../src/daemon/daemon-parts.ts'
import type { Order } from '../../src/seams/actuator.ts'
import type { PortBroker } from '../../src/seams/port-broker.ts'
import { placeOf } from '../../src/server/client/daemon-place.ts'
import { until } from '../support/until.ts'
import { granted, policyOf } from './workbench.ts'

/** Listens on the port that it is told. */
export const SERVE = `require('node:net').createServer().listen(process.env.PORT, '127.0.0.1')`
const PORT = `$\{self.ports.http}`

/** A workspace of which daemons are opened, one after the other. */
export interface ComponentBench {
  open(): Promise<DaemonParts & Pick<Leasing, 'broker' | 'ports'>>
  close(): Promise<void>
}

/** Makes one; nothing of the component runs after the test. */
export function makeBench(context: TestContext): ComponentBench {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-leased-'))
  const settings = { PATH: process.env['PATH'] ?? '' }
  const onTrouble = (error: unknown): void => assert.ifError(error)
  let parts: DaemonParts | undefined
  const close = async (): Promise<void> => {
    if (parts !== undefined) await closeDaemonParts(parts)
    parts = undefined
  }
  const open = async () => {
    const opened = await openDaemonParts({ place: placeOf(folder), settings, onTrouble })
    parts = opened
    const { broker, ports } = opened.leasing ?? assert.fail('ports are leased')
    return { ...opened, broker, ports }
  }
  context.after(async () => {
    const { runtime } = parts ?? (await open())
    await runtime.run(order('stop', { subject: 'shop/api' }))
    await close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { open, close }
}

let orders = 0

/** An order of its own about the component. */
export function order(operation: string, input: Order['input']): Order {
  orders += 1
  const id = `up-1/api/${orders}`
  const { signal } = new AbortController()
  return { id, ramp: 'up-1', stage: 'api', purpose: 'do', operation, input, fence: 1, signal }
}

/** Starts the component, of this digest. */
export function start(digest: string, more: Order['input'] = {}): Order {
  return order('start', {
    subject: 'shop/api',
    command: [process.execPath, '-e', SERVE],
    cwd: tmpdir(),
    env: { PORT },
    ports: { http: {} },
    digest,
    ...more,
  })
}

/** Puts a contract in force with this range, and holds its fixed port as its ramp does. */
export async function holdFixed(
  broker: PortBroker,
  range: Partial<PortRange> = {},
  transitions: readonly PortTransition[] = [],
): Promise<PortLease> {
  const { ranges } = policyOf({ for: { service: 'shop/*' }, ...range, coolingMs: 0 })
  const of = { contract: 'Ports/shop', digest: digestOf('one') }
  const connect = { ...of, rules: [], clients: [] }
  await broker.enforce({ ...of, ramp: 'up-0', policy: { ...of, ranges }, connect, transitions })
  return await hold(broker)
}

/** Holds what the contract gives the component, until it takes it. */
export async function hold(broker: PortBroker): Promise<PortLease> {
  const owner = { service: 'shop/api', port: 'http' }
  const [lease] = granted(await broker.claim([{ owner, by: 'contract', isLasting: true }]))
  return lease ?? assert.fail('one was asked for')
}

/** The lease of the component, once it is there in one of these states. */
export async function leaseIn(
  broker: PortBroker,
  ...states: PortLease['state'][]
): Promise<PortLease> {
  const find = () => broker.leases().find(({ state }) => states.includes(state))
  await until(states.join(' or '), () => find() !== undefined)
  return find() ?? assert.fail(states.join(' or '))
}

/** Listens as any program would, and ends that; how it was refused, if it was. */
export function tryListen(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)))
  })
}
