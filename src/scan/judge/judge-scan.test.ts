/** What counts as wrong, and what only looks like it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PortPolicy, PortRange } from '../../core/port/port-policy.ts'
import type { FoundPort } from '../found/found-port.ts'
import { type JudgeOptions, judgeScan } from './judge-scan.ts'

let line = 0

/** A claim on 8080 of the machine, each on a line of its own. */
function claim(changed: Partial<FoundPort> = {}): FoundPort {
  line += 1
  const first = changed.first ?? 8080
  return {
    ...{ file: 'a.yaml', line, column: 1, format: 'compose', stance: 'claim', text: `${line}` },
    ...{ confidence: 'explicit', protocol: 'tcp', scope: 'host', addresses: ['0.0.0.0', '::'] },
    ...{ service: `s${line}`, unit: 'compose ', first, last: first },
    ...changed,
  }
}

function told(ports: readonly FoundPort[], options: JudgeOptions = {}): readonly string[] {
  return judgeScan(ports, options).map(
    ({ rule, severity, first, ports: { length } }) => `${severity} ${rule} ${first} ${length}`,
  )
}

function pair(one: Partial<FoundPort>, other: Partial<FoundPort> = {}): readonly string[] {
  return told([claim(one), claim(other)])
}

const CONFLICT = ['error conflict 8080 2']

test('a port is contested where scope, protocol and an address are the same', () => {
  assert.deepEqual(pair({}), CONFLICT)
  assert.deepEqual(pair({ protocol: 'udp' }), [])
  assert.deepEqual(pair({ scope: 'network x' }), [])
  assert.deepEqual(pair({ addresses: ['127.0.0.1'] }), CONFLICT)
  assert.deepEqual(pair({ addresses: ['127.0.0.1'] }, { addresses: ['127.0.0.2'] }), [])
  assert.deepEqual(pair({ addresses: ['127.0.0.1'] }, { addresses: ['::'] }), [])
  assert.deepEqual(pair({ scope: 'node' }, { scope: 'cluster' }), CONFLICT)
})

test('what is in the way of two is told once for all of them', () => {
  assert.deepEqual(told([claim(), claim(), claim()]), ['error conflict 8080 3'])
})

test('a span is contested where it meets another, and instances step aside while they can', () => {
  const span = { first: 8070, last: 8090 }
  assert.deepEqual(pair(span), CONFLICT)
  assert.deepEqual(pair({ ...span, instances: 1 }), [])
  assert.deepEqual(pair({ ...span, instances: 21 }), CONFLICT)
  assert.deepEqual(told([claim({ instances: 3 })]), ['error conflict 8080 1'])
})

test('the surest thing that can be said of a conflict is as sure as its least sure part', () => {
  assert.deepEqual(pair({ confidence: 'interpolated' }), CONFLICT)
  assert.deepEqual(pair({ confidence: 'default' }), ['warning conflict 8080 2'])
  assert.deepEqual(pair({ confidence: 'heuristic' }), ['note conflict 8080 2'])
  assert.deepEqual(pair({ file: 'test/fixtures/a/compose.yaml', unit: 'f' }), [])
})

test('two ways of starting one thing are never in conflict', () => {
  assert.deepEqual(pair({ variant: 'a' }, { variant: 'b' }), [])
  assert.deepEqual(pair({ variant: 'a' }), CONFLICT)
  assert.deepEqual(pair({ profiles: ['a'] }, { profiles: ['b'] }), [])
  assert.deepEqual(pair({ profiles: ['a'] }, { profiles: ['b', 'a'] }), CONFLICT)
  assert.deepEqual(pair({ identity: 'Service/web' }, { identity: 'Service/web' }), [])
  const many = Array.from({ length: 30_000 }, () => claim({ identity: 'site', service: 'web' }))
  assert.deepEqual(told([...many, claim()]), CONFLICT)
  const program = { app: 'web', unit: 'package web', format: 'package-json' }
  assert.deepEqual(pair({ app: 'web' }, program), [])
  assert.deepEqual(pair({ app: 'web' }, { app: 'web', confidence: 'default' }), [])
  assert.deepEqual(pair({ app: 'web' }, { app: 'web' }), CONFLICT)
})

