/** Says a word to a ramp and waits until it is recorded, so that what became of it can be told. */
import type { Entry, HeardEntry, Word } from '../core/entry/entry.ts'
import { Fault } from '../core/fault/fault.ts'
import { assessWord } from '../core/ramp/decide-word.ts'
import type { Engine } from '../engine/engine.ts'
import type { EngineEventMap } from '../engine/events.ts'
import type { Clock } from '../seams/clock.ts'
import type { SayReply } from './wire.ts'

/** How long the ledger may take to record a word. @unit ms */
const PATIENCE_MS = 10_000

/** Entries that begin a batch. */
const HEARD: ReadonlySet<Entry['type']> = new Set<HeardEntry['type']>([
  'ramp.opened',
  'condition.answered',
  'command.answered',
  'word.spoken',
  'news.heard',
  'clock.ticked',
])

/** What is said, and to which ramp. */
export interface Saying {
  readonly ramp: string
  readonly by: string
  readonly word: Word
}

/**
 * Says it.
 *
 * @throws word-refused when the ramp has ended
 * @throws ledger-unavailable when it was not recorded in time; it may be later
 */
export async function sayWord(
  parts: { readonly engine: Engine; readonly clock: Clock },
  saying: Saying,
): Promise<SayReply> {
  const { engine, clock } = parts
  const { ramp, by, word } = saying
  const state = await engine.state(ramp)
  if (state === undefined || state.ended !== undefined) {
    const refusal = state && assessWord(state, by, word)
    throw refused(ramp, refusal?.sentence ?? 'No such ramp is under way.')
  }
  const { promise, resolve, reject } = Promise.withResolvers<SayReply>()
  const unsubscribe = engine.events.on('ramp.advanced', (batch) => {
    if (batch.ramp !== ramp) return
    const reply = replyIn(batch, word)
    if (reply !== undefined) resolve(reply)
    else if (batch.state.ended !== undefined) reject(refused(ramp, 'The ramp has ended meanwhile.'))
  })
  const deadline = clock.wakeAt(clock.nowMs() + PATIENCE_MS, () => reject(unrecorded(ramp)))
  try {
    engine.say(ramp, by, word)
    return await promise
  } finally {
    unsubscribe()
    deadline.cancel()
  }
}

/** The reply, when the word is in this batch; a word is known by its identity, not by what it says. */
function replyIn(batch: EngineEventMap['ramp.advanced'], word: Word): SayReply | undefined {
  const { state, entries } = batch
  const place = entries.findIndex((entry) => entry.type === 'word.spoken' && entry.word === word)
  if (place < 0) return undefined
  const rest = entries.slice(place + 1)
  const next = rest.findIndex((entry) => HEARD.has(entry.type))
  const decided = next < 0 ? rest : rest.slice(0, next)
  const sequence = state.sequence - entries.length + place + 1
  const refusal = decided.find((entry) => entry.type === 'word.refused')
  if (refusal === undefined) return { sequence, decided }
  const { reason, sentence } = refusal
  return { sequence, decided, refusal: { reason, sentence } }
}

function refused(ramp: string, hint: string): Fault {
  return new Fault({ code: 'word-refused', operation: 'speak to the ramp', subject: ramp, hint })
}

function unrecorded(ramp: string): Fault {
  return new Fault({
    code: 'ledger-unavailable',
    operation: 'speak to the ramp',
    subject: ramp,
    hint: 'The ledger did not record the word in time; it may still be heard.',
  })
}
