/** What an agent reports stays small enough for its server to read it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AGENT_REPORTS } from '../server/schemas/agents.ts'
import type { AgentReport } from '../server/wire/agent-work.ts'
import type { LogLine } from '../server/wire.ts'
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
