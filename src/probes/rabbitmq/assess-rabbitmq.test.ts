/** The rows of the tables that one healthy broker cannot be made to show. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gist } from '../../../test/support/asking.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessRabbitmq } from './assess-rabbitmq.ts'
import type { RabbitmqFacts } from './facts.ts'
import { readRabbitmqInput } from './rabbitmq-input.ts'

const input = readRabbitmqInput(
  new InputReader({ url: 'amqp://h/shop', management: 'http://h:15672', queue: 'orders' }),
)
const seen: RabbitmqFacts = { latencyMs: 7, failed: [], version: '3.10.8' }

describe('what one attempt saw of RabbitMQ', () => {
  it('is not yet good while a queue is down or without its majority', () => {
    for (const state of ['down', 'minority', 'crashed', 'stopped']) {
      const answer = assessRabbitmq(input, { ...seen, management: { alarms: [], state } })
      assert.equal(gist(answer), 'failed notYet queue-down')
      assert.match(answer.sentence, new RegExp(`h:5672/shop says of the queue orders .* ${state}`))
    }
  })

  it('is not yet good while the broker ends, or a vhost has not started', () => {
    for (const [message, expected] of [
      ['CONNECTION_FORCED - broker forced connection closure', 'shutting-down'],
      ["INTERNAL_ERROR - access to vhost 'shop' refused: vhost 'shop' is down", 'starting'],
      ['something new', 'refused-command'],
    ] as const) {
      const answer = assessRabbitmq(input, { ...seen, failure: { code: '541', message } })
      assert.equal(gist(answer), `failed notYet ${expected}`)
    }
  })

  it('is not yet good when the management plugin says too much, or is not there', () => {
    for (const [code, expected] of [
      ['TOO_LARGE', 'too-much'],
      ['ECONNREFUSED', 'refused'],
      ['500', 'refused-command'],
    ] as const) {
      const failure = { code, message: '', isManagement: true } as const
      const answer = assessRabbitmq(input, { ...seen, failure })
      assert.equal(gist(answer), `failed notYet ${expected}`)
      assert.match(answer.sentence, /^The management of RabbitMQ h:5672\/shop /)
    }
  })

  it('keeps what became of the canary above that time was up', () => {
    const canary = { fate: 'undelivered', tookMs: 5, isEarlier: false } as const
    const wanted = readRabbitmqInput(
      new InputReader({ url: 'amqp://h', queue: 'orders', consumers: 0, canary: {} }),
    )
    const failure = { code: 'ABORTED', message: '' }
    const answer = assessRabbitmq(wanted, { ...seen, canary, failure })
    assert.equal(gist(answer), 'failed notYet canary-undelivered')
  })
})
