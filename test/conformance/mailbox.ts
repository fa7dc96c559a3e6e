/** What all mailboxes promise, as one suite that every adapter runs unchanged. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Fault, isFault } from '../../src/core/fault/fault.ts'
import type { JsonObject } from '../../src/core/units/json.ts'
import type { Letter, Mailbox } from '../../src/seams/mailbox.ts'

/** Mailboxes under test, in a place of their own. */
export interface MailboxTrial {
  /** The mailbox of one more replica; the same place for all. */
  readonly join: () => Promise<Mailbox>
  /** Closes whatever is open and removes the place. */
  readonly discard: () => Promise<void>
}

/** A suite's subject. */
export interface MailboxSubject {
  readonly open: () => Promise<MailboxTrial>
}

type Test = (replicas: {
  readonly sender: Mailbox
  readonly owner: Mailbox
  readonly trial: MailboxTrial
}) => Promise<void>

const ANSWER_WITHIN_MS = 20_000

/** Runs the suite against one adapter. */
export function describeMailbox(name: string, subject: MailboxSubject): void {
  const within = (test: Test) => async () => {
    const trial = await subject.open()
    try {
      await test({ sender: await trial.join(), owner: await trial.join(), trial })
    } finally {
      await trial.discard()
    }
  }
  describe(name, () => {
    describeAnswers(within)
    describeOwnership(within)
    describeEnd(within)
  })
}

type Within = (test: Test) => () => Promise<void>

function letterOf(id: string, body: JsonObject = {}, subject = 'Environment/shop'): Letter {
  return { id, subject, body }
}

const always = (): boolean => true

function soon(): AbortSignal {
  return AbortSignal.timeout(ANSWER_WITHIN_MS)
}

function describeAnswers(within: Within): void {
  it(
    'answers what another replica was asked, whichever came first',
    within(async ({ sender, owner }) => {
      const early = sender.send(letterOf('1', { word: 'hold', text: 'Grüße\u0000' }), soon())
      owner.serve(always, async ({ id, body }) => ({ id, body }))
      assert.deepEqual(await early, { id: '1', body: { word: 'hold', text: 'Grüße\u0000' } })
      assert.deepEqual(await sender.send(letterOf('2'), soon()), { id: '2', body: {} })
    }),
  )

  it(
    'answers a replica that writes to itself',
    within(async ({ owner }) => {
      owner.serve(always, async () => ({ ok: true }))
      assert.deepEqual(await owner.send(letterOf('1'), soon()), { ok: true })
    }),
  )

  it(
    'handles a letter once, whoever sends it again and however many would answer',
    within(async ({ sender, owner, trial }) => {
      let handled = 0
      const handle = async (): Promise<JsonObject> => ({ handled: ++handled })
      for (const mailbox of [owner, sender, await trial.join()]) mailbox.serve(always, handle)
      const twice = [sender.send(letterOf('1'), soon()), owner.send(letterOf('1'), soon())]
      assert.deepEqual(await Promise.all(twice), [{ handled: 1 }, { handled: 1 }])
      assert.deepEqual(await sender.send(letterOf('1'), soon()), { handled: 1 })
    }),
  )

  it(
    'handles the letters of one subject one at a time, in their order, and of several side by side',
    within(async ({ sender, owner }) => {
      const handled: string[] = []
      const { promise: gate, resolve: open } = Promise.withResolvers<void>()
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
      owner.serve(always, async ({ id }) => {
        handled.push(id)
        if (id === 'a1') begin()
        if (id === 'a1') await gate
        handled.push(`${id} done`)
        return {}
      })
      const first = sender.send(letterOf('a1'), soon())
      await begun
      const second = sender.send(letterOf('a2'), soon())
      await sender.send(letterOf('b1', {}, 'Environment/cellar'), soon())
      assert.deepEqual(handled, ['a1', 'b1', 'b1 done'])
      open()
      await Promise.all([first, second])
      assert.deepEqual(handled.slice(3), ['a1 done', 'a2', 'a2 done'])
    }),
  )

  it(
    'handles a letter again whose handling failed, while others go on',
    within(async ({ sender, owner }) => {
      const tried: string[] = []
      owner.serve(always, async ({ id }) => {
        tried.push(id)
        if (id === '1' && tried.filter((one) => one === '1').length === 1) {
          throw new Fault({
            code: 'ledger-unavailable',
            operation: 'handle a letter',
            subject: id,
            hint: 'It fails once.',
          })
        }
        return { to: id }
      })
      const [first, second] = await Promise.all([
        sender.send(letterOf('1'), soon()),
        sender.send(letterOf('2'), soon()),
      ])
      assert.deepEqual([first, second], [{ to: '1' }, { to: '2' }])
      assert.deepEqual(tried, ['1', '2', '1'])
    }),
  )
}

function describeOwnership(within: Within): void {
  it(
    'leaves a letter to whoever owns its subject, also when that changes',
    within(async ({ sender, owner, trial }) => {
      const owned = new Set<string>()
      const serving = owner.serve(
        (subject) => owned.has(subject),
        async () => ({ by: 'owner' }),
      )
      const other = await trial.join()
      other.serve(
        (subject) => subject === 'Environment/cellar',
        async () => ({ by: 'other' }),
      )
      const waiting = sender.send(letterOf('1'), soon())
      const elsewhere = await sender.send(letterOf('2', {}, 'Environment/cellar'), soon())
      assert.deepEqual(elsewhere, { by: 'other' })
      owned.add('Environment/shop')
      serving.look()
      assert.deepEqual(await waiting, { by: 'owner' })
    }),
  )

  it(
    'takes a letter back that nobody took up in time',
    within(async ({ sender, owner }) => {
      const patience = new AbortController()
      const unheard = sender.send(letterOf('1'), patience.signal)
      patience.abort()
      assert.equal(await unheard, undefined)
      assert.equal(await sender.send(letterOf('2'), AbortSignal.abort()), undefined)
      const handled: string[] = []
      owner.serve(always, async ({ id }) => {
        handled.push(id)
        return {}
      })
      await sender.send(letterOf('3'), soon())
      assert.deepEqual(handled, ['3'])
    }),
  )
}

function describeEnd(within: Within): void {
  it(
    'answers no more once it was told to stop, or is closed',
    within(async ({ sender, owner, trial }) => {
      const unwanted = async (): Promise<JsonObject> => ({ by: 'nobody' })
      owner.serve(always, unwanted).stop()
      const closed = await trial.join()
      closed.serve(always, unwanted)
      await closed.close()
      await closed.close()
      const waiting = sender.send(letterOf('1'), soon())
      const last = await trial.join()
      last.serve(always, async () => ({ by: 'last' }))
      assert.deepEqual(await waiting, { by: 'last' })
      await assert.rejects(closed.send(letterOf('2'), soon()), (thrown) =>
        isFault(thrown, 'store-unavailable'),
      )
    }),
  )
}
