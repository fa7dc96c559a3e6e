/** Starts that share a socket: what is refused, what becomes of them, and what a person is told. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of contracts are written in plain strings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  environmentIn,
  headOf,
  issuesIn,
  planIn,
  stageIn,
} from '../../../test/support/environments.ts'
import { explainContract } from '../index.ts'

const SAYS = 'ready: [{ log: { pattern: accepts } }]'

/** A component with these keys beside its command, and whoever needs it. */
function shop(roll: string, more = SAYS, ports = '{ http: {}, admin: {} }'): string {
  return `${headOf('shop')}  components:
    api:
      run: { command: [api], ports: ${ports} }
      roll: { by: descriptor${roll} }
      ${more}
    shop: { needs: [api], run: { command: [shop] } }
`
}

/** Each issue as `line:column message`. */
function wrongIn(text: string): readonly string[] {
  return issuesIn(text).map(({ line, column, message }) => `${line}:${column} ${message}`)
}

test('its starts run beside each other on what they share, and nothing stands before them', () => {
  const plan = planIn(shop(', ports: [http]'))
  assert.deepEqual(
    plan.stages.map(({ name }) => name),
    ['api', 'shop', 'api/retire'],
  )
  const { input } = stageIn(plan, 'api').command ?? {}
  assert.deepEqual(input?.['ports'], { admin: {}, http: { inherit: true, share: true } })
  assert.equal(input?.['beside'], true)
  assert.deepEqual(stageIn(plan, 'shop').needs, [{ stage: 'api', until: 'ready' }])
  const all = stageIn(planIn(shop('')), 'api').command?.input['ports']
  assert.deepEqual(all, {
    admin: { inherit: true, share: true },
    http: { inherit: true, share: true },
  })
})

test('the old one is asked to end once all is proved, and has the time that is written or ruled', () => {
  const ruled = stageIn(planIn(shop('')), 'api/retire')
  assert.deepEqual(ruled.needs, [
    { stage: 'api', until: 'ready' },
    { stage: 'shop', until: 'ready' },
  ])
  assert.deepEqual(ruled.command?.input, {
    subject: 'shop/api',
    stop: { signal: 'SIGTERM', graceMs: 30_000 },
    except: '${component("api").instance}',
    graceAsRuled: true,
  })
  const own = stageIn(planIn(shop(', drain: 5s')), 'api/retire').command
  assert.deepEqual(own?.input['stop'], { signal: 'SIGTERM', graceMs: 5_000 })
  assert.equal(own?.input['graceAsRuled'], undefined)
  assert.equal(own?.timeoutMs, 15_000)
  const patient = planIn(shop('', `${SAYS}\n      stop: { grace: 2m }`))
  const given = stageIn(patient, 'api/retire').command?.input['stop']
  assert.deepEqual(given, { signal: 'SIGTERM', graceMs: 120_000 })
  const undone = stageIn(planIn(shop(', drain: 5s')), 'api').compensation
  assert.deepEqual(undone?.input['stop'], { signal: 'SIGTERM', graceMs: 5_000 })
})

test('on the way down nothing is to be closed before it is stopped', () => {
  const names = planIn(shop(''), 'down').stages.map(({ name }) => name)
  assert.deepEqual(names, ['shop', 'api'])
})

test('another way to be replaced is another run, so that nothing is taken over', () => {
  const digestOf = (text: string): unknown => stageIn(planIn(text), 'api').command?.input['digest']
  const shared = shop('')
  assert.notEqual(digestOf(shared), digestOf(shared.replace('by: descriptor', '')))
})

test('what a front does is refused where there is none', () => {
  assert.deepEqual(
    wrongIn(shop(', as: tcp, linger: 2s, tls: { certificate: /a.pem, key: /b.pem }')),
    [
      '8:31 its starts accept by themselves, so that nothing is forwarded; leave as out',
      '8:40 who is asked to end has nothing more to stay for than what it answers; leave linger out',
      '8:52 its starts accept by themselves, so that they end TLS; leave tls out',
    ],
  )
  assert.deepEqual(wrongIn(shop('', SAYS, '{ http: { inherit: false } }')), [
    '7:47 its starts share the socket, so that each inherits it; leave inherit out',
  ])
  const [copies] = wrongIn(shop('', `${SAYS}\n      copies: 2`))
  assert.match(copies ?? '', /^10:7 copies of api are spread over by a front/)
  const seven = `{ ${[...'abcdefg'].map((name) => `${name}: {}`).join(', ')} }`
  assert.match(wrongIn(shop('', SAYS, seven)).join(), /a process inherits 6 sockets at most/)
  const [unknown] = wrongIn(shop('').replace('descriptor', 'descripter'))
  assert.match(unknown ?? '', /expected descriptor, or a mapping with haproxy, nginx or envoy/)
})

test('a start is proved by what speaks of it alone', () => {
  const at = (proof: string): readonly string[] =>
    wrongIn(shop(', ports: [http]', `ready: [${proof}]`))
  const how =
    'is shared, so that the start which it replaces may answer; prove a start by notify, by its log, or at a port of its own that roll.ports leaves out'
  assert.deepEqual(at('{ tcp: "${self.host}:${self.ports.http}" }'), [`9:17 http ${how}`])
  assert.deepEqual(at(`{ http: 'http://x:\${self.ports["http"]}/' }`), [`9:17 http ${how}`])
  assert.deepEqual(at('{ tcp: \'${self.host}:${string(self.ports["http"])}\' }'), [
    `9:17 http ${how}`,
  ])
  assert.deepEqual(at('{ tcp: "${self.host}:${self.ports.admin}" }'), [])
  assert.deepEqual(at('{ notify: {} }'), [])
  assert.match(at('{ exit: running }').join(), /nothing says when a new start/)
  assert.match(wrongIn(shop('', 'deadline: 5s')).join(), /^8:15 nothing says when a new start/)
})

test('what stops a start is told to that start alone', () => {
  const at = (port: string): readonly string[] =>
    wrongIn(
      shop(', ports: [http]', `${SAYS}\n      stop: { command: [quit, "\${self.ports.${port}}"] }`),
    )
  assert.deepEqual(at('http'), [
    '10:15 http is shared, so that the start which goes on may hear it; leave it to stop.signal, or stop a start at a port of its own that roll.ports leaves out',
  ])
  assert.deepEqual(at('admin'), [])
})

test('a person is told how it is replaced', () => {
  const text = explainContract(environmentIn(shop('')))
  assert.match(
    text,
    /its new start accepts on the same sockets \(admin and http\) beside the old one/,
  )
  assert.match(text, /is killed after 30\.0 s, unless a Ports contract says otherwise/)
  const own = explainContract(environmentIn(shop(', drain: 5s, ports: [http]')))
  assert.match(own, /accepts on the same socket \(http\)/)
  assert.match(own, /is killed after 5\.00 s\. No front asks who connects/)
})

test('a person is told where clients wait for a component that inherits alone', () => {
  const run = 'run: { command: [api], ports: { http: { inherit: true }, admin: {} } }'
  const told = (more: string): string =>
    explainContract(environmentIn(`${headOf('shop')}  components: { api: { ${run}${more} } }\n`))
  assert.match(
    told(''),
    /waits for its next start in its socket\s+\(http\): for 1 min 00 s, unless a Ports contract/,
  )
  assert.doesNotMatch(told(', roll: {}'), /waits for its next start/)
})
