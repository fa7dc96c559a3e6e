/** The askers of one ramp: exactly one for each open question. */
import type { Input } from '../core/ramp/input.ts'
import type { OpenQuestion } from '../core/ramp/open-questions.ts'
import type { Clock } from '../seams/clock.ts'
import { Asker } from './asker.ts'
import type { EngineEvents } from './events.ts'
import type { Right } from './ownership.ts'
import type { EngineParts } from './parts.ts'
import type { RampWords } from './ramp-words.ts'

/** What the pools of a ramp share. */
export interface PoolParts {
  readonly parts: EngineParts
  readonly events: EngineEvents
  readonly ramp: string
  readonly right: Right
  readonly clock: Clock
  readonly words: RampWords
  hear(input: Input): void
}

type AnswerInput = Extract<Input, { type: 'answer' }>

interface Kept {
  readonly asker: Asker
  readonly stage: string
  latest?: AnswerInput
}

/** Keeps just the open questions asked. */
export class AskerPool {
  readonly #pool: PoolParts
  readonly #kept = new Map<string, Kept>()
  #eagerQuestions = 0

  constructor(pool: PoolParts) {
    this.#pool = pool
  }

  /** Starts askers for questions that have opened, and closes those of questions that have closed. */
  reconcile(open: readonly OpenQuestion[]): void {
    const wanted = new Map(open.map((question) => [keyOf(question), question]))
    this.#eagerQuestions = open.filter((question) => !question.isWatching).length
    for (const [key, { asker }] of this.#kept) {
      if (wanted.has(key)) continue
      asker.close()
      this.#kept.delete(key)
    }
    for (const [key, question] of wanted) {
      const kept = this.#kept.get(key)
      if (kept === undefined) this.#start(key, question)
      else kept.asker.update(question)
    }
  }

  /** The latest answer to each open question of a stage. */
  latestAnswers(stage: string): readonly AnswerInput[] {
    return [...this.#kept.values()].flatMap((kept) =>
      kept.stage === stage && kept.latest !== undefined ? [kept.latest] : [],
    )
  }

  close(): void {
    this.reconcile([])
  }

  #start(key: string, question: OpenQuestion): void {
    const { parts, clock, words } = this.#pool
    const name = question.question.probe
    const probe = parts.probes.find((candidate) => candidate.kind === name) ?? unknownProbe(name)
    const asker = new Asker(
      {
        clock,
        probe,
        resolve: (asked) => {
          const input = words.resolve(asked.stage, asked.question.input)
          if (!input.ok) return input
          const self = words.selfOf(asked.stage)
          const among = words.resolveAmong(asked.question.among ?? [])
          if (!among.ok) return among
          const where = words.groupOf(asked.stage)
          return { ok: true, value: { input: input.value, self, ...where, among: among.value } }
        },
        judge: (asked, answer) => words.judge(asked, answer),
        eagerQuestions: () => this.#eagerQuestions,
        heard: (asked, answer, attempt, tookMs) => {
          const { stage, condition, incarnation } = asked
          const input: AnswerInput = {
            type: 'answer',
            stage,
            condition: condition.name,
            incarnation,
            answer,
            attempt,
          }
          const kept = this.#kept.get(key)
          if (kept !== undefined) kept.latest = input
          const { events, ramp } = this.#pool
          events.emit('question.answered', { ramp, question: asked, answer, attempt, tookMs })
          this.#pool.hear(input)
        },
      },
      question,
    )
    this.#kept.set(key, { asker, stage: question.stage })
  }
}

function keyOf(question: OpenQuestion): string {
  return JSON.stringify([question.stage, question.condition.name, question.incarnation])
}

function unknownProbe(kind: string): import('../seams/probe.ts').Probe {
  return {
    kind,
    ask: () =>
      Promise.resolve({
        verdict: 'errored',
        outlook: 'terminal',
        reason: 'part-unknown',
        sentence: `This build has no probe ${kind}.`,
        evidence: {},
      }),
  }
}
