/** What an agent reports stays small enough for its server to read it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Actuator } from '../seams/actuator.ts'
import type { Probe } from '../seams/probe.ts'
import { AGENT_REPORTS } from '../server/schemas/agents.ts'
import type { AgentReport } from '../server/wire/agent-work.ts'
import type { ComponentView, LogLine } from '../server/wire.ts'
import { ErrandRunner } from './errand-runner.ts'

test('however much components wrote, the latest lines of it fit into one report', async () => {
  const written = Array.from({ length: 20_000 }, (_, atMs): LogLine => {
    return { subject: 'shop/api', stream: 'out', atMs, text: '\u001b[32m'.padEnd(500, 'x') }
  })
  const longest: LogLine = {
    subject: 'shop/api',
    stream: 'out',
    atMs: 20_000,
    text: 'y'.repeat(9e5),
  }
  const { promise, resolve } = Promise.withResolvers<AgentReport>()
  const components = {
    list: () => [],
    async *logs() {
      yield* [...written, longest]
    },
  }
  const runner = new ErrandRunner({ probes: [], actuators: [], components }, resolve)
  runner.take({ do: 'tail', errand: '1', tailLines: 1_000_000 })
  const report = await promise
  const body = { session: 's', reports: [report] }
  assert.ok(JSON.stringify(body).length < 1_000_000)
  assert.deepEqual(AGENT_REPORTS.parse(body), body)
  const lines = report.told === 'lines' ? report.lines : []
  assert.equal(lines.at(-1)?.atMs, 20_000)
  assert.ok(lines.length > 100, String(lines.length))
})

test('what is too large to be told is left out, and the rest is told', async () => {
  const starts = Array.from({ length: 6_000 }, (_, at): ComponentView => {
    const status = at < 10 ? 'running' : 'exited'
    return {
      subject: 'shop/api',
      instance: `shop/api#${at}`,
      pid: 1,
      status,
      ports: {},
      sinceMs: at,
    }
  })
  const words = { reason: 'seen', sentence: 'It is there.' }
  const large = { body: 'z'.repeat(2_000_000) }
  const probe: Probe = {
    kind: 'large',
    ask: async () => ({ verdict: 'passed', outlook: 'notYet', ...words, evidence: large }),
  }
  const actuator: Actuator = {
    name: 'large',
    run: async () => ({ verdict: 'done', ...words, outputs: large, retryable: false }),
  }
  const reports: AgentReport[] = []
  const three = Promise.withResolvers<void>()
  const runner = new ErrandRunner(
    {
      probes: [probe],
      actuators: [actuator],
      components: { list: () => starts, async *logs() {} },
    },
    (report) => {
      if (reports.push(report) === 3) three.resolve()
    },
  )
  const asking = { input: {}, self: {}, attempt: 1 }
  const order = {
    id: 'r/api/1',
    ramp: 'r',
    stage: 'api',
    purpose: 'do',
    operation: 'start',
  } as const
  runner.take({ do: 'list', errand: '1' })
  runner.take({ do: 'ask', errand: '2', probe: 'large', asking })
  runner.take({
    do: 'run',
    errand: '3',
    actuator: 'large',
    order: { ...order, input: {}, fence: 1 },
  })
  await three.promise
  const body = { session: 's', reports }
  assert.deepEqual(AGENT_REPORTS.parse(body), body)
  const listed = reports.flatMap((report) =>
    report.told === 'components' ? report.components : [],
  )
  assert.equal(listed.length, 5_000)
  assert.equal(listed.filter(({ status }) => status === 'running').length, 10)
  assert.equal(listed.at(-1)?.instance, 'shop/api#5999', 'the latest are told')
})
