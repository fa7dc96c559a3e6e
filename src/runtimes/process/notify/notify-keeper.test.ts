/** Real components that speak over a real NOTIFY_SOCKET, by systemd's own program and by hand. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { DgramSocket } from 'node-unix-socket'
import { requireRealPart } from '../../../../test/support/require-part.ts'
import { until } from '../../../../test/support/until.ts'
import { CLOCK, contents, ended, makeWorkbench, shell, start, stop } from '../fixtures/workbench.ts'
import { notifySocketPath } from './notify-path.ts'
import { type NotifyState, parseNotifyState } from './notify-state.ts'

const systemdNotify = requireRealPart('systemd-notify')
const WAIT = 'while :; do sleep 0.05; done'

function stateIn(file: string): NotifyState {
  return parseNotifyState(readFileSync(file, 'utf8')) ?? assert.fail(`nothing in ${file}`)
}

/** Says something as a component would. */
async function say(socketPath: string, message: string): Promise<void> {
  const socket = new DgramSocket()
  const bytes = Buffer.from(message)
  const error = await new Promise((resolve) => {
    socket.sendTo(bytes, 0, bytes.length, socketPath, resolve)
  })
  socket.close()
  assert.equal(error, undefined)
}

test(
  'what a component says by systemd-notify is kept in its folder',
  systemdNotify,
  async (context) => {
    const runtime = makeWorkbench(context).open()
    const words = 'systemd-notify --ready --status="serving on $WATCHDOG_USEC"'
    const outputs = await start(
      runtime,
      shell(`${words}; ${WAIT}`, { notify: { watchdogMs: 5_000 } }),
    )
    const file = (outputs as unknown as { readonly notify: string }).notify
    assert.equal(file, join(dirname(outputs.out), 'notify.json'))
    await until('it is ready', () => stateIn(file).ready)
    const state = stateIn(file)
    assert.equal(state.status, 'serving on 5000000')
    assert.ok((state.readyAtMs ?? 0) >= outputs.startedAtMs)
    const socket = join(dirname(file), 'notify.sock')
    await say(socket, 'WATCHDOG=1')
    await until('it lives', () => stateIn(file).watchdogAtMs !== undefined)
    await say(socket, 'STOPPING=1')
    await until('it stops', () => stateIn(file).stopping)
    assert.equal((await stop(runtime)).reason, 'stopped')
    assert.equal(existsSync(socket), false)
  },
)

test('only a component that wants to notify gets a socket', async (context) => {
  const runtime = makeWorkbench(context).open()
  const outputs = await start(runtime, shell('echo "socket=$NOTIFY_SOCKET"'))
  await ended(runtime, outputs.instance)
  assert.equal(contents(outputs.out), 'socket=\n')
  assert.equal('notify' in outputs, false)
})

test('the next daemon knows what was said, and hears what is said from now on', async (context) => {
  const bench = makeWorkbench(context)
  const first = bench.open()
  const input = shell(WAIT, { notify: {} })
  const outputs = await start(first, input)
  const file = (outputs as unknown as { readonly notify: string }).notify
  const socket = join(dirname(file), 'notify.sock')
  await say(socket, 'READY=1\nSTATUS=one')
  await until('it is heard', () => stateIn(file).status === 'one')
  const before = stateIn(file)
  first.close()
  const second = bench.open()
  await until('it listens again', () => stateIn(file).listeningSinceMs > before.listeningSinceMs)
  await say(socket, 'STATUS=two')
  await until('it is heard again', () => stateIn(file).status === 'two')
  assert.deepEqual([stateIn(file).ready, stateIn(file).readyAtMs], [true, before.readyAtMs])
  const again = await start(second, input, { id: 'up-2/api/1', fence: 2 })
  assert.equal((again as unknown as { readonly notify: string }).notify, file)
  await stop(second)
})

test('a start begins with nothing said, whatever the one before has said', async (context) => {
  const runtime = makeWorkbench(context).open()
  const one = await start(runtime, shell(WAIT, { notify: {} }))
  await say(join(dirname(one.out), 'notify.sock'), 'READY=1')
  await until('it is ready', () => stateIn(join(dirname(one.out), 'notify.json')).ready)
  await stop(runtime)
  const two = await start(runtime, shell(WAIT, { notify: {} }), { id: 'up-2/api/1', fence: 10 })
  const state = stateIn(join(dirname(two.out), 'notify.json'))
  assert.deepEqual([state.ready, state.messages], [false, 0])
  assert.ok(state.listeningSinceMs <= CLOCK.nowMs())
  await stop(runtime, {}, { id: 'up-2/api/2', fence: 11 })
})

test('nonsense and floods are heard without harm', async (context) => {
  const runtime = makeWorkbench(context).open()
  const { out } = await start(runtime, shell(WAIT, { notify: {} }))
  const socket = join(dirname(out), 'notify.sock')
  const file = join(dirname(out), 'notify.json')
  await say(socket, '\xff\xfe\0=\n=\n'.repeat(100))
  await say(socket, `STATUS=${'x'.repeat(20_000)}`)
  for (let sent = 0; sent < 500; sent += 1) {
    await say(socket, 'WATCHDOG=1')
    if (sent % 50 === 0) await delay(1)
  }
  await say(socket, 'READY=1')
  await until('it is ready', () => stateIn(file).ready)
  assert.equal(stateIn(file).status?.length, 500)
  await stop(runtime)
})

test('the socket of a deep folder is put where its path is short enough', () => {
  const deep = join('/tmp', 'x'.repeat(60), 'y'.repeat(60), '7')
  const path = notifySocketPath(deep)
  assert.ok(Buffer.byteLength(path) <= 103, path)
  assert.equal(path, notifySocketPath(deep))
  assert.notEqual(path, notifySocketPath(`${deep}1`))
  assert.equal(notifySocketPath('/tmp/a'), '/tmp/a/notify.sock')
})
