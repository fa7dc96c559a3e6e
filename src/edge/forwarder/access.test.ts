/** Real clients, each a process, at a real front: who they are is the kernel's word. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../test/support/free-port.ts'
import { requirePart } from '../../../test/support/require-part.ts'
import type { ConnectPolicy } from '../../core/port/connect-policy.ts'
import { digestOfText } from '../../core/units/digest.ts'
import { LinuxKernel } from '../../runtimes/process/kernel/linux.ts'
import { AccessJudge, type ServiceProcess } from './access.ts'
import { Forwarder } from './forwarder.ts'
import type { FrontDefinition } from './front.ts'
import { targetOf } from './front-target.ts'

const FRONT = 'shop/api/http'
const NOBODY = 4_294_967_294
const linux = requirePart('Linux', process.platform === 'linux', 'a machine with Linux')

const policy: ConnectPolicy = {
  rules: [{ from: ['shop/web'], to: ['shop/api'], ports: ['http'] }],
  clients: [
    {
      service: 'shop/web',
      users: [NOBODY],
      mtls: [],
      tokens: [digestOfText('right')],
      networks: [],
    },
  ],
}

async function openGuarded(context: TestContext, mode: FrontDefinition['mode']) {
  const kernel = new LinuxKernel()
  const judge = new AccessJudge(kernel)
  const refusals: string[] = []
  const plane = new Forwarder({
    mayConnect: (client) => judge.judge(client, targetOf(client.front)),
    onRefused: (_, sentence) => refusals.push(sentence),
  })
  const port = await freePort()
  await plane.open({ name: FRONT, mode, addresses: ['127.0.0.1', '::1'], port })
  const server = createServer((_, response) => response.end('served')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(async () => {
    await plane.close(FRONT)
    server.close()
    server.closeAllConnections()
  })
  const { port: backend } = server.address() as AddressInfo
  await plane.route(FRONT, { id: 'one', address: '127.0.0.1', port: backend })
  const identify = (pid: number, service = 'shop/web'): ServiceProcess => {
    const started = kernel.process(pid)?.started ?? assert.fail('it lives')
    return { service, pid, started, bootId: kernel.bootId() }
  }
  return { judge, plane, port, refusals, identify, policies: [policy] }
}

/** A process that asks when it is told to, itself or by a child of its own. */
class Client {
  readonly process: ChildProcess
  readonly pid: number
  readonly #lines: AsyncIterator<string>

  constructor(context: TestContext) {
    const words = ['-e', CLIENT]
    this.process = spawn(process.execPath, words, {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    })
    this.pid = this.process.pid ?? assert.fail('it was started')
    assert.ok(this.process.stdout !== null)
    this.#lines = createInterface(this.process.stdout)[Symbol.asyncIterator]()
    context.after(() => this.process.kill('SIGKILL'))
  }

  /** `served`, a status, or the system's error. */
  async ask(port: number, how: { host?: string; token?: string; byChild?: boolean } = {}) {
    this.process.stdin?.write(`${JSON.stringify({ port, host: '127.0.0.1', ...how })}\n`)
    return String((await this.#lines.next()).value)
  }
}

const CLIENT = `
const { spawnSync } = require('node:child_process')
const ask = ({ port, host, token }) => {
  const headers = token === undefined ? {} : { authorization: 'Bearer ' + token }
  const asked = require('node:http').get({ port, host, headers, agent: false }, (response) => {
    if (response.statusCode !== 200) console.log(response.statusCode)
    else response.once('data', (data) => console.log(String(data)))
    response.resume()
  })
  asked.once('error', (error) => console.log(error.code))
}
if (process.env.ASK) ask(JSON.parse(process.env.ASK))
else require('node:readline').createInterface(process.stdin).on('line', (line) => {
  const asked = JSON.parse(line)
  if (!asked.byChild) return ask(asked)
  const env = { ...process.env, ASK: line }
  const { stdout } = spawnSync(process.execPath, ['-e', process.execArgv[1]], { env })
  process.stdout.write(stdout)
})
`

test('with tcp, only processes of a service that may connect come in', linux, async (context) => {
  const { judge, plane, port, refusals, identify, policies } = await openGuarded(context, 'tcp')
  const [web, stranger] = [new Client(context), new Client(context)]
  judge.set({ policies, processes: [identify(web.pid)] })
  assert.equal(await web.ask(port), 'served')
  assert.equal(await web.ask(port, { host: '::1' }), 'served')
  assert.equal(await web.ask(port, { byChild: true }), 'served')
  assert.equal(await stranger.ask(port), 'ECONNRESET')
  assert.match(
    refusals[0] ?? '',
    new RegExp(
      `A stranger may not connect to shop/api \\(http\\); only shop/web may. It came from process ${stranger.pid} \\(.*node.*\\) of user \\d+ at 127.0.0.1`,
    ),
  )
  assert.equal(plane.counts(FRONT)?.refused, 1)
  // Somebody who has its number now, and began at another time.
  judge.set({ policies, processes: [{ ...identify(web.pid), started: '1' }] })
  assert.equal(await web.ask(port), 'ECONNRESET')
  judge.set({ policies, processes: [identify(web.pid, 'shop/mail')] })
  assert.equal(await web.ask(port), 'ECONNRESET')
  assert.match(refusals.at(-1) ?? '', /^shop\/mail may not connect/)
  // Who is let in by the rules of today comes in, although it was refused before.
  judge.set({ policies: [], processes: [] })
  assert.equal(await stranger.ask(port), 'served')
})

test('with http, a token or the user proves a service as well', linux, async (context) => {
  const { judge, port, policies } = await openGuarded(context, 'http')
  const client = new Client(context)
  judge.set({ policies, processes: [] })
  assert.equal(await client.ask(port), '403')
  assert.equal(await client.ask(port, { token: 'wrong' }), '403')
  assert.equal(await client.ask(port, { token: 'right' }), 'served')
  const clients = policy.clients.map((one) => ({ ...one, users: [process.getuid?.() ?? 0] }))
  judge.set({ policies: [{ ...policy, clients }], processes: [] })
  assert.equal(await client.ask(port), 'served')
})

test('where no kernel tells of processes, whoever shows nothing stays out', () => {
  const judge = new AccessJudge(undefined)
  judge.set({ policies: [policy], processes: [] })
  const client = {
    front: FRONT,
    connection: {},
    remoteAddress: '192.0.2.7',
    remotePort: 4_711,
    localAddress: '192.0.2.1',
    localPort: 80,
  }
  const refused = judge.judge(client, targetOf(FRONT))
  assert.ok(!refused.allowed && refused.sentence.endsWith('It came from 192.0.2.7:4711.'))
  assert.ok(judge.judge({ ...client, token: 'right' }, targetOf(FRONT)).allowed)
  assert.ok(judge.judge(client, targetOf('shop/web/http')).allowed)
})
