/** Errands that wait for an agent's report, and how each ends when the agent is lost. */
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { AgentErrand, AgentReport } from '../wire/agent-work.ts'

/** An errand that was handed out, or waits to be. */
export interface PendingErrand {
  readonly errand: Exclude<AgentErrand, { do: 'welcome' | 'cancel' }>
  /** Takes a report; true when the errand is over with it. */
  heard(report: AgentReport): boolean
  /**
   * The agent is lost. True when the errand is over with that; otherwise it is handed out again as
   * soon as the same agent is back, which is safe because orders are idempotent by their id.
   */
  lost(): boolean
}

/** What an asking is answered when nobody can ask: not enough to tell, and so never a pass. */
export function unaskable(region: string, reason: keyof typeof UNASKABLE): Answer {
  const sentence = UNASKABLE[reason].replace('…', region)
  return { verdict: 'inconclusive', outlook: 'notYet', reason, sentence, evidence: { region } }
}

const UNASKABLE = {
  'no-agent': 'No agent of region … is connected, so nobody could ask.',
  'agent-lost': 'The agent of region … was lost while it asked.',
  'place-unknown': 'Whether an agent works in region … could not be read, so nobody asked.',
} as const

/** What an order is answered that no agent took before nobody waited for it any more. */
export function untaken(region: string): CommandAnswer {
  return {
    verdict: 'failed',
    reason: 'no-agent',
    sentence: `No agent of region ${region} answered; what it did, if anything, is not known.`,
    outputs: {},
    retryable: true,
  }
}

/** An answer with where it was seen from: said by the server, since an agent could claim anything. */
export function seenFrom(answer: Answer, vantage: { agent: string; region: string }): Answer {
  return { ...answer, evidence: { ...answer.evidence, vantage } }
}
