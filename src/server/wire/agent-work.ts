/**
 * What travels between the server and an agent. The server hands out errands on a stream that the
 * agent has opened; the agent reports by requests of its own. Inputs may hold secrets: they are never
 * logged or kept on either side.
 */
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { Order } from '../../seams/actuator.ts'
import type { Asking } from '../../seams/probe.ts'
import type { ComponentView, LogLine } from '../wire.ts'
import type { LeaseList, PortStory } from './ports.ts'

/** An asking, as far as it can travel. */
export type SentAsking = Omit<Asking, 'signal'>

/** An order, as far as it can travel. */
export type SentOrder = Omit<Order, 'signal'>

/** What an agent says of its machine's ports: one of these. */
export interface ToldPorts {
  /** When it was asked for all of them. */
  readonly list?: LeaseList
  /** When it was asked for one. */
  readonly story?: PortStory
  /** One sentence: why it tells neither. */
  readonly refusal?: string
}

/** What the server wants of an agent. */
export type AgentErrand =
  /** The first of every stream. */
  | {
      readonly do: 'welcome'
      /** Every report carries it; reports of an earlier one are ignored. */
      readonly session: string
      /** The name under which the server knows the agent. */
      readonly agent: string
      /** How often the agent is to report, and the server says that it is there. @unit ms */
      readonly beatMs: number
      /** Whoever hears nothing for so long counts the other as lost. @unit ms */
      readonly silenceMs: number
    }
  | {
      readonly do: 'ask'
      readonly errand: string
      readonly probe: string
      readonly asking: SentAsking
    }
  | {
      readonly do: 'watch'
      readonly errand: string
      readonly probe: string
      readonly asking: SentAsking
    }
  | {
      readonly do: 'run'
      readonly errand: string
      readonly actuator: string
      readonly order: SentOrder
    }
  | { readonly do: 'list'; readonly errand: string }
  | {
      readonly do: 'tail'
      readonly errand: string
      readonly subject?: string
      readonly tailLines: number
    }
  /** What becomes of the ports of its machine: of all that are leased, or of one. */
  | { readonly do: 'ports'; readonly errand: string; readonly port?: number }
  /** Nobody wants to know any more: what is under way is aborted, what is watched is let go. */
  | { readonly do: 'cancel'; readonly errand: string }

/** What an agent says of an errand. */
export type AgentReport =
  | { readonly errand: string; readonly told: 'answer'; readonly answer: Answer }
  | { readonly errand: string; readonly told: 'outcome'; readonly outcome: CommandAnswer }
  | { readonly errand: string; readonly told: 'changed' }
  | {
      readonly errand: string
      readonly told: 'components'
      readonly components: readonly ComponentView[]
    }
  | { readonly errand: string; readonly told: 'lines'; readonly lines: readonly LogLine[] }
  | ({ readonly errand: string; readonly told: 'ports' } & ToldPorts)

/** Some reports of one session; none at all says that the agent is there. */
export interface AgentReports {
  readonly session: string
  readonly reports: readonly AgentReport[]
}
