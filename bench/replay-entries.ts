/** Real entries for a long ledger: whole ramps, decided by the heart from answers as probes give them. */

import type { Entry } from '../src/core/entry/entry.ts'
import { present } from '../src/core/fault/assert.ts'
import type { Answer } from '../src/core/plan/verdict.ts'
import { type Advance, advance, openRamp } from '../src/core/ramp/advance.ts'
import { unansweredCommands } from '../src/core/ramp/commands.ts'
import type { Input } from '../src/core/ramp/input.ts'
import { openQuestions } from '../src/core/ramp/open-questions.ts'
import type { RampState } from '../src/core/ramp/state.ts'
import { NEEDS } from './dag-nodes.ts'
import { planOf } from './measure/workbench.ts'

const BEGAN_MS = 1_760_000_000_000

const SHOP = planOf(
  'shop',
  Object.fromEntries(
    Object.entries(NEEDS).map(([name, needs]) => [
      name,
      {
        needs,
        run: { command: ['node', `${name}.ts`], ports: { http: {} } },
        ready: [{ http: { url: 'http://127.0.0.1:1/ready' }, consecutive: 2 }],
      },
    ]),
  ),
)

const WATCHED = planOf('watched', {
  api: {
    deadline: '60d',
    ready: [{ http: { url: 'http://127.0.0.1:1/' }, holdFor: '30d', tolerate: { failures: 3 } }],
  },
})

/** A ramp of 14 components, each refused once, not ready once, then ready: some 200 entries. */
export function ordinaryRamp(number: number): readonly Entry[] {
  const ramp = new Ramp(
    `shop-up-${number}`,
    openRamp({ ramp: `shop-up-${number}`, plan: SHOP, by: 'ada' }, BEGAN_MS),
  )
  while (ramp.state.ended === undefined) ramp.step()
  return ramp.entries
}

/** One ramp of so many entries: a condition that must hold for a month and flaps meanwhile. */
export function longRamp(name: string, count: number): readonly Entry[] {
  const ramp = new Ramp(name, openRamp({ ramp: name, plan: WATCHED, by: 'ada' }, BEGAN_MS))
  for (let attempt = 1; ramp.entries.length < count; attempt += 1) ramp.answer(attempt)
  return ramp.entries
}

class Ramp {
  readonly entries: Entry[] = []
  readonly #name: string
  #state: RampState
  #atMs = BEGAN_MS
  readonly #asked = new Map<string, number>()

  constructor(name: string, opened: Advance) {
    this.#name = name
    this.#state = opened.state
    this.entries.push(...opened.entries)
  }

  get state(): RampState {
    return this.#state
  }

  /** Answers every command and every question once. */
  step(): void {
    for (const { id, stage } of unansweredCommands(this.#state)) {
      const sentence = `${stage}#1 is running as process 4711, ports http 41231.`
      const instance = `shop/${stage}#1`
      const outputs = { instance, pid: 4711, host: '127.0.0.1', ports: { http: 41_231 } }
      const answer = {
        verdict: 'done',
        reason: 'spawned',
        sentence,
        outputs,
        retryable: false,
      } as const
      this.#hear({ type: 'command', command: id, answer })
    }
    for (const open of openQuestions(this.#state)) {
      if (open.isWatching) continue
      const { stage, incarnation } = open
      const attempt = (this.#asked.get(`${stage}/${open.condition.name}`) ?? 0) + 1
      this.#asked.set(`${stage}/${open.condition.name}`, attempt)
      const answer = open.question.probe === 'exit' ? RUNNING : httpAnswer(attempt)
      this.#hear({
        type: 'answer',
        stage,
        condition: open.condition.name,
        incarnation,
        answer,
        attempt,
      })
    }
  }

  /** Answers the one question of the watched plan, now so, now otherwise. */
  answer(attempt: number): void {
    const [open] = openQuestions(this.#state)
    const { stage, incarnation, condition } = present(open, `${this.#name} goes on asking`)
    const answer = httpAnswer(attempt % 3)
    this.#hear({ type: 'answer', stage, condition: condition.name, incarnation, answer, attempt })
  }

  #hear(input: Input): void {
    this.#atMs += 7
    const { state, entries } = advance(this.#state, input, this.#atMs)
    this.#state = state
    this.entries.push(...entries)
  }
}

const RUNNING: Answer = {
  verdict: 'passed',
  outlook: 'notYet',
  reason: 'running',
  sentence: 'Process 4711 is running, for 1.2 s.',
  evidence: { pid: 4711, status: 'running' },
}

/** Refused first, not ready then, ready from the third attempt on. */
function httpAnswer(attempt: number): Answer {
  const evidence = { url: 'http://127.0.0.1:41231/ready', latencyMs: 1.25 }
  if (attempt <= 1) {
    const sentence = 'http://127.0.0.1:41231/ready refused the connection.'
    return { verdict: 'failed', outlook: 'notYet', reason: 'refused', sentence, evidence }
  }
  const seen = { ...evidence, address: '127.0.0.1', family: 'ipv4', bytes: 18 }
  if (attempt === 2) {
    const sentence = 'http://127.0.0.1:41231/ready answered 503; 200 to 299 is expected.'
    const body = '{"warming":true}'
    return {
      verdict: 'failed',
      outlook: 'notYet',
      reason: 'status',
      sentence,
      evidence: { ...seen, status: 503, body },
    }
  }
  const sentence = 'http://127.0.0.1:41231/ready answered 200.'
  return {
    verdict: 'passed',
    outlook: 'notYet',
    reason: 'answered',
    sentence,
    evidence: { ...seen, status: 200, body: '{"ready":true}' },
  }
}
