/** Who listens on a port, with real processes, and what the probes that ask for it make of it. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { askOnce, gist } from '../../../test/support/asking.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { until } from '../../../test/support/until.ts'
import { HttpProbe } from '../../probes/http/http-probe.ts'
import { TcpProbe } from '../../probes/tcp/tcp-probe.ts'
import { contents, makeWorkbench, script, start } from './fixtures/workbench.ts'

function serverOn(port: number, host: string): string {
  return `require('node:http').createServer((_, answer) => answer.end('hello'))
    .listen({ port: ${port}, host: '${host}' }, () => console.log('ready'))`
}

/** A server that belongs to nobody, as an earlier run may leave it. */
async function startStranger(
  context: TestContext,
  port: number,
  host: string,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', serverOn(port, host)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  context.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

test('a port is owned by the instance, by its children, and by what it has daemonized', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const [own, child, gone] = [await freePort(), await freePort(), await freePort()]
  const detached = JSON.stringify(serverOn(gone, '::'))
  const code = `
    const { spawn } = require('node:child_process')
    const options = { stdio: ['ignore', 'inherit', 'inherit'] }
    spawn(process.execPath, ['-e', ${JSON.stringify(serverOn(child, '0.0.0.0'))}], options)
    const middle = 'require("node:child_process").spawn(process.execPath, ["-e", process.argv[1]], ' +
      '{ detached: true, stdio: ["ignore", "inherit", "inherit"] }).unref()'
    spawn(process.execPath, ['-e', middle, ${detached}], options)
    ${serverOn(own, '127.0.0.1')}`
  const { instance, out } = await start(runtime, script(code))
  await until('all listen', () => contents(out).split('ready').length === 4)
  assert.deepEqual(runtime.listeners(instance, own), [{ address: '127.0.0.1', isOwn: true }])
  assert.deepEqual(runtime.listeners(instance, child), [{ address: '0.0.0.0', isOwn: true }])
  assert.deepEqual(runtime.listeners(instance, gone), [{ address: '::', isOwn: true }])
  assert.equal(runtime.listeners('shop/unknown#1', own), undefined)
  const answer = await askOnce(
    new TcpProbe(runtime),
    { host: 'localhost', port: own, owned: true },
    { self: { instance } },
  )
  assert.equal(gist(answer), 'passed connected')
})

test('a stale server on the port is not taken for the component', async (context) => {
  const runtime = makeWorkbench(context).open()
  const port = await freePort()
  const stale = await startStranger(context, port, '127.0.0.1')
  const { instance, out } = await start(runtime, script(serverOn(port, '::1')))
  await until('it listens', () => contents(out) === 'ready\n')
  const listeners = runtime.listeners(instance, port) ?? []
  assert.deepEqual(listeners.map(({ address, isOwn, pid }) => [address, isOwn, pid]).sort(), [
    ['127.0.0.1', false, stale.pid],
    ['::1', true, undefined],
  ])
  const self = { instance }
  const tcp = { host: 'localhost', port, owned: true }
  const http = { url: `http://localhost:${port}/`, owned: true }
  for (const [probe, input] of [
    [new TcpProbe(runtime), tcp],
    [new HttpProbe(runtime), http],
  ] as const) {
    const answer = await askOnce(probe, input, { self })
    assert.equal(gist(answer), 'failed notYet foreign-listener')
    assert.match(answer.sentence, new RegExp(`by process ${stale.pid} \\(.*, not by ${instance}`))
  }
  stale.kill('SIGKILL')
  await once(stale, 'exit')
  assert.equal(gist(await askOnce(new TcpProbe(runtime), tcp, { self })), 'passed connected')
  const answer = await askOnce(new HttpProbe(runtime), http, { self })
  assert.equal(gist(answer), 'passed answered')
  assert.equal(answer.evidence['family'], 'ipv6')
})

test('an instance that is gone owns nothing', async (context) => {
  const runtime = makeWorkbench(context).open()
  const port = await freePort()
  const stranger = await startStranger(context, port, '0.0.0.0')
  const { instance } = await start(runtime, script('process.exit(0)'))
  await until('it has ended', () => runtime.state(instance)?.status === 'exited')
  const [listener, ...others] = runtime.listeners(instance, port) ?? []
  assert.deepEqual([listener?.isOwn, listener?.pid, others], [false, stranger.pid, []])
  const tcp = { host: '127.0.0.1', port, owned: true }
  const answer = await askOnce(new TcpProbe(runtime), tcp, { self: { instance } })
  assert.equal(gist(answer), 'failed notYet foreign-listener')
  assert.equal(gist(await askOnce(new TcpProbe(), tcp)), 'errored terminal no-process')
})