test('environments are apart, and what names none is in all but some', () => {
  assert.deepEqual(pair({ environment: 'a' }, { environment: 'b' }), [])
  assert.deepEqual(pair({ environment: 'a' }, { environment: 'a' }), CONFLICT)
  assert.deepEqual(pair({ environment: 'a' }), CONFLICT)
  assert.deepEqual(pair({ environment: 'a' }, { except: ['a'] }), [])
  const ports = [claim({ environment: 'a' }), claim({ environment: 'a' }), claim()]
  assert.deepEqual(told(ports, { environment: 'b' }), [])
})

test('examples are not run beside each other, nor beside what they are examples of', () => {
  const example = (name: string): Partial<FoundPort> => {
    return { file: `examples/${name}/compose.yaml`, unit: `compose examples/${name}` }
  }
  assert.deepEqual(pair(example('a'), example('b')), [])
  assert.deepEqual(pair(example('a')), [])
  const script = { ...example('a'), unit: 'package', format: 'package.json' }
  assert.deepEqual(pair(example('a'), script), CONFLICT)
})

test('of several compositions only those of two programs are likely to be up at once', () => {
  const of = (home: string, more: Partial<FoundPort> = {}): FoundPort =>
    claim({ unit: `compose ${home}`, file: `${home}/compose.yaml`, ...more })
  assert.deepEqual(told([of('kafka'), of('cassandra')]), ['note conflict 8080 2'])
  assert.deepEqual(told([of('kafka'), of('cassandra')], { isTogether: true }), CONFLICT)
  const billing = [of('billing', { first: 1, app: 'billing' }), of('billing')]
  const orders = [of('orders', { first: 2, app: 'orders' }), of('orders')]
  assert.deepEqual(told([...billing, ...orders]), ['warning conflict 8080 2'])
})

test('of several compositions a program is started with its own, and with that of the whole', () => {
  const of = (home: string): FoundPort =>
    claim({ unit: `compose ${home}`, file: `${home === '' ? '' : `${home}/`}compose.yaml` })
  const script = claim({ file: 'apps/web/package.json', unit: 'package', format: 'package.json' })
  const other = { ...of('tools/kafka'), first: 1, last: 1 }
  assert.deepEqual(told([script, of('tools/kafka')]), CONFLICT)
  assert.deepEqual(told([script, other, of('tools/redis')]), ['note conflict 8080 2'])
  assert.deepEqual(told([script, other, of('')]), CONFLICT)
  assert.deepEqual(told([script, other, of('apps/web')]), CONFLICT)
  assert.deepEqual(told([script, other, of('apps/infra')]), CONFLICT)
})

test('of scripts of two packages only those that one works with are in conflict', () => {
  const script = (home: string, profile: string): FoundPort => {
    const file = `${home}/package.json`
    return claim({ file, unit: home, format: 'package.json', profiles: [profile] })
  }
  assert.deepEqual(told([script('a', 'dev'), script('b', 'start')]), CONFLICT)
  assert.deepEqual(told([script('a', 'storybook'), script('b', 'storybook')]), [
    'note conflict 8080 2',
  ])
  const servers = ['a', 'b'].map((unit) => claim({ unit, format: 'nginx', file: `${unit}/x` }))
  assert.deepEqual(told(servers), ['warning conflict 8080 2'])
  assert.deepEqual(told(servers, { isTogether: true }), CONFLICT)
})

test('pods that may choose a node are no conflict, and those on every node are', () => {
  const on = (isEverywhere: boolean, labels = {}): Partial<FoundPort> => {
    return { scope: 'node', format: 'kubernetes', unit: `${line}`, nodes: { isEverywhere, labels } }
  }
  assert.deepEqual(pair(on(false), on(false)), ['note conflict 8080 2'])
  assert.deepEqual(pair(on(true), on(true)), CONFLICT)
  assert.deepEqual(pair(on(true), on(false)), CONFLICT)
  assert.deepEqual(pair(on(true, { zone: 'a' }), on(true, { zone: 'b' })), [])
  assert.deepEqual(pair(on(true, { zone: 'a' }), on(false)), ['note conflict 8080 2'])
})

const RANGE: PortRange = {
  ...{ name: 'shop', first: 8000, last: 8099, protocol: 'tcp', addresses: ['127.0.0.1'] },
  ...{ for: { environment: 'local', service: 'shop/*' }, fixed: { 'shop/web/http': 8001 } },
  coolingMs: 1,
}
const POLICIES: readonly PortPolicy[] = [
  {
    contract: 'ports',
    ranges: [
      RANGE,
      { ...RANGE, name: 'mail', first: 9000, last: 9099, for: { service: 'mail' }, fixed: {} },
    ],
  },
]

