import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPlan } from '../../core/plan/check-plan.ts'
import type { MachineFacts } from '../../core/port/machine-facts.ts'
import { isFor, mayClaim } from '../../core/port/may-claim.ts'
import { objections } from '../../core/port/objections.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { BUILT_IN_RANGE } from '../../core/port/port-policy.ts'
import { digestOf } from '../../core/units/digest.ts'
import { definePorts } from '../define.ts'
import { formatIssue } from '../document/format-issue.ts'
import { explainContract, parseContracts, planContract } from '../index.ts'
import { comparePorts } from './compare.ts'
import { type PortsContract, toConnectPolicy, toPolicy } from './definition.ts'
import { touchedLeases } from './touched-leases.ts'

const TEXT = `apiVersion: rampart/v1
kind: Ports
metadata: { name: internal }
spec:
  cooling: 90s
  ranges:
    staging:
      ports: 21000-21999
      for: { environment: staging, service: shop/* }
      perTenant: 50
      fixed: { shop/api/http: 21080 }
    edge: { ports: 20443, for: { service: edge }, addresses: any, claim: [deployers] }
  clients:
    shop/web: { user: 1001, mtls: "spiffe://shop/web" }
  connect:
    - { from: shop/web, to: shop/api, ports: http }
    - { from: shop/api, to: [shop/db, shop/queue] }
  names: { api: shop/api/http }
  transitions: { roll: { drain: 30s, linger: 5s, cooling: 90s } }
`

function understood(text: string): PortsContract {
  const { contracts, issues } = parseContracts([{ path: 'ports.yaml', text }])
  assert.deepEqual(
    issues.map((issue) => formatIssue(issue)),
    [],
  )
  const [contract] = contracts
  assert.ok(contract?.kind === 'Ports')
  return contract
}

function messages(...texts: readonly string[]): readonly string[] {
  const sources = texts.map((text, place) => ({ path: `${place}.yaml`, text }))
  return parseContracts(sources).issues.map((issue) => formatIssue(issue))
}

const range = (body: string): string =>
  `apiVersion: rampart/v1\nkind: Ports\nmetadata: { name: p }\nspec:\n  ranges:\n${body}\n`

test('every default of a contract is filled in', () => {
  const { definition } = understood(TEXT)
  const [edge, staging] = definition.ranges
  assert.deepEqual([edge?.name, edge?.addresses], ['edge', ['0.0.0.0', '::']])
  assert.deepEqual(staging?.addresses, ['127.0.0.1', '::1'])
  assert.equal(staging?.coolingMs, 90_000)
  assert.deepEqual(
    definition.transitions.map(({ event, drainMs, deadlineMs }) => [event, drainMs, deadlineMs]),
    [
      ['scale-up', 30_000, 120_000],
      ['scale-down', 30_000, 120_000],
      ['roll', 30_000, 120_000],
      ['migrate', 30_000, 120_000],
      ['failover', 0, 120_000],
    ],
  )
})

test('a policy holds the contract, its digest and nothing that grants need not know', () => {
  const contract = understood(TEXT)
  const policy = toPolicy(contract)
  assert.equal(policy.digest, contract.digest)
  assert.deepEqual(Object.keys(policy.ranges[1] ?? {}).sort(), [
    'addresses',
    'coolingMs',
    'first',
    'fixed',
    'for',
    'last',
    'name',
    'perTenant',
    'protocol',
  ])
  assert.deepEqual(toConnectPolicy(contract).rules[0], {
    from: ['shop/web'],
    to: ['shop/api'],
    ports: ['http'],
  })
})

test('the plan is sound, and the same whatever the order of keys', () => {
  const contract = understood(TEXT)
  const plan = checkPlan(planContract(contract, { goal: 'up' }))
  assert.deepEqual(
    plan.stages.map(({ name, command }) => [name, command?.operation]),
    [
      ['machine', undefined],
      ['policy', 'enforce'],
      ['hold/shop/api/http', 'hold'],
      ['moved/shop/api/http', undefined],
      ['left', undefined],
      ['retire', 'retire'],
    ],
  )
  const down = checkPlan(planContract(contract, { goal: 'down' }))
  assert.deepEqual(
    down.stages.map(({ name }) => name),
    ['policy', 'cooled'],
  )
  const swapped = TEXT.replace(/ {4}edge:.*\n/, '').replace(
    '  ranges:\n',
    '  ranges:\n    edge: { addresses: any, claim: [deployers], ports: 20443, for: { service: edge } }\n',
  )
  const again = planContract(understood(swapped), { goal: 'up' })
  assert.equal(digestOf(again), digestOf(plan))
  assert.throws(() => planContract(contract, { goal: 'watch' }), { code: 'goal-unknown' })
})

