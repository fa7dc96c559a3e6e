/** What a component runs: a process, a container, or something that somebody else runs. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of contracts are written in plain strings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentIn, issuesIn, planIn, stageIn } from '../../../test/support/environments.ts'
import type { Command, Plan } from '../../core/plan/plan.ts'
import { explainContract } from '../index.ts'

const HEAD = `apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec:
  settings: { mail: { default: mail.local } }
  components:
`

const MIXED = `    db:
      run:
        container: { image: 'db@sha256:1', networks: [back] }
        ports: { pg: { container: 5432 } }
    mail:
      run: { external: { host: '\${settings.mail}', ports: { smtp: 25 } } }
      ready: [{ tcp: '\${self.host}:\${self.ports.smtp}' }]
    api:
      needs: [db, mail]
      run:
        container:
          image: 'api@sha256:2'
          command: ['--port', '\${self.ports.http}']
          mounts: [{ source: ./config, target: /etc/api }, { source: /data, target: /data, access: write }]
        ports: { http: {} }
        env: { DB: '\${component("db").inside.host}:\${component("db").inside.ports.pg}', MAIL: '\${component("mail").host}' }
      ready: [{ http: 'http://\${self.host}:\${self.ports.http}/\${self.imageDigest}' }]
`

const planFor = (spec: string, goal = 'up'): Plan => planIn(HEAD + spec, goal)

const commandOf = (plan: Plan, name: string): Command =>
  stageIn(plan, name).command ?? assert.fail(name)

test('a container is started by the container runtime, with its own side left for it to fill in', () => {
  const plan = planFor(MIXED)
  const { actuator, operation, input, timeoutMs } = commandOf(plan, 'api')
  assert.deepEqual([actuator, operation, timeoutMs], ['container', 'start', 300_000])
  const { digest, ...rest } = input
  assert.deepEqual(rest, {
    subject: 'shop/api',
    image: 'api@sha256:2',
    allowTag: false,
    pull: 'missing',
    command: ['--port', '$${self.ports.http}'],
    env: {
      DB: '${component("db").inside.host}:${component("db").inside.ports.pg}',
      MAIL: '${string(component("mail").host)}',
    },
    inherit: [],
    ports: { http: {} },
    networks: [],
    mounts: [
      { source: '${run.directory}/config', target: '/etc/api', access: 'read' },
      { source: '/data', target: '/data', access: 'write' },
    ],
    oneShot: false,
    stop: { signal: 'SIGTERM', graceMs: 10_000 },
  })
  assert.deepEqual(commandOf(plan, 'db').input['ports'], { pg: { container: 5432 } })
  const api = plan.stages.find(({ name }) => name === 'api')
  assert.equal(api?.compensation?.actuator, 'container')
  assert.deepEqual(api?.conditions[0]?.name, 'running')
})

test('what somebody else runs is only observed, and never asked whether it runs', () => {
  const plan = planFor(MIXED)
  const { actuator, input } = commandOf(plan, 'mail')
  assert.equal(actuator, 'external')
  assert.deepEqual(input, { subject: 'shop/mail', host: '${settings.mail}', ports: { smtp: 25 } })
  const mail = plan.stages.find(({ name }) => name === 'mail')
  assert.deepEqual(
    mail?.conditions.map(({ name }) => name),
    ['tcp'],
  )
  const down = planFor(MIXED, 'down')
  const actuators = down.stages.map(({ name, command }) => [name, command?.actuator])
  assert.deepEqual(Object.fromEntries(actuators), {
    api: 'container',
    db: 'container',
    mail: 'external',
  })
})

test('a contract of all three is explained in words', () => {
  const text = explainContract(environmentIn(HEAD + MIXED))
  assert.match(text, /runs api@sha256:2 as a container/)
  assert.match(text, /somebody else runs it/)
})

test('what does not belong together is named', () => {
  const component = (run: string, rest = ''): string => `    web: { run: ${run}${rest} }\n`
  const container = 'container: { image: a }'
  const external = 'external: { host: h }'
  const cases = [
    [component('{}'), /needs one of the keys command, container and external, and has none/],
    [component(`{ command: [a], ${container} }`), /has both command and container/],
    [component(`{ ${container}, cwd: web }`), /written as container\.cwd/],
    [component(`{ ${external}, env: { A: b } }`, ', ready: [{ tcp: "h:1" }]'), /given variables/],
    [component(`{ ${external} }`), /nothing says whether web is there/],
    [component(`{ ${external} }`, ', ready: [{ exit: running }]'), /its process is not seen here/],
    [component(`{ ${external} }`, ', ready: [{ tcp: "h:1" }], stop: {}'), /never stopped here/],
    [component(`{ ${container} }`, ', stop: { command: [a] }'), /asked to end by a signal/],
    [component(`{ ${container} }`, ', ready: [{ notify: {} }]'), /no NOTIFY_SOCKET/],
    [component('{ command: [a], ports: { http: { container: 80 } } }'), /write \{\}/],
    [component('{ container: { image: a, networks: [host, b] } }'), /host stands alone/],
    [
      component('{ container: { image: a, networks: [host] }, ports: { h: { container: 80 } } }'),
      /listens on the port it is given/,
    ],
    [
      component('{ container: { image: a, networks: [none] }, ports: { h: {} } }'),
      /without a network/,
    ],
    [component("{ external: { host: '${self.host}' } }"), /no run|self/],
  ] as const
  for (const [spec, expected] of cases) {
    const messages = issuesIn(HEAD + spec).map(({ message }) => message)
    assert.match(messages.join('\n'), expected, spec)
  }
})

test('ports may be inherited by a process, by so many as it has descriptors for', () => {
  const api = (ports: string, run = 'command: [api]'): string =>
    `    api: { run: { ${run}, ports: ${ports} } }\n`
  const { input } = commandOf(planFor(api('{ http: { inherit: true }, admin: {} }')), 'api')
  assert.deepEqual(input['ports'], { admin: {}, http: { inherit: true } })
  const { digest } = commandOf(planFor(api('{ http: {} }')), 'api').input
  const spoken = commandOf(planFor(api('{ http: { inherit: false } }')), 'api').input
  assert.equal(spoken['digest'], digest, 'what is said anyway changes nothing')
  const image = `container: { image: 'api@sha256:1' }`
  const seven = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}: { inherit: true }`)
  for (const [spec, issue] of [
    [api('{ http: { inherit: true } }', image), /^7: .*inherits no socket.*leave inherit out/],
    [api(`{ ${seven.join(', ')} }`), /^7: .*inherits 6 sockets at most/],
    [api('{ http: { inherits: true } }'), /inherits.*inherit/],
    [api('{ http: { inherit: "yes" } }'), /true or false/],
  ] as const) {
    const issues = issuesIn(HEAD + spec).map(({ line, message }) => `${line}: ${message}`)
    assert.match(issues.join('\n'), issue)
  }
})

test('a port of UDP is asked for as one, of a process and of a container', () => {
  const dns = (run: string, port: string): string =>
    `    dns: { run: { ${run}, ports: { dns: ${port} } } }\n`
  const inputOf = (run: string, port: string): Command['input'] =>
    commandOf(planFor(dns(run, port)), 'dns').input
  const given = inputOf('command: [dns]', '{ protocol: udp, inherit: true }')
  assert.deepEqual(given['ports'], { dns: { inherit: true, protocol: 'udp' } })
  const image = `container: { image: 'dns@sha256:1' }`
  const published = inputOf(image, '{ protocol: udp, container: 53 }')
  assert.deepEqual(published['ports'], { dns: { container: 53, protocol: 'udp' } })
  const spoken = inputOf('command: [dns]', '{ protocol: tcp }')
  assert.equal(spoken['digest'], inputOf('command: [dns]', '{}')['digest'])
  assert.notEqual(spoken['digest'], inputOf('command: [dns]', '{ protocol: udp }')['digest'])
})

test('a port of UDP is no port to connect to, and has no front', () => {
  const dns = (ports: string, more: string): string =>
    `    dns: { run: { command: [dns], ports: ${ports} }, ${more} }\n`
  const both = '{ dns: { protocol: udp }, http: {} }'
  const wrong = (ports: string, more: string): readonly string[] =>
    issuesIn(HEAD + dns(ports, more)).map(({ line, column, message }) => {
      return `${line}:${column} ${message}`
    })
  const roll = (words: string): string => `ready: [{ notify: {} }], roll: ${words}`
  assert.deepEqual(wrong(both, roll('{}')), [
    '7:107 dns is of UDP, and fronts carry TCP alone; write roll.ports: [http]',
  ])
  assert.deepEqual(wrong(both, roll('{ ports: [http, dns] }')), [
    '7:129 dns is of UDP, and fronts carry TCP alone; leave it out',
  ])
  assert.deepEqual(wrong(both, roll('{ by: descriptor }')), [
    '7:107 dns is of UDP, and starts share sockets of TCP alone; write roll.ports: [http]',
  ])
  assert.deepEqual(wrong('{ dns: { protocol: udp } }', roll('{}')), [
    '7:97 all ports of dns are of UDP, and fronts carry TCP alone; leave roll out',
  ])
  assert.deepEqual(wrong(both, roll('{ ports: [http] }')), [])
  assert.deepEqual(wrong(both, roll('{ ports: [http], by: descriptor }')), [])
  const proofs = 'prove it by dns, exec, log or notify'
  assert.deepEqual(wrong(both, `ready: [{ tcp: '\${self.host}:\${self.ports.dns}' }]`), [
    `7:92 dns is of UDP, and tcp connects by TCP; ${proofs}`,
  ])
  assert.deepEqual(wrong(both, `ready: [{ http: 'http://x:\${self.ports["dns"]}/' }]`), [
    `7:92 dns is of UDP, and http connects by TCP; ${proofs}`,
  ])
  const told =
    "{ http: { url: 'http://x:${self.ports.http}/', method: POST, json: { port: '${self.ports.dns}' } } }"
  for (const fine of [
    told,
    "{ dns: { name: a.test, resolvers: ['127.0.0.1:${self.ports.dns}'] } }",
  ])
    assert.ok(!wrong(both, `ready: [${fine}]`).join().includes('is of UDP'), fine)
  const kind = wrong('{ dns: { protocol: sctp } }', 'ready: []')
  assert.match(kind.join(), /^7:61 expected tcp or udp/)
})
