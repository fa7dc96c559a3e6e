import assert from 'node:assert/strict'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { askingOf, askOnce, gist } from '../../../test/support/asking.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { NotifyProbe } from './notify-probe.ts'

const STARTED_AT_MS = 1_000_000
const SILENCE: JsonObject = {
  ready: false,
  reloading: false,
  stopping: false,
  watchdogTriggered: false,
  messages: 0,
  listeningSinceMs: STARTED_AT_MS,
}

class Bench {
  readonly self: JsonObject
  readonly #file: string
  nowMs = STARTED_AT_MS + 500
  readonly probe = new NotifyProbe({ nowMs: () => this.nowMs })

  constructor(folder: string) {
    this.#file = join(folder, 'notify.json')
    this.self = { notify: this.#file, startedAtMs: STARTED_AT_MS }
  }

  /** As the runtime writes it. */
  async said(words: JsonObject): Promise<void> {
    await writeFile(`${this.#file}.draft`, JSON.stringify({ ...SILENCE, messages: 1, ...words }))
    await rename(`${this.#file}.draft`, this.#file)
  }

  ask(input: JsonObject = {}) {
    return askOnce(this.probe, input, { self: this.self })
  }
}

async function bench(test: TestContext): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-notify-'))
  test.after(() => rm(folder, { recursive: true }))
  return new Bench(folder)
}

const READY = { ready: true, readyAtMs: STARTED_AT_MS + 300 }

describe('the notify probe', { timeout: 120_000 }, () => {
  it('waits for READY=1, and shows the status meanwhile', async (test) => {
    const one = await bench(test)
    await one.said({ messages: 0 })
    const silent = await one.ask()
    assert.equal(gist(silent), 'failed notYet silent')
    assert.equal(silent.sentence, 'The process has said nothing within 500 ms.')
    await one.said({ status: 'loading 40 % of amqp://app:hunter2@mq' })
    const waiting = await one.ask()
    assert.equal(gist(waiting), 'failed notYet not-ready')
    assert.match(waiting.sentence, /within 500 ms\. It says: loading 40 %/)
    assert.doesNotMatch(JSON.stringify(waiting), /hunter2/)
    await one.said(READY)
    const ready = await one.ask()
    assert.equal(gist(ready), 'passed ready')
    assert.equal(ready.evidence['readyAfterMs'], 300)
    assert.equal(ready.sentence, 'The process said READY=1 after 300 ms.')
  })

  it('is terminal once it stops or asks to be taken for hung, and waits while it reloads', async (test) => {
    const one = await bench(test)
    await one.said({ reloading: true })
    assert.equal(gist(await one.ask()), 'failed notYet reloading')
    await one.said({ stopping: true, errno: 98 })
    const stopping = await one.ask()
    assert.equal(gist(stopping), 'failed terminal stopping')
    assert.equal(stopping.evidence['errno'], 98)
    await one.said({ ...READY, watchdogTriggered: true })
    assert.equal(gist(await one.ask()), 'failed terminal watchdog-triggered')
  })

  it('is terminal when the start takes too long, unless it has asked for longer', async (test) => {
    const one = await bench(test)
    const input = { startWithin: 1_000 }
    await one.said({})
    assert.equal(gist(await one.ask(input)), 'failed notYet not-ready')
    one.nowMs = STARTED_AT_MS + 1_001
    assert.equal(gist(await one.ask(input)), 'failed terminal too-late')
    await one.said({ extendedUntilMs: STARTED_AT_MS + 3_000 })
    const patient = await one.ask(input)
    assert.equal(gist(patient), 'failed notYet not-ready')
    assert.equal(patient.evidence['extendedToMs'], 3_000)
    one.nowMs = STARTED_AT_MS + 3_001
    assert.equal(gist(await one.ask(input)), 'failed terminal too-late')
    await one.said(READY)
    assert.equal(gist(await one.ask(input)), 'passed ready')
  })

  it('fails while WATCHDOG=1 is late, counted from when somebody listens', async (test) => {
    const one = await bench(test)
    const input = { watchdog: 1_000 }
    await one.said(READY)
    assert.equal(gist(await one.ask(input)), 'passed ready')
    one.nowMs = STARTED_AT_MS + 1_301
    assert.equal(gist(await one.ask(input)), 'failed notYet watchdog-late')
    await one.said({ ...READY, watchdogAtMs: STARTED_AT_MS + 1_000 })
    assert.equal(gist(await one.ask(input)), 'passed ready')
    one.nowMs = STARTED_AT_MS + 60_000
    await one.said({ ...READY, listeningSinceMs: STARTED_AT_MS + 59_500 })
    assert.equal(gist(await one.ask(input)), 'passed ready')
  })

  it('waits for the status that is asked for', async (test) => {
    const one = await bench(test)
    await one.said({ ...READY, status: 'standby' })
    assert.equal(gist(await one.ask({ status: '^leader' })), 'failed notYet wrong-status')
    await one.said({ ...READY, status: 'leader of 3' })
    assert.equal(gist(await one.ask({ status: '^leader' })), 'passed ready')
  })

  it('tells when something is said', async (test) => {
    const one = await bench(test)
    await one.said({})
    const { promise: changed, resolve } = Promise.withResolvers<void>()
    const stopWatching = one.probe.watch(askingOf({}, { self: one.self }), resolve)
    await one.said(READY)
    await changed
    stopWatching()
  })

  it('errs where there is no process, no file, or no pattern', async (test) => {
    const one = await bench(test)
    assert.equal(gist(await askOnce(one.probe, {})), 'errored terminal no-process')
    assert.equal(gist(await one.ask()), 'errored notYet unreadable')
    assert.equal(gist(await one.ask({ status: '(' })), 'errored terminal malformed-input')
  })
})
