/** Proxies that carry fronts, and addresses that ports name: what is refused, and what becomes of them. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of contracts are written in plain strings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Plan } from '../../core/plan/plan.ts'
import { explainContract, parseContracts, planContract } from '../index.ts'

const HEAD =
  'apiVersion: rampart/v1\nkind: Environment\nmetadata: { name: shop }\nspec:\n  components:\n'

const api = (ports: string, more = ''): string =>
  `${HEAD}    api:\n      run: { command: [api], ports: ${ports} }\n${more}`

const by = (words: string, ports = '{ http: {} }', roll = ''): string =>
  api(ports, `      roll: { ${roll}by: { ${words} } }\n`)

/** Each issue as `line:column message`. */
const issuesOf = (text: string): readonly string[] =>
  parseContracts([{ path: 'a.yaml', text }]).issues.map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  )

const parsed = (text: string) => {
  const { contracts, issues } = parseContracts([{ path: 'a.yaml', text }])
  return contracts[0] ?? assert.fail(issues.map(({ message }) => message).join())
}

const planOf = (text: string): Plan => planContract(parsed(text), { goal: 'up' })

const commandOf = (plan: Plan, name: string) =>
  plan.stages.find((stage) => stage.name === name)?.command ?? assert.fail(name)

const HAPROXY = 'haproxy: { socket: /run/haproxy.sock, backend: api, port: 8080 }'

test('a proxy that carries a front is told by its own words, and has time for a reload', () => {
  const { input, timeoutMs } = commandOf(planOf(by(HAPROXY)), 'api/front')
  const carrier = { plane: 'haproxy', socket: '/run/haproxy.sock', backend: 'api' }
  assert.deepEqual(input['by'], { host: '127.0.0.1', number: 8080, carrier })
  assert.equal(timeoutMs, 60_000)
  const nginx = planOf(by('nginx: { servers: /etc/nginx/api.servers, host: "::1", port: 80 }'))
  assert.deepEqual(commandOf(nginx, 'api/front').input['by'], {
    ...{ host: '::1', number: 80 },
    carrier: {
      ...{ plane: 'nginx', config: '/etc/nginx/nginx.conf', pid: '/run/nginx.pid' },
      servers: '/etc/nginx/api.servers',
    },
  })
  for (const [written, admin] of [
    ['', '127.0.0.1:9901'],
    [', admin: "[::1]:9901"', '[::1]:9901'],
    [', admin: /run/envoy/admin.sock', '/run/envoy/admin.sock'],
  ] as const) {
    const words = `envoy: { endpoints: /etc/envoy/api.json, cluster: shop/api, port: 80${written} }`
    assert.deepEqual(commandOf(planOf(by(words)), 'api/front').input['by'], {
      ...{ host: '127.0.0.1', number: 80 },
      carrier: { plane: 'envoy', admin, cluster: 'shop/api', endpoints: '/etc/envoy/api.json' },
    })
  }
  assert.ok(
    !('by' in commandOf(planOf(api('{ http: {} }', '      roll: {}\n')), 'api/front').input),
  )
})

test('what a proxy does not do is said where the contract is explained', () => {
  const told = explainContract(parsed(by(HAPROXY)))
  assert.match(
    told,
    /HAProxy, by its backend api at \/run\/haproxy\.sock, reached at 127\.0\.0\.1:8080/,
  )
  assert.match(told, /Who may connect by a Ports contract it does not enforce/)
  assert.match(told, /rampart ports policy --as haproxy/)
})

test('a proxy that cannot be meant is refused where it is written', () => {
  for (const [text, issue] of [
    [by(''), /^8:15 by names one proxy, haproxy, nginx or envoy, and has none$/],
    [by(`${HAPROXY}, nginx: { servers: /a, port: 80 }`), /^8:15 .*has haproxy and nginx$/],
    [by(HAPROXY, '{ http: {}, admin: {} }'), /one backend stands for one of them.*roll\.ports/],
    [by(HAPROXY, '{ http: {} }', 'as: tcp, '), /what is forwarded its own configuration says/],
    [by('haproxy: { socket: haproxy.sock, backend: api, port: 80 }'), /an absolute path/],
    [by('haproxy: { socket: /a, backend: "api; shutdown", port: 80 }'), /the name of a backend/],
    [by('haproxy: { socket: /a, backend: api, port: 0 }'), /^8:64 expected at least 1/],
    [by('nginx: { servers: /etc/../passwd, port: 80 }'), /an absolute path/],
    [by('nginx: { servers: /a, port: 80, host: example.org }'), /a literal address/],
    [by('caddy: {}'), /envoy/],
    [
      by('envoy: { endpoints: /a.yaml, cluster: a, port: 80 }'),
      /an absolute path that ends in \.json/,
    ],
    [by('envoy: { endpoints: /a.json, cluster: "a b", port: 80 }'), /the name of a cluster/],
    [by('envoy: { endpoints: /a.json, cluster: a, port: 80, admin: "9901" }'), /with a port/],
    [by('envoy: { endpoints: /a.json, cluster: a, port: 80, admin: "::1:9901" }'), /with a port/],
    [
      by('envoy: { endpoints: /a.json, cluster: a, port: 80, admin: "[1.1.1.1]:9" }'),
      /with a port/,
    ],
    [
      by('envoy: { endpoints: /a.json, cluster: a, port: 80, admin: "127.0.0.1:0" }'),
      /with a port/,
    ],
  ] as const) {
    assert.match(issuesOf(text).join('\n'), issue)
  }
})

test('ports name one address of the machine, in the way in which it is compared', () => {
  const { input } = commandOf(planOf(api('{ http: { address: 127.0.0.2 } }')), 'api')
  assert.equal(input['host'], '127.0.0.2')
  assert.ok(!('host' in commandOf(planOf(api('{ http: {} }')), 'api').input))
  for (const [ports, issue] of [
    ['{ http: { address: localhost } }', /^7:\d+ .*a literal address, such as 127\.0\.0\.2 or ::1/],
    ['{ http: { address: 0.0.0.0 } }', /0\.0\.0\.0 is every address; write the one/],
    ['{ http: { address: "::" } }', /:: is every address/],
    ['{ http: { address: "0:0:0:0:0:0:0:1" } }', /write 0:0:0:0:0:0:0:1 as ::1/],
    [
      '{ a: { address: 127.0.0.2 }, b: { address: 127.0.0.3 } }',
      /a names 127\.0\.0\.2; write that/,
    ],
    ['{ a: { address: 127.0.0.2 }, b: {} }', /a component is reached at one address/],
  ] as const) {
    assert.match(issuesOf(api(ports)).join('\n'), issue)
  }
  const container = `${HEAD}    api:\n      run: { container: { image: 'a@sha256:${'0'.repeat(64)}' }, ports: { http: { address: 127.0.0.2 } } }\n`
  assert.match(issuesOf(container).join('\n'), /published on 127\.0\.0\.1; leave address out/)
})