test('ports that cannot be had are refused in place, with what to write instead', () => {
  const one = (body: string): string => messages(range(body)).join('\n')
  assert.match(
    one('    a: { ports: 40000-41000 }'),
    /0\.yaml:6:17: 40000-41000 overlaps 32768-60999/,
  )
  assert.equal(one('    a: { ports: 40000-41000, ephemeral: kept }'), '')
  assert.match(
    one('    a: { ports: 4000-5999 }'),
    /5000, which on macos.*split it into 4000-4999, 5001/,
  )
  assert.match(one('    a: { ports: 6000, protocol: http }'), /6000, which browsers refuse/)
  assert.equal(one('    a: { ports: 6000 }'), '')
  assert.match(one('    a: { ports: 443 }'), /privileged: true/)
  assert.match(
    one('    a: { ports: 22000-21000 }'),
    /ends before it begins; did you mean 21000-22000/,
  )
  assert.match(one('    a: { ports: 70000 }'), /70000 is no port/)
  assert.match(
    one('    a: { ports: 21000-21001, perTenant: 3 }'),
    /3 each cannot be had of a range of 2/,
  )
  assert.match(one('    a: { ports: 21000, fixed: { s/http: 21001 } }'), /21001 is not in 21000/)
  assert.match(
    one('    a: { ports: 21000-21009, fixed: { s/http: 21001, t/http: 21001 } }'),
    /21001 is claimed twice: by s\/http and by t\/http/,
  )
  assert.match(
    one('    a: { ports: 21000-21009 }\n    b: { ports: 21009-21020 }'),
    /b and a both have 21009[\s\S]*a has them here/,
  )
  assert.equal(one('    a: { ports: 21000-21009 }\n    b: { ports: 21009, protocol: udp }'), '')
})

test('a port of one contract is refused in another of the same set', () => {
  const first = range('    a: { ports: 21000-21009 }')
  const second = range('    b: { ports: 21005 }').replace('name: p', 'name: q')
  assert.match(
    messages(first, second).join('\n'),
    /1\.yaml:6:17: b has 21005, which are claimed already by a of p, in 0\.yaml:6:17/,
  )
})

test('a machine objects to what it would take itself', () => {
  const machine: MachineFacts = {
    system: 'linux',
    ephemeral: { first: 20_000, last: 30_000 },
    kept: [{ first: 20_443, last: 20_443 }],
    unprivilegedFrom: 1_024,
    mayBindPrivileged: false,
    excluded: [],
    addresses: ['127.0.0.1', '::1'],
  }
  const found = objections(toPolicy(understood(TEXT)), machine)
  assert.deepEqual(
    found.map(({ range: name, reason }) => [name, reason]),
    [['staging', 'ephemeral']],
  )
  const low = { ranges: [{ ...BUILT_IN_RANGE, first: 80, last: 80 }] }
  assert.equal(objections(low, machine)[0]?.reason, 'privileged')
  const noV6 = { ...machine, addresses: ['127.0.0.1'], ephemeral: { first: 40_000, last: 50_000 } }
  assert.equal(objections(toPolicy(understood(TEXT)), noV6)[0]?.reason, 'no-such-address')
})

test('a range is for whom it says, and claimed by whom it names', () => {
  const [edge, staging] = toPolicy(understood(TEXT)).ranges
  assert.ok(edge !== undefined && staging !== undefined)
  const owner = { service: 'shop/api', port: 'http' }
  assert.equal(isFor(staging, { ...owner, environment: 'staging' }), true)
  assert.equal(isFor(staging, owner), false)
  assert.equal(isFor({ for: { environment: 'shop' } }, owner), true, 'of whose environment it is')
  assert.equal(mayClaim(edge, { by: ['ann', 'deployers'] }), true)
  assert.equal(mayClaim(edge, { by: ['bob'] }), false)
})

test('a further name means one port, and nothing that discovery calls something already', () => {
  const named = (names: string): string =>
    `${range('    a: { ports: 21000-21009, for: { service: shop/api } }')}  names: ${names}\n`
  assert.deepEqual(messages(named('{ api: shop/api/http, admin: shop/api/admin }')), [])
  const [own = '', dns = ''] = messages(named('{ shop-api: shop/api/http, ns: shop/api/http }'))
  assert.match(own, /shop-api is what the service shop\/api is called itself/)
  assert.match(dns, /discovery keeps the name ns for itself/)
  const other = named('{ api: shop/web/http }').replace('name: p', 'name: q').replace('21000-', '')
  const [twice = ''] = messages(named('{ api: shop/api/http }'), other.replace('21009', '22000'))
  assert.match(twice, /api means shop\/api\/http already by p, in 0\.yaml:/)
})

