import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { until } from '../../test/support/until.ts'
import { openerOf, openInBrowser, type Place } from './browser.ts'
import { openForPerson } from './dashboard.ts'

const URL_OPENED = 'http://127.0.0.1:7070/#code=abc'
const DESK: Place = { platform: 'linux', env: { DISPLAY: ':0' }, isTerminal: true }

/** A folder with an `xdg-open` that writes down what it was given. */
function fakeOpener(t: TestContext): { readonly env: Place['env']; readonly opened: () => string } {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-opener-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [program, record] = [join(folder, 'xdg-open'), join(folder, 'opened')]
  writeFileSync(record, '')
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${record}'\n`)
  chmodSync(program, 0o755)
  const PATH = [folder, process.env['PATH']].join(delimiter)
  return { env: { PATH, DISPLAY: ':0' }, opened: () => readFileSync(record, 'utf8') }
}

test('opens nothing where nobody sits before a screen', () => {
  assert.deepEqual(openerOf(DESK, URL_OPENED), ['xdg-open', URL_OPENED])
  const wayland = { ...DESK, env: { WAYLAND_DISPLAY: 'wayland-0' } }
  assert.deepEqual(openerOf(wayland, URL_OPENED), ['xdg-open', URL_OPENED])
  const nobody: readonly Place[] = [
    { ...DESK, isTerminal: false },
    { ...DESK, env: {} },
    { ...DESK, env: { DISPLAY: '' } },
    { ...DESK, env: { DISPLAY: ':0', CI: 'true' } },
    { ...DESK, platform: 'darwin', env: { CI: '1' } },
  ]
  for (const place of nobody) assert.equal(openerOf(place, URL_OPENED), undefined)
  assert.deepEqual(openerOf({ ...DESK, platform: 'darwin', env: {} }, URL_OPENED)?.[0], 'open')
  assert.deepEqual(openerOf({ ...DESK, platform: 'win32', env: {} }, URL_OPENED)?.[0], 'cmd')
})

test('hands the address to the opener of the system, and says when there is none', async (t) => {
  const { env, opened } = fakeOpener(t)
  assert.equal(await openInBrowser({ ...DESK, env }, URL_OPENED), true)
  await until('it was opened', () => opened() !== '')
  assert.equal(opened(), `${URL_OPENED}\n`)
  const without = { ...DESK, env: { DISPLAY: ':0', PATH: '/nowhere' } }
  assert.equal(await openInBrowser(without, URL_OPENED), false)
})

test('opens the dashboard by a code, and never by the token that the code is made by', async (t) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`)
    const isCode = request.url === '/v1/auth/codes'
    response.writeHead(isCode ? 201 : 200, { 'content-type': 'application/json' })
    response.end(isCode ? JSON.stringify({ code: 'once-only', expiresAtMs: 1 }) : '{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { env, opened } = fakeOpener(t)
  const dashboard = { url, token: 'rmp_planted-secret' }
  assert.equal(await openForPerson(dashboard, { ...DESK, env }), true)
  await until('it was opened', () => opened() !== '')
  assert.equal(opened(), `${url}/#code=once-only\n`)
  assert.ok(asked.includes('POST /v1/auth/codes Bearer rmp_planted-secret'))
  const before = asked.length
  assert.equal(await openForPerson(dashboard, { ...DESK, env, isTerminal: false }), false)
  assert.equal(asked.length, before, 'no code is made that nobody uses')
})
