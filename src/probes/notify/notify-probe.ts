/**
 * The `notify` probe: what has the component's own process said of itself by systemd's notification
 * protocol (READY=1 and the like)? The runtime listens and writes it down; this only reads that, so it
 * is known to whichever daemon asks.
 */
import { readFile } from 'node:fs/promises'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { errored, malformedInput } from '../answer/answer.ts'
import { parseDocument } from '../document/parse-document.ts'
import { InputReader } from '../input/input-reader.ts'
import { watchPath } from '../watching/watch-path.ts'
import { assessNotify } from './assess-notify.ts'
import { readNotifyInput } from './notify-input.ts'
import { type NotifyWords, readNotifyWords } from './notify-words.ts'

/** Reads what processes say of themselves. */
export class NotifyProbe implements Probe {
  readonly kind = 'notify'
  readonly #clock: Pick<Clock, 'nowMs'>

  /** @param clock the one by which the runtime notes when things were said */
  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readNotifyInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const file = fileOf(asking.self)
    if (file === undefined) {
      return errored('terminal', {
        reason: 'no-process',
        sentence: 'The stage has started no process that was given a NOTIFY_SOCKET.',
        evidence: {},
      })
    }
    const words = await readWords(file)
    if (typeof words === 'string') {
      const sentence = `What the process says of itself cannot be read: ${words}`
      return errored('notYet', { reason: 'unreadable', sentence, evidence: {} })
    }
    const nowMs = this.#clock.nowMs()
    const { startedAtMs } = asking.self
    return assessNotify(input, {
      words,
      nowMs,
      startedAtMs: typeof startedAtMs === 'number' ? startedAtMs : nowMs,
    })
  }

  watch(asking: Asking, changed: () => void): () => void {
    const file = fileOf(asking.self)
    return file === undefined ? () => undefined : watchPath(file, changed)
  }
}

function fileOf(self: JsonObject): string | undefined {
  const { notify } = self
  return typeof notify === 'string' ? notify : undefined
}

async function readWords(file: string): Promise<NotifyWords | string> {
  try {
    const document = parseDocument(await readFile(file, 'utf8'))
    if (!document.parsed) return document.mistake
    return readNotifyWords(document.json) ?? 'it is not what the runtime writes'
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}