test('contracts say whose ports are whose, where there are any', () => {
  const judged = (changed: Partial<FoundPort>, environment?: string): readonly string[] =>
    told([claim({ service: 'shop/api', ...changed })], {
      policies: POLICIES,
      ...(environment === undefined ? {} : { environment }),
    })
  assert.deepEqual(judged({}), [])
  assert.deepEqual(judged({ first: 7000 }), ['error out-of-range 7000 1'])
  assert.deepEqual(judged({ first: 8001 }), ['warning out-of-range 8001 1'])
  assert.deepEqual(judged({ first: 8001, service: 'web' }), [])
  assert.deepEqual(judged({ service: 'other', first: 9001 }), ['warning out-of-range 9001 1'])
  assert.deepEqual(judged({ environment: 'production' }), ['error wrong-environment 8080 1'])
  assert.deepEqual(judged({}, 'staging'), ['error wrong-environment 8080 1'])
  const [undeclared] = told([claim({ first: 7000 })], {
    policies: [{ ranges: [{ ...RANGE, for: { service: 'mail' }, fixed: {} }] }],
  })
  assert.equal(undeclared, 'warning undeclared 7000 1')
})

test('a connection is told of where the files name the port that was meant', () => {
  const web = claim({ service: 'web', target: { first: 80, last: 80 } })
  const from = (host: string, first: number, text: string): FoundPort =>
    claim({ stance: 'consumption', host, first, text, service: 'api', scope: 'network ./api' })
  assert.deepEqual(told([web, from('web', 80, 'http://web:80')]), [])
  const dangling = ['warning dangling-consumer 8080 2']
  assert.deepEqual(told([web, from('web', 8080, 'http://web:8080')]), dangling)
  assert.deepEqual(told([web, from('localhost', 8080, 'redis://localhost:8080')]), dangling)
  assert.deepEqual(told([web, from('localhost', 8080, 'http://localhost:8080')]), [])
  const far = { ...from('localhost', 4000, 'http://localhost:4000'), scope: 'host' }
  assert.deepEqual(told([web, far]), ['note dangling-consumer 4000 1'])
})

test('outgoing connections and browsers speak against a port', () => {
  assert.deepEqual(told([claim({ first: 50_051 })]), ['warning ephemeral 50051 1'])
  const mac = { ephemeral: { first: 60_000, last: 65_535 } }
  assert.deepEqual(told([claim({ first: 50_051 })], mac), [])
  assert.deepEqual(told([claim({ first: 6000, isHttp: true })]), ['warning browser-blocked 6000 1'])
})

test('a finding keeps its fingerprint when lines move, and no two have the same', () => {
  const ports = [claim(), claim(), claim({ first: 81 }), claim({ first: 81 })]
  const prints = (all: readonly FoundPort[]): readonly string[] =>
    judgeScan(all).map(({ fingerprint }) => fingerprint)
  assert.equal(new Set(prints(ports)).size, 2)
  assert.deepEqual(prints(ports.map((port) => ({ ...port, line: port.line + 7 }))), prints(ports))
})

test('of thousands in each other’s way all are told of, in few findings and in a moment', () => {
  const ports = Array.from({ length: 5_000 }, () => claim())
  const findings = judgeScan(ports)
  assert.ok(findings.length < 200, String(findings.length))
  assert.equal(new Set(findings.flatMap((one) => one.ports.map((port) => port.line))).size, 5_000)
})

test('thousands of connections to as many ports are judged in a moment', () => {
  const numbers = Array.from({ length: 8_000 }, (_, at) => at + 1)
  const claims = numbers.map((first) => claim({ first, target: { first: 80, last: 80 } }))
  const far = numbers.map((number) => {
    return claim({ first: number + 40_000, stance: 'consumption', host: 'localhost', text: 'x' })
  })
  const near = numbers.map((first) => {
    return claim({ first, stance: 'consumption', host: `s${first}`, scope: 'network a' })
  })
  const started = performance.now()
  judgeScan([...claims, ...far, ...near])
  assert.ok(performance.now() - started < 10_000)
})
