/** What is printed for proxies, checked and used by the real ones. */

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request as requestOf } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../../../../test/support/free-port.ts'
import { requireRealPart } from '../../../../test/support/require-part.ts'
import type { Endpoint } from '../../../seams/endpoints.ts'
import { EndpointTable } from '../endpoint-table.ts'
import { API } from '../fixtures/api-endpoint.ts'
import { followFile } from './follow-file.ts'
import {
  printHaproxyBackends,
  printHaproxyMap,
  printHaproxySlots,
  printHaproxyState,
} from './print-haproxy.ts'
import { printNginxUpstreams } from './print-nginx.ts'

const run = promisify(execFile)
const PATH = [process.env['PATH'], '/usr/sbin', '/usr/local/sbin'].join(delimiter)
const env = { ...process.env, PATH }

const ALL: readonly Endpoint[] = [
  API,
  { ...API, instance: 'b', address: '::1', number: 20_002 },
  { ...API, port: 'Admin UI', number: 20_003 },
  { ...API, scope: 'Feature/X; drop', number: 20_004 },
  { ...API, service: 'dns', port: 'dns', protocol: 'udp', number: 53 },
]

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'rampart-export-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

describe('upstreams for nginx', () => {
  it('say who is ready, and that a wanted one has nobody', () => {
    assert.equal(
      printNginxUpstreams(ALL.slice(0, 2), { wanted: ['http.web', 'a;b'] }),
      `# Written by Rampart; changes in here are lost.
upstream http.api.shop {
  server 127.0.0.1:20001;
  server [::1]:20002;
}
upstream http.web {
  server 127.0.0.1:1 down;
}
`,
    )
  })

  it('are taken by a real one', requireRealPart('nginx'), async (t) => {
    const root = folder(t)
    writeFileSync(join(root, 'upstreams'), printNginxUpstreams(ALL, { wanted: ['http.web'] }))
    const names = ['http.api.shop', 'http.api.shop.feature-x-drop', 'admin-ui.api.shop', 'http.web']
    const places = names.map((name, at) => `location /${at} { proxy_pass http://${name}; }`)
    const file = join(root, 'nginx.conf')
    writeFileSync(
      file,
      `pid ${root}/pid; error_log ${root}/log; events {}
http { access_log off; include upstreams; server { listen 127.0.0.1:1; ${places.join(' ')} } }`,
    )
    const flags = ['-t', '-q', '-c', file, '-p', root, '-e', join(root, 'log')]
    const { stderr } = await run('nginx', flags, { env })
    assert.equal(stderr, '')
  })
})

