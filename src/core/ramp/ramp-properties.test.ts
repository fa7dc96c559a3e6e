/** What holds for every plan and whatever is heard, found by trying at random. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StreamChecker } from '../../../test/simulation/checkers/stream-checker.ts'
import { randomWord } from '../../../test/simulation/people.ts'
import { randomPlan } from '../../../test/simulation/random-plan.ts'
import { RandomStream } from '../../../test/simulation/simulated-random.ts'
import { World } from '../../../test/simulation/world/world.ts'
import type { Entry } from '../entry/entry.ts'
import type { Plan } from '../plan/plan.ts'
import type { Verdict } from '../plan/verdict.ts'
import { advance, openRamp } from './advance.ts'
import { nextDue } from './due.ts'
import { fold } from './fold.ts'
import type { Input } from './input.ts'
import { openQuestions } from './open-questions.ts'
import { replay } from './replay.ts'
import { type RampState, stageAt } from './state.ts'

const VERDICTS: readonly [Verdict, ...Verdict[]] = [
  'passed',
  'passed',
  'passed',
  'failed',
  'inconclusive',
  'errored',
]

interface Heard {
  readonly input: Input
  readonly nowMs: number
}

interface Run {
  readonly entries: readonly Entry[]
  readonly state: RampState
  readonly heard: readonly Heard[]
  /** The state before each input. */
  readonly before: readonly RampState[]
}

/** A ramp of a random plan that hears so many things, likely and unlikely. */
function randomRun(seed: number, inputs: number): Run {
  const chance = new RandomStream(seed)
  const plan = randomPlan(chance, { name: 'alpha', others: ['beta'], world: new World() })
  let nowMs = 1_000
  const opened = openRamp({ ramp: 'ramp', plan, by: 'proposer' }, nowMs)
  let { state } = opened
  const entries = [...opened.entries]
  const heard: Heard[] = []
  const before: RampState[] = []
  for (let left = inputs; left > 0; left--) {
    const due = nextDue(state, nowMs)
    // Now and then the clock steps back; mostly it goes to what is due, or a little on.
    if (due !== undefined && chance.chance(30)) nowMs = Math.max(nowMs, due.atMs)
    else nowMs += chance.between(-50, 2_000)
    const input = randomInput(chance, plan, state)
    heard.push({ input, nowMs })
    before.push(state)
    const next = advance(state, input, nowMs)
    entries.push(...next.entries)
    state = next.state
  }
  return { entries, state, heard, before }
}

function randomInput(chance: RandomStream, plan: Plan, state: RampState): Input {
  const roll = chance.integer(100)
  if (roll < 15) return { type: 'tick' }
  if (roll < 20) return { type: 'word', ...randomWord(chance, plan) }
  if (roll < 25) {
    const is = chance.pick(['moving', 'reached up', 'undoing'])
    return { type: 'news', subject: 'simulated/beta', is, digest: state.planDigest }
  }
  if (roll < 55) return randomCommandAnswer(chance, state)
  return randomAnswer(chance, plan, state)
}

function randomCommandAnswer(chance: RandomStream, state: RampState): Input {
  const { inFlight } = stageAt(state, chance.integer(state.stages.length)).now
  const verdict = chance.chance(85) ? 'done' : 'failed'
  const answer = { verdict, reason: 'random', sentence: 'It is random.', outputs: {} } as const
  const command = inFlight?.id ?? 'ramp/nowhere/1'
  return { type: 'command', command, answer: { ...answer, retryable: chance.chance(50) } }
}

function randomAnswer(chance: RandomStream, plan: Plan, state: RampState): Input {
  const open = openQuestions(state)
  const question = open[chance.integer(open.length)]
  const anywhere = plan.stages[chance.integer(plan.stages.length)]
  const isWild = question === undefined || chance.chance(10)
  return {
    type: 'answer',
    stage: isWild ? (anywhere?.name ?? 'nowhere') : question.stage,
    condition: isWild ? 'ready' : question.condition.name,
    incarnation: isWild ? chance.between(0, 3) : question.incarnation,
    attempt: isWild ? chance.between(0, 5) : question.now.attempts + chance.between(1, 2),
    isLast: chance.chance(10),
    answer: {
      verdict: chance.pick(VERDICTS),
      outlook: chance.chance(10) ? 'terminal' : 'notYet',
      reason: chance.pick(['one', 'two']),
      sentence: 'It is random.',
      evidence: {},
    },
  }
}

/** Tries a property on many random runs. */
function holds(property: (run: Run, place: number) => void): void {
  const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })
  const tried = fc.property(seeds, fc.nat(250), fc.nat(), (seed, inputs, place) => {
    const run = randomRun(seed, inputs)
    property(run, place % (run.entries.length + 1))
  })
  fc.assert(tried, { numRuns: 250 })
}

test('nothing that is heard makes the heart fail, or do what must never be done', () => {
  holds(({ entries }) => {
    assert.deepEqual(new StreamChecker(entries).violations, [])
  })
})

test('the state is the fold of the entries, in one go or in two', () => {
  holds(({ entries, state }, place) => {
    assert.deepEqual(fold(entries), state)
    assert.deepEqual(fold(entries.slice(place), fold(entries.slice(0, place))), state)
  })
})

test('every batch is decided again as it was', () => {
  holds(({ entries }) => {
    assert.equal(replay(entries).agrees, true)
  })
})

test('a state that was kept as JSON goes on exactly as the one it was made from', () => {
  holds(({ heard, before }, place) => {
    const at = place % Math.max(1, heard.length)
    const state = before[at]
    if (state === undefined) return
    let kept = JSON.parse(JSON.stringify(state)) as RampState
    let lived = state
    for (const { input, nowMs } of heard.slice(at)) {
      const one = advance(kept, input, nowMs)
      const other = advance(lived, input, nowMs)
      assert.equal(JSON.stringify(one.entries), JSON.stringify(other.entries))
      assert.equal(JSON.stringify(one.commands), JSON.stringify(other.commands))
      kept = one.state
      lived = other.state
    }
  })
})

test('a state handed out is never altered by what is heard later', () => {
  holds(({ entries, before }) => {
    for (const state of before.slice(0, 3)) {
      assert.deepEqual(fold(entries.slice(0, state.sequence)), state)
    }
  })
})

test('a tick when nothing is due decides nothing', () => {
  holds(({ state, heard }) => {
    const nowMs = Math.max(state.latestMs, heard.at(-1)?.nowMs ?? 0)
    const settled = advance(state, { type: 'tick' }, nowMs).state
    const due = nextDue(settled, nowMs)
    const untilMs = due === undefined ? nowMs + 1_000_000 : due.atMs - 1
    assert.deepEqual(advance(settled, { type: 'tick' }, untilMs).entries, [])
  })
})
