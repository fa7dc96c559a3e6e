import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { foldMessage, parseNotifyState, printNotifyState, silence } from './notify-state.ts'

const NOW = 1_000_000

function say(...messages: readonly string[]) {
  return messages.reduce((state, message) => foldMessage(state, message, NOW), silence(0))
}

describe('what components say of themselves', () => {
  it('is read from the lines of a message, in whatever order', () => {
    const state = say('STATUS=warm = hot\nMAINPID=42\nERRNO=2\nREADY=1\n')
    assert.equal(state.ready, true)
    assert.equal(state.readyAtMs, NOW)
    assert.equal(state.status, 'warm = hot')
    assert.deepEqual([state.mainPid, state.errno, state.messages], [42, 2, 1])
  })

  it('is ready until it reloads or stops', () => {
    assert.equal(say('READY=1', 'RELOADING=1').ready, false)
    assert.equal(say('READY=1', 'RELOADING=1', 'READY=1').ready, true)
    const stopping = say('READY=1', 'STOPPING=1')
    assert.deepEqual([stopping.ready, stopping.stopping], [false, true])
  })

  it('asks for patience in microseconds, rounded up', () => {
    assert.equal(say('EXTEND_TIMEOUT_USEC=1500001').extendedUntilMs, NOW + 1_501)
  })

  it('passes over what is not known or makes no sense', () => {
    const nothing = say('FDSTORE=1', 'READY=yes', 'ERRNO=x', 'MAINPID=-1', '=', '', '\0\0')
    assert.deepEqual({ ...nothing, messages: 0 }, silence(0))
  })

  it('is kept as text, and torn text is no state', () => {
    const state = say('READY=1\nSTATUS=grün', 'WATCHDOG=1')
    assert.deepEqual(parseNotifyState(printNotifyState(state)), state)
    for (const torn of ['', '{"ready":tr', '[]', 'null', '{"ready":true}']) {
      assert.equal(parseNotifyState(torn), undefined, torn)
    }
  })
})
