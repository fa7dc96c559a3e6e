/** nginx is read as it binds. What meets and what is shared was tried with nginx 1.22 itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, connectionsOf, findIn } from '../../../test/support/scan-text.ts'
import { parseNginx } from './parse-nginx.ts'
import { nginxReader } from './read-nginx.ts'

function claims(servers: string): readonly string[] {
  return claimsIn(nginxReader, { 'a.conf': servers }).map((one) => one.replace('a.conf:', ''))
}

const LISTENS: readonly (readonly [listen: string, claim: string | undefined])[] = [
  ['80', '80 0.0.0.0'],
  ['*:81', '81 0.0.0.0'],
  ['localhost:82', '82 loopback'],
  ['127.0.0.2', '80 127.0.0.2'],
  ['[::]:83', '83 ::'],
  ['[::]:84 ipv6only=off', '84'],
  ['[::1]:85', '85 ::1'],
  ['443 ssl http2 default_server', '443 0.0.0.0'],
  ['443 quic reuseport', '443/udp 0.0.0.0'],
  ['5353 udp', '5353/udp 0.0.0.0'],
  ['127.0.0.1:8080-8085', '8080-8085 127.0.0.1'],
  ['unix:/run/a.sock', undefined],
  ['unix:/run/a:80', undefined],
  ['0', undefined],
]

for (const [listen, claim] of LISTENS) {
  test(`listen ${listen} binds ${claim ?? 'no port'}`, () => {
    assert.deepEqual(
      claims(`server { listen ${listen}; }`),
      claim === undefined ? [] : [`1 ${claim}`],
    )
  })
}

test('servers that listen on one address share one socket', () => {
  assert.deepEqual(
    claims(
      'server { listen 80; }\nserver { listen 80; listen 127.0.0.1:80; }\nserver { listen [::]:80; }',
    ),
    ['1 80 0.0.0.0', '3 80 ::'],
  )
})

test('a socket of one address is bound apart when it has options of its own', () => {
  assert.deepEqual(claims('server { listen 80; }\nserver { listen 127.0.0.1:80 bind; }'), [
    '1 80 0.0.0.0',
    '2 80 127.0.0.1',
  ])
})

test('sockets that all share their port are bound beside each other', () => {
  const text = 'server { listen 80 reuseport; }\nserver { listen 127.0.0.1:80 reuseport; }'
  const { ports } = findIn(nginxReader, { 'a.conf': text })
  assert.deepEqual([ports.length, new Set(ports.map(({ identity }) => identity)).size], [2, 1])
})

test('a server that says nothing listens on 80, and one of a stream does not', () => {
  assert.deepEqual(claims('server { server_name a; }'), ['1 80 0.0.0.0 default'])
  assert.deepEqual(claims('stream { server { proxy_pass a:1; } }'), [])
})

test('comments, quotation marks and Lua are no directives', () => {
  const text =
    'server { # listen 1;\n listen "81"; location / { content_by_lua_block { if a then x("listen 2;") end } }\n}'
  assert.deepEqual(claims(text), ['2 81 0.0.0.0'])
})

test('what a main file includes is read with it and only once', () => {
  const files = {
    'etc/nginx.conf':
      'events {}\nhttp { include /etc/nginx/conf.d/*.conf; }\nstream { include streams/*; }',
    'etc/conf.d/a.conf': 'server { listen 80; }',
    'etc/conf.d/b.conf': 'server { listen 80; listen 81; }',
    'etc/streams/dns': 'server { listen 53 udp; proxy_pass 10.0.0.1:53; }',
  }
  assert.deepEqual(claimsIn(nginxReader, files), [
    'etc/conf.d/a.conf:1 80 0.0.0.0',
    'etc/conf.d/b.conf:1 81 0.0.0.0',
    'etc/streams/dns:1 53/udp 0.0.0.0',
  ])
})

test('parts of one nginx without a main file name one socket the same', () => {
  const found = findIn(nginxReader, {
    'sites-available/a': 'server { listen 80; }',
    'sites-available/b': 'server { listen 80; }',
  })
  assert.equal(new Set(found.ports.map(({ identity }) => identity)).size, 1)
})

test('it connects to what it passes requests on to, and a named group is none', () => {
  const text = [
    'upstream api { server 127.0.0.1:3000; server backup:3001 backup; server unix:/a; }',
    'server { listen 80; location / { proxy_pass http://api; } location /b { proxy_pass http://b:4000/x; }',
    'location /d { set $up http://d:5000; proxy_pass $up$request_uri; }',
    'location /e { proxy_pass http://e:6000$request_uri; }',
    'location /c { fastcgi_pass [::1]:9000; proxy_pass http://$name:5; } }',
  ]
  assert.deepEqual(connectionsOf(nginxReader, { 'a.conf': text.join('\n') }), [
    'a.conf:1 127.0.0.1:3000',
    'a.conf:1 backup:3001',
    'a.conf:2 b:4000',
    'a.conf:3 d:5000',
    'a.conf:4 e:6000',
    'a.conf:5 [::1]:9000',
  ])
})

test('a template takes its variables from whoever starts it, else it claims nothing', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of a template.
  const files = { 'default.conf.template': 'server { listen ${PORT}; }' }
  assert.deepEqual(claimsIn(nginxReader, files), [])
  assert.deepEqual(claimsIn(nginxReader, files, { PORT: '8080' }), [
    'default.conf.template:1 8080 0.0.0.0 interpolated',
  ])
})

test('a hundred thousand braces are read without going deep', () => {
  assert.equal(parseNginx('a {'.repeat(100_000)).length, 1)
})
