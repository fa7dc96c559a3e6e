/** Caddy is read as it listens: by its addresses, and by what it adds to them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, connectionsOf } from '../../../test/support/scan-text.ts'
import { parseCaddyfile } from './parse-caddyfile.ts'
import { caddyJsonReader } from './read-caddy-json.ts'
import { caddyfileReader } from './read-caddyfile.ts'

const QUIET = '{\n admin off\n}\n'

function claims(text: string, variables: Readonly<Record<string, string>> = {}): readonly string[] {
  const found = claimsIn(caddyfileReader, { Caddyfile: text }, variables)
  return found.map((one) => one.replace('Caddyfile:', ''))
}

const SITES: readonly (readonly [address: string, claims: readonly string[]])[] = [
  [':8080', ['8080']],
  ['http://a.example', ['80 default']],
  ['http://localhost:3000', ['3000']],
  ['a.example', ['443 default', '443/udp default', '80 default']],
  ['localhost:8443', ['8443', '8443/udp default', '80 default']],
  [
    'a.example/path, b.example:8443',
    ['8443', '443 default', '443/udp default', '80 default', '8443/udp default'],
  ],
  ['http://', ['80 default']],
  [':8080-8085', ['8080-8085']],
  ['{$SITE:http://a.example:81}', ['81 interpolated']],
]

for (const [address, expected] of SITES) {
  test(`${address} listens on ${expected.join(' and ')}`, () => {
    const found = claims(`${QUIET}${address} {\n}\n`)
    assert.deepEqual(
      found,
      expected.map((one) => `4 ${one}`),
    )
  })
}

test('its door for those who run it is open unless it is moved or closed', () => {
  assert.deepEqual(claims(':80'), ['1 80', '1 2019 127.0.0.1 default'])
  assert.deepEqual(claims('{\n admin 0.0.0.0:2020\n}\n'), ['2 2020 0.0.0.0'])
  assert.deepEqual(claims('{\n admin unix//run/caddy.sock\n}\n'), [])
  assert.deepEqual(claims(QUIET), [])
})

test('global options move ports, stop redirections and leave HTTP/3 out', () => {
  const options =
    '{\nadmin off\nhttps_port 8443\nauto_https disable_redirects\nservers {\nprotocols h1 h2\n}\n}\na.example {\n}\n'
  assert.deepEqual(claims(options), ['9 8443 default'])
})

test('bind says on which addresses, also by a snippet', () => {
  const text = `${QUIET}(inner) {\nbind 127.0.0.1 tcp4/10.0.0.1\n}\n:80 {\nimport inner\n}\n:81 {\nbind unix//a.sock\n}\n`
  assert.deepEqual(claims(text), ['7 80 127.0.0.1,10.0.0.1'])
})

test('a single site may leave its braces out, and a comma lets addresses go on', () => {
  assert.deepEqual(claims('localhost:81, # :1\n:82\n\nfile_server\n').slice(0, 2), ['1 81', '2 82'])
})

test('files that are imported are read with the one that imports them', () => {
  const files = {
    Caddyfile: `${QUIET}import sites/*\n`,
    'sites/a.caddy': ':81 {\n}\n',
    'sites/b.caddy': ':81 {\n}\n:82 {\n}\n',
    'other/c.caddy': ':83 {\n}\n',
  }
  assert.deepEqual(claimsIn(caddyfileReader, files), [
    'sites/a.caddy:1 81',
    'sites/b.caddy:3 82',
    'other/c.caddy:1 83',
  ])
})

test('it connects to upstreams, and matchers, paths and placeholders are none', () => {
  const text = `:80 {
  reverse_proxy /api/* localhost:9000 :9001 h2c://api:9002 unix//run/a.sock {env.A}:1
  handle @ws {
    reverse_proxy {
      to b:9003-9005
    }
  }
  respond \`{ reverse_proxy c:1 }\`
  php_fastcgi 127.0.0.1:9006
}
`
  assert.deepEqual(connectionsOf(caddyfileReader, { Caddyfile: text }), [
    'Caddyfile:2 localhost:9000',
    'Caddyfile:2 localhost:9001',
    'Caddyfile:2 api:9002',
    'Caddyfile:5 b:9003-9005',
    'Caddyfile:9 127.0.0.1:9006',
  ])
})

test('JSON says the same in its own words', () => {
  const text = JSON.stringify({
    admin: { listen: 'localhost:2020' },
    apps: {
      http: {
        servers: {
          a: {
            listen: [':443', 'tcp/127.0.0.1:8080-8082', 'udp/:53', 'unix//a.sock'],
            routes: [
              {
                match: [{ host: ['a.example'] }],
                handle: [
                  { handler: 'subroute', routes: [{ handle: [{ upstreams: [{ dial: 'b:1' }] }] }] },
                ],
              },
            ],
            protocols: ['h1'],
          },
        },
      },
    },
  })
  assert.deepEqual(claimsIn(caddyJsonReader, { 'caddy.json': text }), [
    'caddy.json:1 443',
    'caddy.json:1 8080-8082 127.0.0.1',
    'caddy.json:1 53/udp',
    'caddy.json:1 2020 127.0.0.1',
    'caddy.json:1 80 default',
  ])
  assert.deepEqual(connectionsOf(caddyJsonReader, { 'caddy.json': text }), ['caddy.json:1 b:1'])
})

test('a hundred thousand braces are read without going deep', () => {
  assert.equal(parseCaddyfile('a {\n'.repeat(100_000)).length, 1)
})
