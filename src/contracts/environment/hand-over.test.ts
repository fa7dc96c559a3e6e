import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentIn, headOf } from '../../../test/support/environments.ts'
import { EnforcedPorts } from '../../core/port/enforced-ports.ts'
import { type ListedRange, listRanges } from '../../core/port/range-list.ts'
import { parseContracts } from '../index.ts'
import { toConnectPolicy, toPolicy } from '../ports/definition.ts'
import { handOversOf } from './hand-over.ts'

const PORTS = `apiVersion: rampart/v1
kind: Ports
metadata: { name: shop-ports }
spec:
  ranges: { shop: { ports: 21000-21099, for: { service: shop/* } } }
`

/** The ranges as they are listed where a contract with these rules is in force. */
function inForce(transitions?: string): readonly ListedRange[] {
  const enforced = new EnforcedPorts()
  if (transitions === undefined) return listRanges(enforced)
  const text = `${PORTS}  transitions: ${transitions}\n`
  const [contract] = parseContracts([{ path: 'ports.yaml', text }]).contracts
  assert.ok(contract?.kind === 'Ports')
  const { name, digest, definition } = contract
  const connect = toConnectPolicy(contract)
  const rules = { contract: name, digest, ramp: 'up-1', policy: toPolicy(contract), connect }
  enforced.enforce({ ...rules, transitions: definition.transitions })
  return listRanges(enforced)
}

const said = (
  web: string,
  ranges: readonly ListedRange[],
  http: string = '{}',
): readonly string[] => {
  const run = `run: { command: [x], ports: { http: ${http} } }`
  const contract = environmentIn(`${headOf('shop')}  components: { web: { ${run}${web} } }\n`)
  return handOversOf(contract, undefined, () => ranges).map(({ sentence }) => sentence)
}

const RULES = '{ scale-up: { deadline: 90s }, roll: { drain: 20s, linger: 2s, cooling: 1m } }'

test('what the rules of a contract in force come to is told for each port that is rolled', () => {
  const [up, down, roll, migrate, failover] = said(', roll: {}', inForce(RULES))
  assert.equal(
    up,
    'scale-up: nobody is let go of; all within 1m30s of the first new port, by shop-ports.',
  )
  assert.equal(
    down,
    'scale-down: the old one has at most 30s to finish, and 5s more, by shop-ports.',
  )
  assert.equal(
    roll,
    'roll: the old one has at most 20s to finish, and 2s more; its port cools for 1m, by shop-ports.',
  )
  assert.match(migrate ?? '', /^migrate: the old one has at most 30s to finish, and 5s more/)
  assert.equal(failover, 'failover: clients wait for 2m, by shop-ports.')
})

test('what has no effect is said', () => {
  assert.deepEqual(said(', roll: { drain: 5s }', inForce(RULES)).slice(2, 3), [
    'roll: the old one has at most 5s to finish; its port cools for 1m; its component says that itself, which leaves drain and linger without effect, by shop-ports.',
  ])
  assert.deepEqual(said('', inForce(RULES)), [
    'shop/web http has no front, so that whoever reaches it may connect: its component is stopped, then started, so that what shop-ports says of scale-up and roll has no effect on it; roll: {} gives it one.',
  ])
  assert.deepEqual(said('', inForce('{}')), [
    'shop/web http has no front, so that whoever reaches it may connect: its component is stopped, then started.',
  ])
})

test('clients of an inherited socket wait in its queue, as a rule of failovers says', () => {
  const rules = '{ failover: { deadline: 10s } }'
  const [contract] = said('', inForce(rules))
  assert.match(contract ?? '', /what shop-ports says of failover has no effect on it/)
  const run = 'run: { command: [x], ports: { http: { inherit: true } } }'
  const inherits = environmentIn(`${headOf('shop')}  components: { web: { ${run} } }\n`)
  assert.deepEqual(
    handOversOf(inherits, undefined, () => inForce(rules)).map(({ sentence }) => sentence),
    [
      'shop/web http has no front, so that whoever reaches it may connect: its component is stopped, then started.',
      'failover: clients wait for 10s in the queue of its socket, by shop-ports.',
    ],
  )
})

