/** The desk and an agent's runner, joined by a wire that can be cut. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { until } from '../../../test/support/until.ts'
import { ErrandRunner } from '../../agent/errand-runner.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import { EnforcedPorts } from '../../core/port/enforced-ports.ts'
import { listRanges } from '../../core/port/range-list.ts'
import { SystemRandom } from '../../random/system-random.ts'
import { MemoryRecords } from '../../records/memory/memory-records.ts'
import type { Actuator, Order } from '../../seams/actuator.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import type { AgentParts } from '../parts.ts'
import type { AgentErrand } from '../wire/agent-work.ts'
import { AgentDesk } from './agent-desk.ts'
import { AgentRegister } from './agent-register.ts'
import { placedActuator, placedProbe } from './placed.ts'
import { leasesOfRegion, storyOfRegion } from './region-ports.ts'

const clock = new SystemClock()

const passed: Answer = {
  verdict: 'passed',
  outlook: 'notYet',
  reason: 'seen',
  sentence: 'It is there.',
  evidence: { latencyMs: 1 },
}

/** A probe whose answers are given by hand, and that can be told to have changed. */
class HandProbe implements Probe {
  readonly kind = 'hand'
  readonly asked: Asking[] = []
  answer: Promise<Answer> = Promise.resolve(passed)
  changed: () => void = () => undefined
  watched = 0

  ask(asking: Asking): Promise<Answer> {
    this.asked.push(asking)
    return this.answer
  }

  watch(_: Asking, changed: () => void): () => void {
    this.changed = changed
    this.watched += 1
    return () => {
      this.watched -= 1
    }
  }
}

/** An actuator that does an order once, however often it is given. */
class OnceActuator implements Actuator {
  readonly name = 'once'
  readonly effects = new Set<string>()
  readonly given: string[] = []
  gate: Promise<void> = Promise.resolve()

  async run({ id }: Order): Promise<CommandAnswer> {
    this.given.push(id)
    await this.gate
    this.effects.add(id)
    return { verdict: 'done', reason: 'done', sentence: 'Done.', outputs: {}, retryable: false }
  }
}

interface Bench {
  readonly desk: AgentDesk
  readonly agents: AgentParts
  readonly probe: HandProbe
  readonly actuator: OnceActuator
  /** Connects an agent. */
  join(
    identity?: Partial<{ name: string; region: string; instance: string; isReplacing: boolean }>,
  ): Promise<Joined>
}

interface Joined {
  /** Cuts the connection as a broken network does: neither side says anything more. */
  cut(): void
  readonly errands: readonly AgentErrand[]
  readonly session: string
}

function bench(options: { readonly beatMs?: number; readonly silenceMs?: number } = {}): Bench {
  const register = new AgentRegister({ records: new MemoryRecords(clock), clock })
  const desk = new AgentDesk({ register, clock, random: new SystemRandom(), ...options })
  const probe = new HandProbe()
  const actuator = new OnceActuator()
  const components = { list: () => [], async *logs() {} }
  const enforced = new EnforcedPorts()
  const story = async () => Promise.reject(new Error('ill'))
  const carried = { all: () => [], open: async () => {}, close: async () => {} }
  const ports = { carried, enforced, index: 7, leases: () => [], story }
  const parts = { probes: [probe], actuators: [actuator], components, ports }
  const join: Bench['join'] = async (who = {}) => {
    const { name = 'token:eu', region = 'eu', instance = 'folder-1', isReplacing = false } = who
    const errands: AgentErrand[] = []
    let session = ''
    const runner = new ErrandRunner(parts, (report) => {
      desk.report(name, { session, reports: [report] })
    })
    const { leave } = await desk.connect({
      identity: { name, region, instance, version: '1' },
      isReplacing,
      send: (errand) => {
        errands.push(errand)
        if (errand.do === 'welcome') session = errand.session
        else runner.take(errand)
      },
      beat: () => undefined,
      end: () => runner.close(),
    })
    return { cut: leave, errands, session }
  }
  return { desk, agents: { desk, register }, probe, actuator, join }
}

function asking(signal: AbortSignal = new AbortController().signal): Asking {
  return { input: { url: 'http://x' }, self: {}, group: 'eu', attempt: 1, signal }
}

function order(id: string, signal: AbortSignal = new AbortController().signal): Order {
  const what = { purpose: 'do', operation: 'start', input: {}, fence: 1 } as const
  return { id, ramp: 'r', stage: 'eu/api', group: 'eu', ...what, signal }
}

