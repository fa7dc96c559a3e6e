/** What all leases promise, as one suite that every adapter runs unchanged. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFault } from '../../src/core/fault/fault.ts'
import type { Lease, Leases } from '../../src/seams/leases.ts'

/** Leases under test, in a place of their own. */
export interface LeasesTrial {
  /** The leases of one replica, by its name; the same place for all. No life was begun. */
  readonly join: (owner: string) => Promise<Leases>
  /** Settles when every life that was begun or renewed before the call has expired. */
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
const CELLAR = 'Environment/cellar'

/** Runs the suite against one adapter. */
export function describeLeases(name: string, subject: LeasesSubject): void {
  const within = (test: Test) => async () => {
    const trial = await subject.open()
    try {
      const [ann, bob] = [await trial.join('ann'), await trial.join('bob')]
      await Promise.all([ann.begin(), bob.begin()])
      await test({ ann, bob, trial })
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
      const other = await taken(bob, CELLAR)
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
      const cellar = await taken(bob, CELLAR)
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
      await bob.begin()
      tokens.push((await taken(bob)).token)
      await bob.begin()
      tokens.push((await taken(bob)).token)
      const growing = [...new Set(tokens)].sort((one, other) => one - other)
      assert.deepEqual(tokens, growing)
    }),
  )
}

function describeRenewing(within: Within): void {
  it(
    'keeps everything that was taken in a life by renewing that alone',
    within(async ({ ann, bob, trial }) => {
      const [shop, cellar] = [await taken(ann), await taken(ann, CELLAR)]
      assert.equal(await ann.renew(), true)
      assert.deepEqual(await bob.holder(SHOP), shop)
      assert.deepEqual(await bob.holder(CELLAR), cellar)
      await trial.expire()
      assert.equal(await ann.renew(), false)
      assert.equal(await ann.holder(SHOP), undefined)
    }),
  )

  it(
    'renews no life that another replica has found expired, and gives nothing out in it',
    within(async ({ ann, bob, trial }) => {
      const lost = await taken(ann)
      await trial.expire()
      await bob.begin()
      const later = await taken(bob)
      assert.equal(await ann.renew(), false)
      assert.equal(await ann.take(CELLAR), undefined)
      await ann.release(lost)
      assert.deepEqual(await ann.holder(SHOP), later)
      await ann.begin()
      assert.equal(await ann.take(SHOP), undefined)
      assert.equal((await taken(ann, CELLAR)).owner, 'ann')
    }),
  )

  it(
    'lets exactly one of those win who find a life expired and the one who renews it too late',
    within(async ({ ann, bob, trial }) => {
      for (let round = 0; round < 10; round += 1) {
        const lease = await taken(ann, `Environment/${round}`)
        await trial.expire()
        await bob.begin()
        const [isRenewed, later] = await Promise.all([ann.renew(), bob.take(lease.subject)])
        assert(!(isRenewed && later !== undefined), 'both have it')
        assert.notDeepEqual(await bob.holder(lease.subject), lease)
        await ann.begin()
      }
    }),
  )

  it(
    'holds nothing in a new life of what was taken in the one before, nor after its end',
    within(async ({ ann, bob }) => {
      const before = await taken(ann)
      await ann.begin()
      assert.equal(await ann.holder(SHOP), undefined)
      const again = await taken(ann)
      assert(again.token > before.token)
      await ann.release(before)
      assert.deepEqual(await bob.holder(SHOP), again)
      await ann.end()
      await ann.end()
      assert.equal(await ann.renew(), false)
      assert((await taken(bob)).token > again.token)
    }),
  )

  it(
    'gives and renews nothing where no life was begun',
    within(async ({ bob, trial }) => {
      const cleo = await trial.join('cleo')
      assert.equal(await cleo.renew(), false)
      assert.equal(await cleo.take(SHOP), undefined)
      await cleo.end()
      assert.equal(await bob.holder(SHOP), undefined)
    }),
  )

  it(
    'gives back nothing that another replica holds',
    within(async ({ ann, bob }) => {
      const lease = await taken(ann)
      await bob.release(lease)
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
        () => ann.begin(),
        () => ann.renew(),
        () => ann.take(SHOP),
        () => ann.release(lease),
        () => ann.end(),
        () => ann.holder(SHOP),
      ]) {
        await assert.rejects(call(), (thrown) => isFault(thrown, 'store-unavailable'))
      }
    }),
  )
}
