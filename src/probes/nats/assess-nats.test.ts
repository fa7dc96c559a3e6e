/** The rows of the tables that one healthy server cannot be made to show. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gist } from '../../../test/support/asking.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessNats } from './assess-nats.ts'
import { matches } from './assess-state.ts'
import type { ConsumerFacts, NatsFacts } from './facts.ts'
import { readNatsInput } from './nats-input.ts'

const input = readNatsInput(
  new InputReader({
    url: 'nats://h',
    stream: 'ORDERS',
    consumer: 'workers',
    canary: { subject: 'orders.canary' },
  }),
)
const consumer: ConsumerFacts = {
  isPaused: false,
  isPush: false,
  isBound: false,
  waiting: 1,
  pending: 0,
  unacknowledged: 0,
  delivered: 7,
  acknowledged: 7,
  acknowledges: 'explicit',
  filters: [],
}
const server = {
  version: '2.11.4',
  name: 'n1',
  isSecure: false,
  hasJetStream: true,
  isEnding: false,
}
const stream = { messages: 0, lastSequence: 7, retention: 'limits', mayDelete: true }
const canary = {
  sequence: 7,
  isAcknowledged: true,
  tookMs: 3,
  isEarlier: false,
  isAnswered: false,
  removal: 'removed',
} as const
const seen: NatsFacts = { latencyMs: 7, failed: [], server, stream, consumer, canary }

describe('what one attempt saw of NATS', () => {
  it('is good when nothing is wrong', () => {
    assert.equal(gist(assessNats(input, seen)), 'passed ready')
  })

  it('is not yet good in any of these states', () => {
    for (const [more, expected] of [
      [{ server: { ...server, isEnding: true } }, 'shutting-down'],
      [{ stream: { ...stream, leader: '' } }, 'no-leader'],
      [{ consumer: { ...consumer, leader: '' } }, 'no-leader'],
      [{ consumer: { ...consumer, isPaused: true } }, 'paused'],
      [{ canary: { ...canary, removal: 'gone' } }, 'canary-lost'],
      [{ canary: { ...canary, removal: 'left' } }, 'canary-left'],
    ] as const) {
      const answer = assessNats(input, { ...seen, ...more })
      assert.equal(answer.reason, expected, answer.sentence)
    }
  })

  it('does not take a message that a work queue has forgotten for one that it lost', () => {
    const gone = { ...canary, removal: 'gone' } as const
    const answer = assessNats(input, {
      ...seen,
      stream: { ...stream, retention: 'workqueue' },
      canary: gone,
    })
    assert.equal(gist(answer), 'passed ready', answer.sentence)
  })

  it('is judged by what the server says when the session ends early', () => {
    const { canary: _canary, ...early } = seen
    for (const [code, message, expected] of [
      ['10008', 'JetStream system temporarily unavailable', 'failed notYet jetstream-unavailable'],
      ['10039', 'jetstream not enabled for account', 'failed notYet no-jetstream'],
      ['REFUSED', 'maximum connections exceeded', 'failed notYet too-many-connections'],
      ['UserAuthenticationExpiredError', 'expired', 'failed terminal wrong-credentials'],
      ['10999', 'something new', 'failed notYet refused-command'],
    ] as const) {
      const answer = assessNats(input, { ...early, failure: { code, message } })
      assert.equal(gist(answer), expected, answer.sentence)
    }
  })
})

describe('a filter of a consumer', () => {
  it('means the subjects that NATS takes it for', () => {
    for (const [filter, subject, expected] of [
      ['orders.canary', 'orders.canary', true],
      ['orders.*', 'orders.canary', true],
      ['orders.*', 'orders.eu.canary', false],
      ['orders.>', 'orders.eu.canary', true],
      ['orders.>', 'orders', false],
      ['>', 'orders', true],
      ['*.canary', 'orders.canary', true],
      ['orders.canary', 'orders', false],
    ] as const) {
      assert.equal(matches(filter, subject), expected, `${filter} ${subject}`)
    }
  })
})