describe('the desk of agents', () => {
  it('has the agent of a region ask, and says from where it was seen', async () => {
    const { desk, probe, join } = bench()
    await join()
    const answer = await placedProbe(new HandProbe(), desk).ask(asking())
    assert.equal(answer.verdict, 'passed')
    assert.deepEqual(answer.evidence, {
      latencyMs: 1,
      vantage: { agent: 'token:eu', region: 'eu' },
    })
    assert.equal(probe.asked.length, 1)
    assert.deepEqual(probe.asked[0]?.input, { url: 'http://x' })
  })

  it('asks right here what belongs to a region that no agent works in', async () => {
    const { desk, probe, join } = bench()
    await join()
    const local = new HandProbe()
    await placedProbe(local, desk).ask({ ...asking(), group: 'us' })
    assert.equal(local.asked.length, 1)
    assert.equal(probe.asked.length, 0)
  })

  it('never passes, and never asks elsewhere, while the agent of a region is away', async () => {
    const { desk, probe, join } = bench()
    const { cut } = await join()
    cut()
    const local = new HandProbe()
    const answer = await placedProbe(local, desk).ask(asking())
    assert.equal(answer.verdict, 'inconclusive')
    assert.equal(answer.reason, 'no-agent')
    assert.equal(local.asked.length + probe.asked.length, 0)
  })

  it('is inconclusive when the agent is lost in the middle of an asking', async () => {
    const { desk, probe, join } = bench()
    probe.answer = new Promise(() => undefined)
    const { cut } = await join()
    const answering = placedProbe(new HandProbe(), desk).ask(asking())
    await until('it is asked', () => probe.asked.length === 1)
    cut()
    assert.equal((await answering).reason, 'agent-lost')
    assert.ok(probe.asked[0]?.signal.aborted)
  })

  it('gives an order again to the agent that was lost, and it has the effect of one', async () => {
    const { desk, actuator, join } = bench()
    const gate = Promise.withResolvers<void>()
    actuator.gate = gate.promise
    const { cut } = await join()
    const running = placedActuator(new OnceActuator(), desk).run(order('r/eu/api/1'))
    await until('it is given', () => actuator.given.length === 1)
    cut()
    gate.resolve()
    await join()
    assert.equal((await running).verdict, 'done')
    assert.deepEqual(actuator.given, ['r/eu/api/1', 'r/eu/api/1'])
    assert.equal(actuator.effects.size, 1)
  })

  it('has an order wait for an agent, and says so when nobody came in time', async () => {
    const { desk, join } = bench()
    const { cut } = await join()
    cut()
    const giveUp = new AbortController()
    const running = placedActuator(new OnceActuator(), desk).run(order('a', giveUp.signal))
    giveUp.abort()
    const answer = await running
    assert.equal(answer.verdict, 'failed')
    assert.equal(answer.reason, 'no-agent')
    assert.ok(answer.retryable)
  })

  it('ignores reports of an earlier session, and of other agents', async () => {
    const { desk, probe, join } = bench()
    const first = await join()
    probe.answer = new Promise(() => undefined)
    const second = await join()
    const answering = placedProbe(new HandProbe(), desk).ask(asking())
    await until('it is to ask', () => second.errands.some((errand) => errand.do === 'ask'))
    const given = second.errands.find((errand) => errand.do === 'ask')
    const forged = { errand: given?.errand ?? '', told: 'answer', answer: passed } as const
    const { session } = second
    assert.equal(desk.report('token:eu', { session: first.session, reports: [forged] }), false)
    assert.equal(desk.report('token:us', { session, reports: [forged] }), false)
    await join({ name: 'token:us', region: 'us' })
    second.cut()
    assert.equal((await answering).verdict, 'inconclusive')
  })

  it('takes no second agent for a region unless it replaces the first', async () => {
    const { join } = bench()
    const { cut } = await join()
    cut()
    await assert.rejects(join({ instance: 'folder-2' }), (error) =>
      isFault(error, 'agent-displaced'),
    )
    await join({ instance: 'folder-2', isReplacing: true })
    await assert.rejects(join({ instance: 'folder-1' }), (error) =>
      isFault(error, 'agent-displaced'),
    )
  })

  it('passes on that something changed, and that the agent was lost, until nobody listens', async () => {
    const { desk, probe, join } = bench()
    const { cut } = await join()
    const placed = placedProbe(probe, desk)
    let changes = 0
    const stop = placed.watch?.(asking(), () => {
      changes += 1
    })
    await until('it is watched', () => probe.watched === 1)
    probe.changed()
    assert.equal(changes, 1)
    cut()
    assert.equal(changes, 2)
    await join()
    await until('it is watched', () => probe.watched === 1)
    assert.equal(changes, 3)
    stop?.()
    assert.equal(probe.watched, 0)
  })

  it('counts an agent as lost that says nothing for too long', async () => {
    const { desk, join } = bench({ beatMs: 5, silenceMs: 20 })
    await join()
    assert.equal(desk.views().length, 1)
    await until('nobody is there', () => desk.views().length === 0)
    assert.equal(await desk.isWorked('eu'), true)
  })

  it('has the agent of a region tell of the ports of its machine, or say why it does not', async () => {
    const { agents, join } = bench()
    await join()
    const list = { index: 7, leases: [], ranges: listRanges(new EnforcedPorts()), carried: [] }
    assert.deepEqual(await leasesOfRegion({ agents, clock }, 'eu'), list)
    await assert.rejects(
      storyOfRegion({ agents, clock }, 'eu', 4711),
      (error) => isFault(error, 'ports-unavailable') && error.message.includes('ill'),
    )
  })

  it('answers nothing in the place of an agent that is away, or of none', async () => {
    const { agents, join } = bench()
    const { cut } = await join()
    cut()
    await assert.rejects(leasesOfRegion({ agents, clock }, 'eu'), (error) =>
      isFault(error, 'agent-away'),
    )
    await assert.rejects(leasesOfRegion({ agents, clock }, 'us'), (error) =>
      isFault(error, 'agent-unknown'),
    )
  })

  it('aborts at the agent what nobody wants to know any more', async () => {
    const { desk, probe, join } = bench()
    probe.answer = new Promise(() => undefined)
    await join()
    const nobody = new AbortController()
    const answering = placedProbe(new HandProbe(), desk).ask(asking(nobody.signal))
    await until('it is asked', () => probe.asked.length === 1)
    nobody.abort()
    assert.ok(probe.asked[0]?.signal.aborted)
    assert.equal((await answering).verdict, 'inconclusive')
    assert.equal(desk.views()[0]?.busyWith, 0)
  })
})
