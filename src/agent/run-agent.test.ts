/** Agents of real servers over HTTP, with actuators that count what they do. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type NetServer, openNetServer } from '../../test/support/net-server.ts'
import { SystemClock } from '../clock/system-clock.ts'
import type { CommandAnswer } from '../core/entry/entry.ts'
import { isFault } from '../core/fault/fault.ts'
import type { Answer } from '../core/plan/verdict.ts'
import { SystemRandom } from '../random/system-random.ts'
import { MemoryRecords } from '../records/memory/memory-records.ts'
import type { Actuator, Order } from '../seams/actuator.ts'
import type { Asking, Probe } from '../seams/probe.ts'
import { AgentDesk } from '../server/agents/agent-desk.ts'
import { AgentRegister } from '../server/agents/agent-register.ts'
import { Transport } from '../server/client/transport.ts'
import { runAgent } from './run-agent.ts'

const clock = new SystemClock()
const random = new SystemRandom()

/** Passes, and counts. */
class CountingProbe implements Probe {
  readonly kind = 'counting'
  asked = 0

  async ask({ input }: Asking): Promise<Answer> {
    this.asked += 1
    const sentence = `Asked ${this.asked} times.`
    return { verdict: 'passed', outlook: 'notYet', reason: 'seen', sentence, evidence: input }
  }
}

/** Does what it is told, each order once. */
class CountingActuator implements Actuator {
  readonly name = 'counting'
  readonly done: string[] = []

  async run({ id }: Order): Promise<CommandAnswer> {
    if (!this.done.includes(id)) this.done.push(id)
    const outputs = { order: id }
    return { verdict: 'done', reason: 'done', sentence: 'Done.', outputs, retryable: false }
  }
}

interface Site {
  readonly server: NetServer
  readonly desk: AgentDesk
}

async function openSite(t: TestContext): Promise<Site> {
  const register = new AgentRegister({ records: new MemoryRecords(clock), clock })
  const desk = new AgentDesk({ register, clock, random, beatMs: 50, silenceMs: 2_000 })
  t.after(() => desk.close())
  return { desk, server: await openNetServer(t, { agents: { desk, register } }) }
}

interface Work {
  readonly sites: readonly Site[]
  readonly region?: string
  readonly instance?: string
  readonly replace?: boolean
}

/** An agent at work, and how it ends. */
async function work(t: TestContext, wanted: Work) {
  const { sites, region = 'eu', instance = 'here', replace = false } = wanted
  const grants = [{ role: 'agent', scope: { regions: ['eu'] } }] as const
  const probe = new CountingProbe()
  const actuator = new CountingActuator()
  const components = { list: () => [], async *logs() {} }
  const parts = { probes: [probe], actuators: [actuator], components }
  const servers = new Map<string, Transport>()
  for (const [at, { server }] of sites.entries()) {
    const name = `agent-${region}-${at}-${instance}`
    const { secret: token } = await server.tokenFor(name, grants)
    servers.set(`${at} ${server.origin}`, new Transport({ url: server.origin, token }))
  }
  const stopping = new AbortController()
  const presentation = { region, instance, version: '1', replace }
  const { signal } = stopping
  const log = (): void => undefined
  const ended = runAgent({ servers, presentation, parts, clock, random, signal, log })
  t.after(async () => {
    stopping.abort()
    await ended.catch(() => undefined)
    for (const transport of servers.values()) await transport.close()
  })
  return { ended, probe, actuator, stop: () => stopping.abort() }
}

function asking(): Asking {
  const { signal } = new AbortController()
  return { input: { of: 'api' }, self: {}, attempt: 1, signal }
}

function order(id: string): Order {
  const { signal } = new AbortController()
  const what = { purpose: 'do', operation: 'start', input: {}, fence: 1 } as const
  return { id, ramp: 'r', stage: 'api', ...what, signal }
}

async function connected({ desk }: Site, agents = 1): Promise<void> {
  while (desk.views().length !== agents) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('an agent asks and acts for its server', async (t) => {
  const site = await openSite(t)
  const { probe, actuator } = await work(t, { sites: [site] })
  await connected(site)
  const answer = await site.desk.ask('eu', 'counting', asking())
  assert.equal(answer.verdict, 'passed')
  assert.equal(answer.evidence['of'], 'api')
  const outcome = await site.desk.run('eu', 'counting', order('r/api/1'))
  assert.deepEqual(outcome.outputs, { order: 'r/api/1' })
  assert.deepEqual([probe.asked, actuator.done], [1, ['r/api/1']])
})

test('an agent works for every replica, and an order of two of them is done once', async (t) => {
  const sites = [await openSite(t), await openSite(t)]
  const { actuator } = await work(t, { sites })
  await Promise.all(sites.map((site) => connected(site)))
  await Promise.all(sites.map(({ desk }) => desk.run('eu', 'counting', order('r/api/1'))))
  assert.deepEqual(actuator.done, ['r/api/1'])
})

test('an agent comes back by itself, and what waited for it is done', async (t) => {
  const site = await openSite(t)
  const { actuator } = await work(t, { sites: [site] })
  await connected(site)
  // As if the server had been started again: the connection is gone, the region still known.
  site.desk.close()
  const outcome = site.desk.run('eu', 'counting', order('r/api/1'))
  assert.equal((await outcome).verdict, 'done')
  assert.deepEqual(actuator.done, ['r/api/1'])
})

test('an agent ends at once when it is not wanted, and says why', async (t) => {
  const site = await openSite(t)
  const elsewhere = await work(t, { sites: [site], region: 'us' })
  await assert.rejects(elsewhere.ended, (error) => isFault(error, 'forbidden'))
  await work(t, { sites: [site] })
  await connected(site)
  const second = await work(t, { sites: [site], instance: 'there' })
  await assert.rejects(second.ended, (error) => isFault(error, 'agent-displaced'))
})

test('an agent that is told to stop leaves its server at once', async (t) => {
  const site = await openSite(t)
  const agent = await work(t, { sites: [site] })
  await connected(site)
  agent.stop()
  await agent.ended
  await connected(site, 0)
})
