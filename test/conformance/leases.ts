/** What all leases promise, as one suite that every adapter runs unchanged. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFault } from '../../src/core/fault/fault.ts'
import type { Lease, Leases } from '../../src/seams/leases.ts'

/** Leases under test, in a place of their own. */
export interface LeasesTrial {
  /** The leases of one replica, by its name; the same place for all. */
  readonly join: (owner: string) => Promise<Leases>
  /** Settles when a lease that was taken or renewed before the call has expired, unless renewed. */
  readonly expire: () => Promise<void>
  /** Closes whatever is open and removes the place. */
  readonly discard: () => Promise<void>
}

/** A suite's subject. */
export interface LeasesSubject {
  readonly open: () => Promise<LeasesTrial>
}

type Test = (replicas: {
  readonly ann: Leases
  readonly bob: Leases
  readonly trial: LeasesTrial
}) => Promise<void>

const SHOP = 'Environment/shop'

/** Runs the suite against one adapter. */
export function describeLeases(name: string, subject: LeasesSubject): void {
  const within = (test: Test) => async () => {
    const trial = await subject.open()
    try {
      await test({ ann: await trial.join('ann'), bob: await trial.join('bob'), trial })
    } finally {
      await trial.discard()
    }
  }
  describe(name, () => {
    describeTaking(within)
    describeRenewing(within)
  })
}

type Within = (test: Test) => () => Promise<void>

async function taken(leases: Leases, subject = SHOP): Promise<Lease> {
  const lease = await leases.take(subject)
  assert(lease !== undefined, `${subject} was to be had`)
  return lease
}

function describeTaking(within: Within): void {
  it(
    'gives a subject to one replica at a time, and each subject by itself',
    within(async ({ ann, bob }) => {
      const lease = await taken(ann)
      assert.deepEqual(lease, { subject: SHOP, owner: 'ann', token: lease.token })
      assert.equal(await bob.take(SHOP), undefined)
      assert.deepEqual(await bob.holder(SHOP), lease)
      const other = await taken(bob, 'Environment/cellar')
      assert.equal(other.owner, 'bob')
    }),
  )

  it(
    'gives a lease again, the same one, to whoever holds it',
    within(async ({ ann }) => {
      const lease = await taken(ann)
      assert.deepEqual(await ann.take(SHOP), lease)
    }),
  )

  it(
    'lists what is held by everybody, and nothing that was given back or has expired',
    within(async ({ ann, bob, trial }) => {
      const shop = await taken(ann)
      const cellar = await taken(bob, 'Environment/cellar')
      const bySubject = (one: Lease, other: Lease): number => (one.subject < other.subject ? -1 : 1)
      assert.deepEqual([...(await ann.holders())].sort(bySubject), [cellar, shop])
      await ann.release(shop)
      assert.deepEqual(await bob.holders(), [cellar])
      await trial.expire()
      assert.deepEqual(await ann.holders(), [])
    }),
  )

  it(
    'lets exactly one of many win',
    within(async ({ ann, bob }) => {
      const takes = [ann, bob, ann, bob, bob, ann].map((leases) => leases.take(SHOP))
      const winners = new Set((await Promise.all(takes)).flatMap((lease) => lease?.owner ?? []))
      assert.equal(winners.size, 1)
    }),
  )

  it(
    'gives every later lease of a subject a greater token, after a release as after an expiry',
    within(async ({ ann, bob, trial }) => {
      const tokens: number[] = []
      for (const leases of [ann, bob, bob]) {
        const lease = await taken(leases)
        tokens.push(lease.token)
        await leases.release(lease)
        assert.equal(await leases.holder(SHOP), undefined)
      }
      tokens.push((await taken(ann)).token)
      await trial.expire()
      assert.equal(await ann.holder(SHOP), undefined)
      tokens.push((await taken(bob)).token)
      const growing = [...new Set(tokens)].sort((one, other) => one - other)
      assert.deepEqual(tokens, growing)
    }),
  )
}

function describeRenewing(within: Within): void {
  it(
    'keeps what is renewed, and says which are lost',
    within(async ({ ann, bob, trial }) => {
      const [kept, lost] = [await taken(ann), await taken(ann, 'Environment/cellar')]
      await ann.release(lost)
      await taken(bob, 'Environment/cellar')
      assert.deepEqual(await ann.renew([kept, lost]), [kept])
      assert.deepEqual(await ann.renew([]), [])
      await trial.expire()
      const later = await taken(bob)
      assert.deepEqual(await ann.renew([kept]), [])
      await ann.release(kept)
      assert.deepEqual(await ann.holder(SHOP), later)
    }),
  )

  it(
    'renews nothing that another replica holds',
    within(async ({ ann, bob }) => {
      const lease = await taken(ann)
      assert.deepEqual(await bob.renew([lease]), [])
      assert.deepEqual(await bob.renew([{ ...lease, owner: 'bob' }]), [])
      await bob.release({ ...lease, owner: 'bob' })
      assert.deepEqual(await ann.holder(SHOP), lease)
    }),
  )

  it(
    'releases nothing when it is closed, and refuses everything after',
    within(async ({ ann, bob }) => {
      const lease = await taken(ann)
      await ann.close()
      await ann.close()
      assert.deepEqual(await bob.holder(SHOP), lease)
      for (const call of [
        () => ann.take(SHOP),
        () => ann.renew([lease]),
        () => ann.release(lease),
        () => ann.holder(SHOP),
      ]) {
        await assert.rejects(call(), (thrown) => isFault(thrown, 'store-unavailable'))
      }
    }),
  )
}
