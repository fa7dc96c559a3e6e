/** Components that inherit the sockets of their ports: real daemons' parts, a real keeper, real clients. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CommandAnswer } from '../../src/core/entry/entry.ts'
import type { Order } from '../../src/seams/actuator.ts'
import { until } from '../support/until.ts'
import { leaseIn, makeBench, order, start, tryListen } from './component-bench.ts'

const LISTENER = join(import.meta.dirname, '../../src/sdk/fixtures/listener.ts')

/** Answers with who it is and what it was told. */
const PLAIN = `
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES, PORT, ODD } = process.env
  const about = JSON.stringify({ pid: process.pid, LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES, PORT, ODD })
  const serve = (fd) => require('node:http').createServer((_, to) => {
    to.setHeader('connection', 'close')
    to.end(JSON.stringify({ fd, ...JSON.parse(about) }))
  }).listen({ fd })
  for (let at = 0; at < Number(LISTEN_FDS); at++) serve(3 + at)`

interface About {
  readonly fd: number
  readonly pid: number
  readonly LISTEN_PID: string
  readonly LISTEN_FDS: string
  readonly LISTEN_FDNAMES: string
  readonly PORT: string
  readonly ODD: string
}

function inheriting(digest: string, more: Order['input'] = {}): Order {
  const ports = { http: { inherit: true } }
  return start(digest, { command: [process.execPath, '-e', PLAIN], ports, ...more })
}

function portsOf(answer: CommandAnswer): Readonly<Record<string, number>> {
  assert.equal(answer.verdict, 'done', answer.sentence)
  return answer.outputs['ports'] as Readonly<Record<string, number>>
}

async function ask(port: number | undefined): Promise<About> {
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  return (await answer.json()) as About
}

test('a component finds its sockets from descriptor 3 on, by name and for its pid', async (context) => {
  const { runtime, broker } = await makeBench(context).open()
  const ODD = `'"\`$(exit 9)\\ * \n\tü`
  const answer = await runtime.run(
    inheriting('one', {
      ports: { http: { inherit: true }, other: {}, admin: { inherit: true } },
      env: { PORT: '${self.ports.http}', ODD },
    }),
  )
  const { http, admin } = portsOf(answer)
  const [first, second] = [await ask(admin), await ask(http)]
  const { pid } = first
  const told = { pid, LISTEN_PID: String(pid), LISTEN_FDS: '2', LISTEN_FDNAMES: 'admin:http' }
  assert.deepEqual(first, { fd: 3, ...told, PORT: String(http), ODD })
  assert.deepEqual(second, { ...first, fd: 4 })
  await until('both are seen', () => {
    const ready = broker.leases().filter(({ state }) => state === 'ready')
    return ready.map(({ giving }) => giving).join() === 'descriptor,descriptor'
  })
  const story = await broker.story(http ?? 0)
  assert.match(story.sentences.join('\n'), /shop\/api http/)
})

void readFileSync
void connect
void LISTENER
void leaseIn
void tryListen
void order
