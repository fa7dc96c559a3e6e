/** Says a word to a ramp and waits until it is recorded, so that what became of it can be told. */
import type { Entry, HeardEntry, Word } from '../core/entry/entry.ts'
import { changedSince } from '../core/fault/changed-since.ts'
import { Fault } from '../core/fault/fault.ts'
import { assessWord, type Refusal } from '../core/ramp/decide-word.ts'
import type { RampState } from '../core/ramp/state.ts'
import { printCanonicalJson } from '../core/units/json.ts'
import type { Clock } from '../seams/clock.ts'
import type { Ledger } from '../seams/ledger.ts'
import type { EngineEvents } from './events.ts'
import { closedFault } from './local-ramps.ts'
import { fencedFault } from './ownership.ts'
import type { RampLoop } from './ramp-loop.ts'

/** How long the ledger may take to record a word. @unit ms */
const PATIENCE_MS = 10_000

/** What is said, and to which ramp. */
export interface Saying {
  readonly ramp: string
  readonly by: string
  readonly word: Word
  /**
   * Sequences, one of which must be that of the ramp's last entry before the word. Judged by whoever
   * decides upon the word, in the same step. @default any
   */
  readonly heads?: readonly number[]
}

/** What became of a word: it is recorded either way. */
export interface Spoken {
  /** The ramp's sequence at which the word stands. */
  readonly sequence: number
  /** Why it had no effect; absent: it had one. */
  readonly refusal?: Refusal
  /** What was decided in the same batch. */
  readonly decided: readonly Entry[]
}

/** Entries that begin a batch. */
const HEARD: ReadonlySet<Entry['type']> = new Set<HeardEntry['type']>([
  'ramp.opened',
  'condition.answered',
  'command.answered',
  'word.spoken',
  'news.heard',
  'clock.ticked',
])

/**
 * Says a word to a ramp that is under way here.
 *
 * @throws word-refused when the ramp ends before it is heard
 * @throws precondition-failed when the ramp is at another head; nothing is recorded
 * @throws ledger-fenced when the ramp is another replica's before it is recorded
 * @throws ledger-unavailable when it was not recorded in time; it may be later
 * @throws engine-closed when it may not have been recorded before that
 */
export async function speak(
  parts: {
    readonly events: EngineEvents
    readonly clock: Clock
    /** Aborted when the engine closes. */
    readonly closing: AbortSignal
  },
  loop: RampLoop,
  saying: Saying,
): Promise<Spoken> {
  const { events, clock, closing } = parts
  const { ramp, by, word, heads } = saying
  const { promise, resolve, reject } = Promise.withResolvers<Spoken>()
  const stops = [
    events.on('ramp.advanced', ({ ramp: advanced, state, entries }) => {
      if (advanced !== ramp) return
      const spoken = spokenIn(entries, state.sequence - entries.length, saying)
      if (spoken !== undefined) resolve(spoken)
      else if (state.ended !== undefined) reject(endedFault(state, saying))
    }),
    events.on('ownership.lost', ({ subject, ramps }) => {
      if (ramps.includes(ramp)) reject(fencedFault(subject))
    }),
  ]
  const giveUp = (): void => reject(closedFault())
  closing.addEventListener('abort', giveUp)
  const deadline = clock.wakeAt(clock.nowMs() + PATIENCE_MS, () => reject(unrecorded(ramp)))
  try {
    const missed = (head: number): void => reject(movedOn(ramp, head))
    loop.hear({ type: 'word', by, word }, { at: heads && { heads, missed } })
    return await promise
  } finally {
    for (const stop of stops) stop()
    deadline.cancel()
    closing.removeEventListener('abort', giveUp)
  }
}

/** What became of a word that may have been recorded after a sequence already. */
export async function findSpoken(
  ledger: Ledger,
  saying: Saying,
  after: number,
): Promise<Spoken | undefined> {
  const entries: Entry[] = []
  for await (const { entry } of ledger.read(saying.ramp, after)) entries.push(entry)
  return spokenIn(entries, after, saying)
}

/** The fault of whoever speaks to a ramp that has ended, or to none. */
export function endedFault(state: RampState | undefined, { ramp, by, word }: Saying): Fault {
  const refusal = state && assessWord(state, by, word)
  const hint = refusal?.sentence ?? 'No such ramp is under way.'
  return new Fault({ code: 'word-refused', operation: 'speak to the ramp', subject: ramp, hint })
}

/** The fault of whoever speaks of an earlier head. An ETag is the sequence in quotes. */
export function movedOn(ramp: string, head: number): Fault {
  return changedSince({ operation: 'speak to the ramp', subject: ramp }, `"${head}"`)
}

/** What became of a word in entries that follow a sequence. */
function spokenIn(
  entries: readonly Entry[],
  after: number,
  { by, word }: Saying,
): Spoken | undefined {
  const place = entries.findIndex(
    (entry) => entry.type === 'word.spoken' && entry.by === by && isSame(entry.word, word),
  )
  if (place < 0) return undefined
  const rest = entries.slice(place + 1)
  const next = rest.findIndex((entry) => HEARD.has(entry.type))
  const decided = next < 0 ? rest : rest.slice(0, next)
  const sequence = after + place + 1
  const refusal = decided.find((entry) => entry.type === 'word.refused')
  if (refusal === undefined) return { sequence, decided }
  const { reason, sentence } = refusal
  return { sequence, decided, refusal: { reason, sentence } }
}

function isSame(one: Word, other: Word): boolean {
  return one === other || printCanonicalJson(one) === printCanonicalJson(other)
}

function unrecorded(ramp: string): Fault {
  return new Fault({
    code: 'ledger-unavailable',
    operation: 'speak to the ramp',
    subject: ramp,
    hint: 'The ledger did not record the word in time; it may still be heard.',
  })
}
