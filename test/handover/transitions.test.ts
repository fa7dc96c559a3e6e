/**
 * The rules of a Ports contract in force, by whole ramps of a component whose ports lie in its range: how
 * long the old one may finish, how long it stays, how long its port cools, and when all of it is too late.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import type { RampState } from '../../src/core/ramp/state.ts'
import type { Json } from '../../src/core/units/json.ts'
import { freePort } from '../support/free-port.ts'
import { Bench, Load, tinyContract, webSaying } from './ramps.ts'

/** Listens so long after it was started as a file says; `/slow` is never answered. It ends when it is told to. */
const PROGRAM = `
const { PORT, HOST, SAYS } = process.env
const waitMs = Number(require('node:fs').readFileSync('waits', 'utf8'))
const server = require('node:http').createServer((request, response) => {
  if (request.url === '/slow') return response.write('begun')
  setTimeout(() => response.end(SAYS), 5)
})
setTimeout(() => server.listen(PORT, HOST), waitMs)
process.on('SIGTERM', () => process.exit(0))
`

interface Variant {
  readonly roll?: Json
  readonly copies?: number
  readonly address?: string
}

function web(says: string, variant: Variant = {}): Json {
  const { roll = {}, copies = 1, address = '127.0.0.1' } = variant
  const component = webSaying(says, {
    command: [process.execPath, 'rules.cjs'],
    ports: { http: { address } },
    more: { roll, copies, deadline: '30s' },
  })
  return tinyContract(component)
}

const TRANSITIONS = {
  'scale-up': { deadline: '1s' },
  'scale-down': { drain: '9s', linger: '0s', cooling: '1500ms' },
  roll: { drain: '1500ms', linger: '600ms', cooling: '2500ms', deadline: '20s' },
  migrate: { drain: '8s', linger: '0s' },
}

function ports(first: number): Json {
  const addresses = ['127.0.0.1', '127.0.0.2']
  const range = { ports: `${first}-${first + 19}`, for: { service: 'tiny/*' }, addresses }
  const spec = { cooling: '200ms', ranges: { tiny: range }, transitions: TRANSITIONS }
  return { apiVersion: 'rampart/v1', kind: 'Ports', metadata: { name: 'tiny-ports' }, spec }
}

/** Every lease as it was seen last, also those that have cooled since. */
async function remember(bench: Bench): Promise<ReadonlyMap<string, PortLease>> {
  const broker = (await bench.parts()).leasing?.broker ?? assert.fail('ports are leased')
  const seen = new Map<string, PortLease>()
  broker.onChanged(() => {
    for (const lease of broker.leases()) seen.set(lease.id, lease)
  })
  return seen
}

/** That of the contract's range: the one of before still cools. */
function portOfFront(leases: ReadonlyMap<string, PortLease>): number {
  const isMeant = ({ front, rule }: PortLease) => front !== undefined && rule.contract !== undefined
  return [...leases.values()].find(isMeant)?.claim.port ?? assert.fail('there is a front')
}

/** How the one that serves no more parted with its port. */
function partedBy(leases: ReadonlyMap<string, PortLease>, event: string): PortLease {
  const found = [...leases.values()].findLast(({ parting }) => parting?.event === event)
  return found ?? assert.fail(`a ${event}`)
}

function drained({ stages }: RampState) {
  return stages.find(({ name }) => name === 'web/drained') ?? assert.fail('there is such a stage')
}

/** Until when is told a moment before it is recorded. */
function assertCools({ state, coolUntilMs = 0, changedAtMs }: PortLease, ms: number): void {
  const coolingMs = coolUntilMs - changedAtMs
  assert.ok(state === 'cooling' && coolingMs <= ms && coolingMs > ms - 150, `${coolingMs} ms`)
}

/** A request that is never answered; resolves once it is cut off. */
function slow(port: number): { readonly begun: Promise<void>; readonly cut: Promise<void> } {
  const [begun, cut] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const request = get({ host: '127.0.0.1', port, path: '/slow' }, (response) => {
    response.once('data', () => begun.resolve())
    response.once('error', () => cut.resolve())
    response.once('close', () => cut.resolve())
  })
  request.once('error', () => cut.resolve())
  return { begun: begun.promise, cut: cut.promise }
}

test('rules of a contract in force count for whoever has ports of its range', {
  timeout: 60_000,
}, async (context) => {
  const bench = new Bench(context)
  writeFileSync(join(bench.folder, 'rules.cjs'), PROGRAM)
  const wait = (ms: number): void => writeFileSync(join(bench.folder, 'waits'), String(ms))
  wait(0)
  // In the end the component goes first: only then are the contract's ports given back.
  await bench.up(web('none'))
  await bench.ramp(web('none'), 'down')
  await bench.up(ports(20_000 + ((await freePort()) % 10_000)))
  const leases = await remember(bench)
  await bench.up(web('one'))
  const front = portOfFront(leases)
  const load = new Load(context, front)
  await load.answered('one')

  // A roll: the old one finishes, stays, and its port cools as the rule says.
  const rolled = await bench.ramp(web('two'))
  assert.equal(rolled.ended?.outcome, 'reached', rolled.ended?.cause?.sentence)
  const { enteredAtMs = 0, readyAtMs = 0 } = drained(rolled)
  assert.ok(readyAtMs - enteredAtMs >= 500, `it stayed for ${readyAtMs - enteredAtMs} ms`)
  const first = partedBy(leases, 'roll')
  assert.deepEqual(first.parting, {
    ...{ event: 'roll', by: 'contract', contract: 'tiny-ports' },
    ...{ drainMs: 1_500, lingerMs: 600, coolingMs: 2_500 },
  })
  assertCools(first, 2_500)

  // What is under way for longer is cut off, and the record says so.
  const request = slow(front)
  await request.begun
  const unclean = await bench.ramp(web('three'))
  assert.equal(unclean.ended?.outcome, 'reached', unclean.ended?.cause?.sentence)
  await request.cut
  assert.match(
    JSON.stringify(drained(unclean)),
    /1 request is still under way .* this roll gave them at most 1s500ms to finish, and 600ms more, as tiny-ports says, and that is over/,
  )

  // One more comes too late: it is taken back, and who served serves on.
  wait(1_500)
  const late = await bench.ramp(web('three', { copies: 2 }))
  assert.equal(late.ended?.outcome, 'undone')
  assert.match(
    late.ended?.cause?.sentence ?? '',
    /until others are proved, and a scale-up may take 1s, as tiny-ports says; who served serves on/,
  )
  wait(0)
  await load.answered('three')

  // The component's own words stand before those of the rule.
  await bench.up(web('four', { copies: 2, roll: { drain: '7s' } }))
  const third = partedBy(leases, 'roll')
  assert.deepEqual(
    [third.parting?.by, third.parting?.drainMs, third.parting?.coolingMs],
    ['component', 7_000, 2_500],
  )
  await load.answered('four')

  // One less, and then another address.
  await bench.up(web('four', { roll: {} }))
  const gone = partedBy(leases, 'scale-down')
  assertCools(gone, 1_500)
  await bench.up(web('five', { address: '127.0.0.2' }))
  const moved = partedBy(leases, 'migrate')
  assert.equal(moved.parting?.drainMs, 8_000)
  assertCools(moved, 200)
  await load.answered('five')
  await load.stop()
  context.diagnostic(JSON.stringify(Object.fromEntries(load.answers)))
  load.assertServed('one', 'two', 'three', 'four', 'five')
})
