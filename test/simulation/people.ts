/** People: they say things to ramps at random times, sensible and not. */
import type { Word } from '../../src/core/entry/entry.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import { type Digest, digestOf, digestOfText } from '../../src/core/units/digest.ts'
import { APPROVERS } from './random-plan.ts'
import type { RandomStream } from './simulated-random.ts'

/** Who proposes ramps. */
export const PROPOSER = 'proposer'

const SPEAKERS = ['one', 'another', 'third', PROPOSER] as const

/** Something somebody may say to a ramp of this plan. */
export function randomWord(
  chance: RandomStream,
  plan: Plan,
): { readonly by: string; readonly word: Word } {
  const by = chance.pick(SPEAKERS)
  const roll = chance.integer(100)
  const why = chance.pick(['', 'it looks odd'])
  if (roll < 15) return { by, word: { say: 'hold', why } }
  if (roll < 34) return { by, word: { say: 'resume', why } }
  if (roll < 40) return { by, word: { say: 'resume', why, stage: someStage(chance, plan) } }
  if (roll < 46) return { by, word: { say: 'abort', undo: true, why } }
  if (roll < 49) return { by, word: { say: 'abort', undo: false, why } }
  return { by, word: approval(chance, plan, roll < 95 ? 'approve' : 'reject') }
}

function someStage(chance: RandomStream, { stages }: Plan): string {
  return stages[chance.integer(stages.length)]?.name ?? 'nowhere'
}

function approval(chance: RandomStream, plan: Plan, say: 'approve' | 'reject'): Word {
  const asked = plan.stages.flatMap((stage) =>
    stage.gates
      .filter((gate) => gate.question.ask === 'approval')
      .map((gate) => ({ stage: stage.name, condition: gate.name })),
  )
  const at = asked[chance.integer(asked.length)] ?? { stage: 'nowhere', condition: 'nothing' }
  const as = chance.chance(85) ? APPROVERS : 'visitors'
  const digest: Digest = chance.chance(90) ? digestOf(plan) : digestOfText('another plan')
  return { say, ...at, digest, as }
}
