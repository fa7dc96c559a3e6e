import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { Drive } from '../../../test/support/drive.ts'
import { commandOf, planOf, probed, stageOf } from '../../../test/support/plan-words.ts'
import { openLiveView } from './live-view.ts'
import { paintFor } from './paint.ts'

/** A terminal of 80 columns that keeps what was written to it. */
class Terminal extends PassThrough {
  readonly isTTY = true
  readonly columns = 80
  readonly rows = 24
  text = ''

  constructor() {
    super()
    this.on('data', (chunk: Buffer) => {
      this.text += stripVTControlCharacters(String(chunk))
    })
  }

  /** Waits until something has been written. */
  async until(pattern: RegExp): Promise<void> {
    const signal = AbortSignal.timeout(60_000)
    while (!pattern.test(this.text)) await once(this, 'data', { signal })
  }
}

test('draws the stages, what they wait for, a note, and leaves the last picture', async () => {
  const stage = stageOf('web', { command: commandOf('start'), conditions: [probed('serves')] })
  const drive = new Drive(planOf([stage]))
  const terminal = new Terminal()
  const paint = paintFor({ isTTY: false }, {})
  const view = openLiveView({ stream: terminal, paint, nowMs: () => drive.nowMs })
  try {
    view.note('Ctrl-C aborts')
    view.show(drive.state, new Map())
    await terminal.until(/shop up {2}ramp {2}under way[\s\S]*▸ web +starting[\s\S]*Ctrl-C aborts/)
    drive.done('web')
    drive.answer('web:serves', 'failed', { sentence: 'Nobody listens.' })
    view.show(drive.state, new Map())
    await terminal.until(/▸ web +proving +0 ms \/ 1 min 00 s {2}serves: Nobody listens\./)
    drive.nowMs += 120
    drive.answer('web:serves', 'passed')
    view.show(drive.state, new Map())
    await terminal.until(/shop up {2}ramp {2}ready[\s\S]*✔ web +ready/)
  } finally {
    view.close()
    view.close()
  }
  await setImmediate()
  const before = terminal.text
  view.show(drive.state, new Map())
  await setImmediate()
  assert.equal(terminal.text, before, 'a closed view draws nothing')
})
