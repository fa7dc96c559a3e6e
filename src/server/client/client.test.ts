import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { isFault } from '../../core/fault/fault.ts'
import { RampartClient } from './client.ts'
import { connectDaemon } from './connect-daemon.ts'
import { placeOf } from './daemon-place.ts'
import { findWorkspace } from './find-workspace.ts'
import { jsonLinesOf, type ServerSentEvent, serverSentEventsOf } from './framing.ts'
import { openWorkspaceFolder } from './workspace-folder.ts'

function scratch(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-client-')))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

async function all<Value>(values: AsyncIterable<Value>): Promise<readonly Value[]> {
  const collected: Value[] = []
  for await (const value of values) collected.push(value)
  return collected
}

/** A socket at which something answers that is no daemon. */
async function serveAt(t: TestContext, status: number, body: string): Promise<string> {
  const path = join(scratch(t), 'daemon.sock')
  const server = createServer((_, response) => response.writeHead(status).end(body))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  t.after(() => server.close())
  return path
}

test('reads events however the text is cut into pieces', async () => {
  const text =
    ': beat\r\nevent: entry\nid: 7\ndata: {"a":\ndata: 1}\n\ndata:x\n\n\nevent: torn\ndata: y'
  const expected: readonly ServerSentEvent[] = [
    { event: 'entry', id: '7', data: '{"a":\n1}' },
    { event: 'message', data: 'x' },
  ]
  for (let size = 1; size <= text.length; size++) {
    assert.deepEqual(await all(serverSentEventsOf(inPieces(text, size))), expected)
  }
})

test('reads lines of JSON however they are cut, and passes over heartbeats', async () => {
  const text = '{"a":1}\n\n{"b":"\\n"}\n{"c":3}'
  for (let size = 1; size <= text.length; size++) {
    const lines = await all(jsonLinesOf(inPieces(text, size)))
    assert.deepEqual(lines, [{ a: 1 }, { b: '\n' }, { c: 3 }])
  }
})

test('finds the nearest folder upwards that holds .rampart', (t) => {
  const root = scratch(t)
  const deep = join(root, 'a/b/c')
  mkdirSync(deep, { recursive: true })
  assert.equal(findWorkspace(deep), deep)
  mkdirSync(join(root, '.rampart'))
  assert.equal(findWorkspace(deep), root)
  mkdirSync(join(root, 'a/b/.rampart'))
  assert.equal(findWorkspace(deep), join(root, 'a/b'))
})

test('keeps the folder to its owner, also one that was open to others', (t) => {
  const folder = join(scratch(t), '.rampart')
  mkdirSync(folder, { mode: 0o755 })
  openWorkspaceFolder(folder)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
})

test('says that a workspace cannot be made where there is a file', (t) => {
  const file = join(scratch(t), 'file')
  writeFileSync(file, '')
  assert.throws(
    () => openWorkspaceFolder(join(file, '.rampart')),
    (error) => isFault(error, 'workspace-unusable'),
  )
})

test('says that no daemon is running, whatever a dead one has left', async (t) => {
  const workspace = scratch(t)
  const isAbsent = (error: unknown): boolean => isFault(error, 'daemon-absent')
  await assert.rejects(connectDaemon({ workspace }), isAbsent)
  const place = placeOf(workspace)
  openWorkspaceFolder(place.folder)
  writeFileSync(place.daemonFile, '{"pid":1')
  await assert.rejects(connectDaemon({ workspace }), isAbsent)
  const socket = join(place.folder, 'daemon.sock')
  const left = { pid: 1, startTicks: '1', bootId: '', version: '1', startedAtMs: 1, socket }
  writeFileSync(place.daemonFile, JSON.stringify(left))
  await assert.rejects(connectDaemon({ workspace }), isAbsent)
})

test('says of a daemon that is silent which process it is, and what to do', async (t) => {
  const workspace = scratch(t)
  const place = placeOf(workspace)
  openWorkspaceFolder(place.folder)
  const socket = join(place.folder, 'daemon.sock')
  const server = createServer(() => undefined)
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  t.after(() => server.close())
  const { pid } = process
  const file = { pid, startTicks: '1', bootId: '', version: '1', startedAtMs: 1, socket }
  writeFileSync(place.daemonFile, JSON.stringify(file))
  await assert.rejects(
    connectDaemon({ workspace, patienceMs: 50 }),
    (error) => isFault(error, 'daemon-unready') && error.hint.includes(`kill -CONT ${pid}`),
  )
})

test('does not take something else at the socket for a daemon', async (t) => {
  const client = new RampartClient(await serveAt(t, 502, '<html>'))
  t.after(() => client.close())
  await assert.rejects(client.daemon(), (error) => isFault(error, 'daemon-failed'))
})

test('says that the connection broke when the answer is cut off', async (t) => {
  const client = new RampartClient(await serveAt(t, 200, '{"pid":'))
  t.after(() => client.close())
  await assert.rejects(client.daemon(), (error) => isFault(error, 'daemon-lost'))
})

test('does not take the end of a connection for the end of a ramp', async (t) => {
  const client = new RampartClient(await serveAt(t, 200, ': beat\n\n'))
  t.after(() => client.close())
  await assert.rejects(all(client.stream('shop')), (error) => isFault(error, 'daemon-lost'))
})