describe('files for HAProxy', () => {
  it('lead host names to backends', () => {
    const mail = { ...API, service: 'mail' }
    const map = printHaproxyMap([...ALL, { ...mail, port: 'imap' }, { ...mail, port: 'smtp' }])
    assert.deepEqual(map.trim().split('\n').sort(), [
      'admin-ui.api.shop.localhost admin-ui.api.shop',
      'api.shop.feature-x-drop.localhost http.api.shop.feature-x-drop',
      'api.shop.localhost http.api.shop',
      'http.api.shop.feature-x-drop.localhost http.api.shop.feature-x-drop',
      'http.api.shop.localhost http.api.shop',
      'imap.mail.localhost imap.mail',
      'smtp.mail.localhost smtp.mail',
    ])
  })

  it(
    'are taken by a real one, which carries requests by them',
    requireRealPart('HAProxy'),
    async (t) => {
      const server = createServer((_, response) => response.end('the API'))
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      t.after(() => server.close().closeAllConnections())
      const { port: number } = server.address() as AddressInfo
      const all = [{ ...API, number }, ...ALL.slice(2)]
      const [root, port] = [folder(t), await freePort()]
      const scope = { wanted: ['http.web'], slots: 3 }
      writeFileSync(join(root, 'hosts.map'), printHaproxyMap(all, scope))
      writeFileSync(join(root, 'state'), printHaproxyState(all, scope))
      const head = `global
  server-state-file ${root}/state
defaults
  mode http
  retries 0
  timeout connect 1s
  timeout client 1s
  timeout server 1s
  load-server-state-from-file global
frontend all
  bind 127.0.0.1:${port}
  use_backend %[req.hdr(host),field(1,:),lower,map(${root}/hosts.map)]
`
      const [fresh, lasting] = [join(root, 'fresh.cfg'), join(root, 'lasting.cfg')]
      writeFileSync(fresh, head + printHaproxyBackends(all, scope))
      writeFileSync(lasting, head + printHaproxySlots(all, scope))
      for (const file of [fresh, lasting]) {
        const { stdout, stderr } = await run('haproxy', ['-c', '-f', file], { env })
        assert.match(stdout + stderr, /Configuration file is valid/)
      }
      // The file names no address of anybody: what is reached, is by the state.
      const child = spawn('haproxy', ['-db', '-f', lasting], {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const said: string[] = []
      child.stderr.on('data', (piece) => said.push(String(piece)))
      t.after(async () => {
        child.kill('SIGKILL')
        await once(child, 'exit')
      })
      const told = await untilAnswered(port, 'API.shop.localhost:80')
      assert.equal(told, '200 the API', said.join(''))
      assert.match(await ask(port, 'admin-ui.api.shop.localhost'), /^503/)
      assert.match(await ask(port, 'nobody.localhost'), /^503/)
    },
  )
})

describe('a file that is written', () => {
  it('is as the endpoints are, and whoever reads it is told', async (t) => {
    const root = folder(t)
    const endpoints = new EndpointTable()
    let written = 0
    const onTrouble = (error: unknown): void => assert.fail(String(error))
    const onWritten = (): number => (written += 1)
    const file = { root, path: 'upstreams', print: printNginxUpstreams }
    const following = followFile(file, { endpoints, onTrouble, onWritten })
    await following.settled()
    endpoints.set([API])
    await following.close()
    assert.match(readFileSync(join(root, 'upstreams'), 'utf8'), /server 127\.0\.0\.1:20001;/)
    assert.equal(written, 2)
  })

  for (const [print, name] of [
    [printNginxUpstreams, 'upstream http.api.shop {\n  server 127.0.0.1:1 down;'],
    [printHaproxyBackends, 'backend http.api.shop'],
    [printHaproxySlots, 'backend http.api.shop'],
    [printHaproxyState, '1 http.api.shop 1 slot1 127.0.0.1 0 1'],
    [printHaproxyMap, 'http.api.shop.localhost http.api.shop'],
  ] as const) {
    it(`keeps a name that it has had, also over a restart: ${print.name}`, async (t) => {
      const root = folder(t)
      const onTrouble = (error: unknown): void => assert.fail(String(error))
      const text = (): string => readFileSync(join(root, 'file'), 'utf8')
      const endpoints = new EndpointTable()
      const follow = () => followFile({ root, path: 'file', print }, { endpoints, onTrouble })
      endpoints.set([API, { ...API, scope: 'job-1' }])
      const first = follow()
      await first.settled()
      assert.match(text(), /job-1/)
      endpoints.set([])
      await first.close()
      assert.ok(text().includes(name), text())
      assert.ok(!text().includes('job-1') && !text().includes('20001'), text())
      await follow().close()
      assert.ok(text().includes(name), text())
    })
  }

  it('that cannot be written is told of, and written with the next change', async (t) => {
    const root = folder(t)
    const endpoints = new EndpointTable()
    const troubles: unknown[] = []
    const file = { root, path: 'folder/upstreams', print: printNginxUpstreams }
    const onTrouble = (error: unknown): void => void troubles.push(error)
    const following = followFile(file, { endpoints, onTrouble })
    await following.settled()
    assert.match(String(troubles[0]), /ENOENT/)
    mkdirSync(join(root, 'folder'))
    endpoints.set([API])
    await following.close()
    assert.equal(troubles.length, 1)
    assert.match(readFileSync(join(root, 'folder/upstreams'), 'utf8'), /127\.0\.0\.1:20001/)
  })
})

async function ask(port: number, host: string): Promise<string> {
  const request = requestOf({ port, headers: { host, connection: 'close' } }).end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece)
  return `${response.statusCode} ${Buffer.concat(pieces)}`
}

async function untilAnswered(port: number, host: string): Promise<string> {
  const deadlineMs = performance.now() + 60_000
  for (;;) {
    try {
      return await ask(port, host)
    } catch (thrown) {
      if (performance.now() > deadlineMs) throw thrown
      await pause(20)
    }
  }
}