test('what live leases stand on becomes a ramp, and a second owner is refused', () => {
  const { definition: old } = understood(TEXT)
  const lease: PortLease = {
    id: '21500-7',
    claim: { protocol: 'tcp', addresses: ['127.0.0.1'], port: 21_500 },
    owner: { service: 'shop/worker', port: 'rpc', environment: 'staging' },
    state: 'active',
    token: 7,
    rule: { range: 'staging', contract: 'internal' },
    giving: 'number',
    grantedAtMs: 0,
    changedAtMs: 0,
    because: 'it was asked for',
  }
  const smaller = understood(TEXT.replace('21000-21999', '21000-21400')).definition
  assert.equal(comparePorts(old, smaller).verdict, 'compatible')
  const ramp = comparePorts(old, smaller, [lease])
  assert.deepEqual([ramp.verdict, ramp.changes[0]?.leases], ['ramp', ['21500-7']])
  assert.match(ramp.changes[0]?.sentence ?? '', /stays beside it for shop\/worker\/rpc \(21500\)/)
  const taken = understood(TEXT.replace('http: 21080', 'http: 21500')).definition
  assert.equal(comparePorts(old, taken, [lease]).verdict, 'refused')
  assert.deepEqual(comparePorts(old, old, [lease]), { verdict: 'compatible', changes: [] })
})

test('the leases that an amendment touches are told before it is made', () => {
  const digest = understood(TEXT).digest
  const rule = { range: 'staging', contract: 'internal', digest }
  const lease: PortLease = {
    id: '21080-7',
    claim: { protocol: 'tcp', addresses: ['127.0.0.1'], port: 21_080 },
    owner: { service: 'shop/api', port: 'http', environment: 'staging' },
    state: 'ready',
    token: 7,
    rule,
    giving: 'number',
    process: { pid: 4242, started: '1', bootId: 'b' },
    grantedAtMs: 0,
    changedAtMs: 0,
    because: 'it was asked for',
  }
  const moved = understood(TEXT.replace('http: 21080', 'http: 21090'))
  const told = (contract: PortsContract, ...leases: readonly PortLease[]) =>
    touchedLeases(contract, leases).map(({ verdict, sentence }) => `${verdict}: ${sentence}`)
  assert.deepEqual(told(moved, lease), [
    'ramp: shop/api http (environment staging) has 21080 (ready, process 4242, ' +
      'since 1970-01-01T00:00:00.000Z): shop/api/http has 21090 now.',
  ])
  const { process: _, ...held } = { ...lease, state: 'held' as const }
  assert.deepEqual(told(moved, held), [], 'what a ramp holds for nobody goes with the revision')
  assert.deepEqual(told(moved, { ...lease, rule: { ...rule, contract: 'other' } }), [])
  assert.deepEqual(told(understood(TEXT), lease), [])
  assert.deepEqual(told(understood(TEXT.replace('  cooling: 90s', '  cooling: 80s')), lease), [])
  const web: PortLease = { ...lease, owner: { service: 'shop/web', port: 'http' } }
  assert.match(told(moved, { ...web, claim: { ...lease.claim, port: 21_090 } }).join(), /^refused/)
  const smaller = TEXT.replace('21000-21999', '21050-21149').replace('http: 21080', 'http: 21060')
  const gone = understood(smaller)
  assert.match(
    told(gone, { ...web, claim: { ...lease.claim, port: 21_900 } }).join(),
    /no range any/,
  )
})

test('it is explained in sentences', () => {
  const text = explainContract(understood(TEXT))
  assert.match(text, /21080 belongs to shop\/api\/http and nobody else\./)
  assert.match(
    text,
    /At fronts of Rampart .* nobody else may connect to shop\/api, shop\/db or shop\/queue\.\n {2}Elsewhere/,
  )
  assert.match(text, /At most 50 leases a tenant \(of claims made with --tenant; all others/)
  assert.match(text, /scale-up: nobody is let go of\n/)
  assert.match(text, /roll: the old owner is drained for at most 30\.0 s, kept .* 1 min 30 s\n/)
  assert.match(text, /failover: once the old owner .* clients wait for 2 min 00 s$/)
})

test('a deadline counts where it is written, and nowhere else', () => {
  const rules = (roll: string) =>
    `${range('    a: { ports: 21000 }')}  transitions: { roll: ${roll} }\n`
  const slow = understood(rules('{ drain: 3m }'))
  assert.doesNotMatch(explainContract(slow), /all within/)
  const quick = understood(rules('{ drain: 3m, deadline: 4m }'))
  assert.match(explainContract(quick), /kept for 5\.00 s more, all within 4 min 00 s/)
  assert.match(
    messages(rules('{ drain: 3m, deadline: 3m }')).join(),
    /all of it must be done within/,
  )
  const down = rules('{}').replace('roll: {}', 'scale-down: { drain: 5m }')
  const [policy] = planContract(understood(down), { goal: 'down' }).stages
  assert.ok((policy?.deadlineMs ?? 0) > 5 * 60_000, 'who drains for five minutes is waited for')
})

test('a contract that a program defines is the same contract', () => {
  const value = definePorts({
    name: 'p',
    ranges: { a: { ports: '21000-21009', fixed: { 's/http': 21_001 } } },
  })
  const { contracts, issues } = parseContracts([{ path: 'rampart.config.ts', value }])
  assert.deepEqual(issues, [])
  const written = range('    a: { ports: 21000-21009, fixed: { s/http: 21001 } }')
  assert.equal(contracts[0]?.digest, understood(written).digest)
})
