/** haproxy.cfg is read as it binds. All but QUIC and namespaces was tried with HAProxy 2.6. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, connectionsOf, findIn } from '../../../test/support/scan-text.ts'
import { haproxyReader } from './read-haproxy.ts'

const BINDS: readonly (readonly [bind: string, claims: readonly string[]])[] = [
  [':80', ['80 0.0.0.0']],
  ['*:80,[::]:81', ['80 0.0.0.0', '81']],
  [':::80 v6only', ['80 ::']],
  ['::1:82', ['82 ::1']],
  ['ipv4@10.0.0.1:80-85', ['80-85 10.0.0.1']],
  ['ipv6@:443 ssl crt /a.pem', ['443']],
  ['quic4@:443 ssl crt /a.pem', ['443/udp 0.0.0.0']],
  ['127.0.0.1:9000,127.0.0.1:9001 interface lo', ['9000 127.0.0.1', '9001 127.0.0.1']],
  ['"*:83" # :84', ['83 0.0.0.0']],
  ['unix@/run/a.sock', []],
  ['/run/a.sock', []],
  ['abns@a:80', []],
  ['fd@3', []],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of HAProxy.
  [':${MISSING}', []],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of HAProxy.
  [':"${MISSING-8080}"', ['8080 0.0.0.0 interpolated']],
  [':80 namespace blue', ['80 0.0.0.0 network namespace blue']],
]

for (const [bind, claims] of BINDS) {
  test(`bind ${bind} takes ${claims.join(' and ') || 'no port'}`, () => {
    const text = `frontend a\n  bind ${bind}\n`
    const found = claimsIn(haproxyReader, { 'haproxy.cfg': text })
    assert.deepEqual(
      found,
      claims.map((claim) => `haproxy.cfg:2 ${claim}`),
    )
  })
}

test('the runtime socket and the syslog door take ports too', () => {
  const text = [
    'global',
    '  stats socket /run/haproxy.sock mode 600',
    '  stats socket ipv4@127.0.0.1:9999 level admin',
    'log-forward syslog',
    '  dgram-bind 127.0.0.1:1514',
  ]
  assert.deepEqual(claimsIn(haproxyReader, { 'haproxy.cfg': text.join('\n') }), [
    'haproxy.cfg:3 9999 127.0.0.1',
    'haproxy.cfg:5 1514/udp 127.0.0.1',
  ])
})

test('what the file sets counts, and what it only presets gives way', () => {
  const text = 'global\n setenv A 81\n presetenv B 82\nfrontend a\n bind ":$A,:$B"\n'
  assert.deepEqual(claimsIn(haproxyReader, { 'haproxy.cfg': text }, { A: '1', B: '2' }), [
    'haproxy.cfg:5 81 0.0.0.0 interpolated',
    'haproxy.cfg:5 2 0.0.0.0 interpolated',
  ])
})

test('only two proxies on the very same address are in each other’s way', () => {
  const identities = (binds: readonly [string, string]): number => {
    const text = `frontend a\n bind ${binds[0]}\nfrontend b\n bind ${binds[1]}\n`
    const { ports } = findIn(haproxyReader, { 'haproxy.cfg': text })
    return new Set(ports.map(({ identity }) => identity)).size
  }
  assert.deepEqual(
    [
      identities(['*:80', '[::]:80']),
      identities(['*:80', '127.0.0.1:80']),
      identities(['*:80', ':80']),
    ],
    [1, 1, 2],
  )
})

test('servers, resolvers, logs and checks are connections; sockets without ports are none', () => {
  const text = [
    'global',
    '  log 127.0.0.1:514 local0',
    'backend api',
    '  server a 127.0.0.1:3000 check port 3001',
    '  server b [::1]:3002 check # 127.0.0.1:1',
    "  server c 'db.internal:5432'",
    '  server d /run/d.sock',
    '  server-template web 3 web.local:80 check',
    'resolvers dns',
    '  nameserver one 10.0.0.1:53',
  ]
  assert.deepEqual(connectionsOf(haproxyReader, { 'haproxy.cfg': text.join('\n') }), [
    'haproxy.cfg:2 127.0.0.1:514',
    'haproxy.cfg:4 127.0.0.1:3000',
    'haproxy.cfg:4 127.0.0.1:3001',
    'haproxy.cfg:5 ::1:3002',
    'haproxy.cfg:6 db.internal:5432',
    'haproxy.cfg:8 web.local:80',
    'haproxy.cfg:10 10.0.0.1:53',
  ])
})
