/**
 * What holds of leases whatever happens: storms of claims, owners that die, clocks that jump. A model
 * of a broker without a machine: the kernel refuses at random, time goes anywhere.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { choosePort, startOf } from './choose-port.ts'
import { PendingPorts } from './pending-ports.ts'
import { claimsCollide } from './port-claim.ts'
import type { PortEntry } from './port-entries.ts'
import type { PortLease, PortOwner } from './port-lease.ts'
import { servingKey } from './port-owner.ts'
import type { PortPolicy } from './port-policy.ts'
import { isUsable, mayMove, PORT_STATES } from './port-states.ts'
import { PortTable, portKey } from './port-table.ts'
import type { PortWish } from './port-wish.ts'

const POLICY: PortPolicy = {
  contract: 'shop',
  ranges: [
    {
      name: 'web',
      first: 21_000,
      last: 21_004,
      protocol: 'tcp',
      addresses: ['127.0.0.1', '::1'],
      for: { service: 'shop/*' },
      fixed: { 'shop/api/http': 21_002 },
      perService: 3,
      coolingMs: 1_000,
    },
  ],
}

/** A table, everything that was recorded, and a clock that goes where it is told. */
class Model {
  readonly table = new PortTable()
  readonly entries: { readonly entry: PortEntry; readonly atMs: number }[] = []
  nowMs = 1_000_000

  record(entry: PortEntry): void {
    this.table.apply(entry, this.nowMs)
    this.entries.push({ entry, atMs: this.nowMs })
  }

  claim(wish: PortWish, refusing: ReadonlySet<number>): void {
    if (this.table.ofOwner(wish.owner).some(({ state }) => isUsable(state))) return
    const ports = [...refusing].map(
      (port) => [portKey('tcp', port), { error: 'EADDRINUSE' }] as const,
    )
    const choice = choosePort(wish, {
      table: this.table,
      policies: [POLICY],
      pending: new PendingPorts(),
      circumstances: {
        ephemeral: { first: 32_768, last: 60_999 },
        reserved: new Set(),
        refused: new Map(ports),
      },
    })
    if (choice.verdict === 'refused') return
    for (const old of choice.cooling) {
      assert.equal(servingKey(old.owner), servingKey(wish.owner), 'cooling is for the same service')
      this.record({ type: 'port.freed', lease: old.id, because: 'Taken up again.' })
    }
    const { claim, by } = choice
    assert.ok(!refusing.has(claim.port), 'nobody is given what the kernel refuses')
    assert.ok(
      by.range.first <= claim.port && claim.port <= by.range.last,
      'a grant is in its range',
    )
    assert.ok(claim.port < 32_768 || claim.port > 60_999, 'and outside of the ephemeral one')
    const token = this.table.lastToken + 1
    this.record({
      type: 'port.granted',
      lease: leaseOf({ token, choice, wish, nowMs: this.nowMs }),
    })
  }

  check(): void {
    const leases = this.table.leases()
    for (const [at, one] of leases.entries()) {
      const others = leases.slice(at + 1).filter(({ claim }) => claimsCollide(one.claim, claim))
      assert.deepEqual(others, [], 'one port has one lease')
    }
    const replayed = new PortTable()
    for (const { entry, atMs } of this.entries) replayed.apply(entry, atMs)
    assert.deepEqual(replayed.image(), this.table.image(), 'what is replayed is what there is')
    const kept = PortTable.of(JSON.parse(JSON.stringify(this.table.image())))
    assert.deepEqual(kept.image(), this.table.image(), 'and so is what was kept')
  }
}

function leaseOf(parts: {
  readonly token: number
  readonly choice: Extract<ReturnType<typeof choosePort>, { verdict: 'chosen' }>
  readonly wish: PortWish
  readonly nowMs: number
}): PortLease {
  const { token, choice, wish, nowMs } = parts
  return {
    id: `${choice.claim.port}-${token}`,
    claim: choice.claim,
    owner: wish.owner,
    state: 'held',
    token,
    rule: choice.by.rule,
    giving: 'number',
    grantedAtMs: nowMs,
    changedAtMs: nowMs,
    because: 'Granted.',
    expiresAtMs: nowMs + 1_000,
  }
}