test('a port that starts share goes by one time alone, and what else is said of it has no effect', () => {
  const shared = (drain: string): string =>
    `, roll: { by: descriptor${drain} }, ready: [{ log: { pattern: up } }]`
  assert.deepEqual(said(shared(''), inForce(RULES)), [
    'shop/web http is shared by its starts: the old one has at most 20s to finish once it is asked to end, by shop-ports; what shop-ports says of scale-up and roll (cooling, linger) has no effect on it.',
    'failover: clients wait for 2m in the queue of its socket, by shop-ports.',
  ])
  assert.deepEqual(said(shared(', drain: 5s'), inForce('{ roll: { drain: 20s } }')), [
    'shop/web http is shared by its starts: the old one has at most 5s to finish once it is asked to end, as its component says; what shop-ports says of roll (drain) has no effect on it.',
    'failover: clients wait for 2m in the queue of its socket, by shop-ports.',
  ])
  assert.deepEqual(said(shared(''), inForce('{}')), [
    'shop/web http is shared by its starts: the old one has at most 30s to finish once it is asked to end.',
    'failover: clients wait for 2m in the queue of its socket, by shop-ports.',
  ])
  assert.deepEqual(said(shared(''), inForce()), [
    'shop/web http is shared by its starts: the old one has at most 30s to finish once it is asked to end; no Ports contract has a part in it.',
  ])
})

test('a port that a roll leaves out is told of as one of each start', () => {
  const run = 'run: { command: [x], ports: { http: {}, admin: {} } }, roll: { ports: [http] }'
  const contract = environmentIn(`${headOf('shop')}  components: { web: { ${run} } }\n`)
  const [admin] = handOversOf(contract, undefined, () => inForce(RULES))
  assert.equal(
    admin?.sentence,
    'shop/web admin is left out of roll.ports: each start has one of its own, and whoever reaches it may connect; what shop-ports says of scale-up and roll has no effect on it.',
  )
})

test('what is fixed for a component of the other protocol is told of as refused', () => {
  const fixed = (protocol: 'tcp' | 'udp', contract: string): readonly ListedRange[] =>
    inForce().map((range) => {
      const rules = { ...range.rules, fixed: { 'shop/web/http': 21_053 } }
      return { ...range, contract, range: 'dns', protocol, rules }
    })
  const names = fixed('udp', 'names')
  assert.deepEqual(said('', names), [
    'shop/web http is refused a port: it is of TCP, and names fixes 21053/udp for it; write protocol: udp in run.ports.http, or call it otherwise.',
  ])
  assert.deepEqual(said('', fixed('tcp', 'webs'), '{ protocol: udp }'), [
    'shop/web http is refused a port: it is of UDP, and webs fixes 21053/tcp for it; write protocol: tcp in run.ports.http, or call it otherwise.',
  ])
  const both = said('', [...names, ...fixed('tcp', 'webs')])
  assert.ok(
    both.every((sentence) => !sentence.includes('is refused')),
    both.join(' '),
  )
  const run = 'run: { command: [x], ports: { http: {}, admin: {} } }, roll: { ports: [admin] }'
  const rolled = environmentIn(`${headOf('shop')}  components: { web: { ${run} } }\n`)
  const ofEach = JSON.stringify(handOversOf(rolled, undefined, () => names))
  assert.ok(!ofEach.includes('is refused'), 'what is fixed is nothing to its starts')
})

test('a port of UDP is given by the ranges of UDP, and no rule for fronts has a part in it', () => {
  const udp = inForce('{ roll: { drain: 20s } }').map((range) => ({
    ...range,
    protocol: 'udp' as const,
  }))
  assert.deepEqual(said('', udp), [])
  const [told] = said('', udp, '{ protocol: udp }')
  assert.match(told ?? '', /has no effect on it; fronts carry TCP alone\.$/)
})

test('where no contract is in force, a component says for itself how its owners part', () => {
  assert.deepEqual(said(', roll: {}', inForce()), [
    'shop/web http: the old one has at most 30s to finish; no Ports contract has a part in it.',
  ])
  assert.deepEqual(said('', inForce()), [])
})
