/** Lines of this machine and of an agent together, for readers of every pace. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SystemClock } from '../../clock/system-clock.ts'
import { SystemRandom } from '../../random/system-random.ts'
import { MemoryRecords } from '../../records/memory/memory-records.ts'
import type { LogLine } from '../wire.ts'
import { AgentDesk } from './agent-desk.ts'
import { AgentRegister } from './agent-register.ts'
import { logsEverywhere } from './everywhere.ts'

const clock = new SystemClock()

function line(subject: string, atMs: number): LogLine {
  return { subject, stream: 'out', atMs, text: `line ${atMs}` }
}

/** A machine that writes without end, beside the agent of a region that has written one line. */
async function openTrial(t: TestContext) {
  const register = new AgentRegister({ records: new MemoryRecords(clock), clock })
  const desk = new AgentDesk({ register, clock, random: new SystemRandom() })
  t.after(() => desk.close())
  let session = ''
  await desk.connect({
    identity: { name: 'token:eu', region: 'eu', instance: 'folder', version: '1' },
    isReplacing: false,
    send: (errand) => {
      if (errand.do === 'welcome') session = errand.session
      if (errand.do !== 'tail') return
      const lines = [line('shop/eu/api', 1)]
      const reports = [{ errand: errand.errand, told: 'lines', lines } as const]
      desk.report('token:eu', { session, reports })
    },
    beat: () => undefined,
    end: () => undefined,
  })
  const leaving = new AbortController()
  let written = 0
  const components = {
    list: () => [],
    async *logs() {
      while (!leaving.signal.aborted) {
        written += 1
        yield line('shop/db', written)
      }
    },
    leftovers: () => ({ processes: [], ports: [] }),
  }
  const parts = { agents: { desk, register }, clock, components }
  const wanted = { tailLines: 10, follow: true, signal: leaving.signal }
  return { logs: logsEverywhere(parts, wanted), leaving, written: () => written }
}

test('reads no more than a slow reader takes, and leaves nothing out', async (t) => {
  const { logs, leaving, written } = await openTrial(t)
  const reader = logs[Symbol.asyncIterator]()
  const seen: LogLine[] = []
  const take = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at++) {
      const { value, done } = await reader.next()
      if (done !== true) seen.push(value)
    }
  }
  await take(1)
  for (let round = 0; round < 100; round++) await turn()
  const held = written()
  assert.ok(held <= 10_000, `${held} lines were read for a reader who took one`)
  await take(20_000)
  const own = seen.filter(({ subject }) => subject === 'shop/db').map(({ atMs }) => atMs)
  assert.deepEqual(
    own,
    Array.from(own, (_, at) => at + 1),
  )
  assert.ok(seen.some(({ subject }) => subject === 'shop/eu/api'))
  leaving.abort()
  await reader.return?.(undefined)
})