const owner: fc.Arbitrary<PortOwner> = fc.record(
  {
    service: fc.constantFrom('shop/api', 'shop/web', 'shop/db', 'other'),
    port: fc.constantFrom('http', 'metrics'),
    instance: fc.constantFrom('1', '2', '3'),
    scope: fc.constantFrom('main', 'branch'),
  },
  { requiredKeys: ['service', 'port'], noNullPrototype: true },
)

const wish: fc.Arbitrary<PortWish> = fc.record(
  {
    owner,
    port: fc.constantFrom(21_000, 21_001, 21_002, 20_000, 40_000),
    addresses: fc.constantFrom(['127.0.0.1'], ['::1'], ['127.0.0.1', '::1']),
  },
  { requiredKeys: ['owner'], noNullPrototype: true },
)

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      wish,
      refusing: fc.uniqueArray(fc.integer({ min: 21_000, max: 21_004 }), { maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      which: fc.nat(),
      to: fc.constantFrom(...PORT_STATES),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('free' as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('jump' as const),
      byMs: fc.integer({ min: -10_000, max: 10_000 }),
    }),
  },
)

test('whatever happens, one port has one lease, cooling is respected, and replay is state', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const model = new Model()
      for (const one of steps) {
        const leases = model.table.leases()
        const lease = 'which' in one ? leases[one.which % Math.max(1, leases.length)] : undefined
        if (one.do === 'claim') model.claim(one.wish, new Set(one.refusing))
        else if (one.do === 'jump') model.nowMs += one.byMs
        else if (lease === undefined) continue
        else if (one.do === 'free' && mayMove(lease.state, 'free')) {
          model.record({ type: 'port.freed', lease: lease.id, because: 'It ended.' })
        } else if (one.do === 'move' && mayMove(lease.state, one.to)) {
          model.record({ type: 'port.moved', lease: lease.id, to: one.to, because: 'It went on.' })
        }
      }
      model.check()
    }),
    { numRuns: 300 },
  )
})

test('what the machine of states does not have is a bug, not a move', () => {
  const model = new Model()
  model.claim({ owner: { service: 'shop/web', port: 'http' } }, new Set([21_002]))
  const [lease] = model.table.leases()
  assert.ok(lease !== undefined)
  const id = lease.id
  assert.throws(() => model.record({ type: 'port.moved', lease: id, to: 'active', because: '' }))
  assert.throws(() => model.record({ type: 'port.granted', lease }))
})

test('worktrees have sets of their own, and the same one each time', () => {
  const starts = Array.from({ length: 200 }, (_, at) =>
    startOf({ service: 'shop/api', port: 'http', scope: `tree-${at}` }, 16_999),
  )
  assert.ok(new Set(starts).size > 190)
  assert.deepEqual(
    starts[7],
    startOf({ service: 'shop/api', port: 'http', scope: 'tree-7' }, 16_999),
  )
})

test('a refusal names who has the port, since when, by which rule, and until when', () => {
  const model = new Model()
  const ask = { owner: { service: 'shop/web', port: 'http' }, port: 21_000 }
  model.claim(ask, new Set())
  const parts = {
    table: model.table,
    policies: [POLICY],
    pending: new PendingPorts(),
    circumstances: {
      ephemeral: { first: 32_768, last: 60_999 },
      reserved: new Set<number>(),
      refused: new Map(),
    },
  }
  const other = { owner: { service: 'shop/db', port: 'sql' }, port: 21_000 }
  const taken = choosePort(other, parts)
  assert.match(
    taken.verdict === 'refused' ? taken.sentence : '',
    /21000 is held by shop\/web http since .*by range web of shop.*ends at/,
  )
  for (const [port, reason] of [
    [40_000, 'not-allowed'],
    [21_002, 'fixed'],
    [21_003, 'chosen'],
  ] as const) {
    const answer = choosePort({ ...other, port }, parts)
    assert.equal(answer.verdict === 'refused' ? answer.reason : 'chosen', reason)
  }
  const strange = choosePort({ owner: { service: 'x', port: 'y' }, port: 21_003 }, parts)
  assert.equal(strange.verdict === 'refused' && strange.reason, 'not-allowed')
  const ephemeral = choosePort({ owner: { service: 'x', port: 'y' }, port: 40_000 }, parts)
  assert.match(ephemeral.verdict === 'refused' ? ephemeral.sentence : '', /ip_local_reserved_ports/)
})
