/** Whether rules of connecting and of changing hands mean something. */
import { matchesWord } from '../../core/port/match-word.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { quote } from '../document/describe-value.ts'
import type { Issue } from '../document/issue.ts'
import { nearestWord } from '../document/nearest-word.ts'
import { issueAt, type SourceDocument } from '../document/source-document.ts'
import type { WrittenPorts } from './written.ts'
import {
  TRANSITION_EVENTS,
  type TransitionEvent,
  type WrittenTransition,
} from './written-transition.ts'

/** Everything that is wrong with them. */
export function checkRules(document: SourceDocument, written: WrittenPorts): readonly Issue[] {
  return [
    ...checkConnect(document, written),
    ...checkClients(document, written),
    ...checkTransitions(document, written),
  ]
}

/** Everybody, and somebody beside: one of the two was not meant. */
function checkConnect(document: SourceDocument, { spec }: WrittenPorts): readonly Issue[] {
  return (spec.connect ?? []).flatMap(({ from, to }, place) => {
    const path = ['spec', 'connect', place]
    return (['from', 'to'] as const).flatMap((key) => {
      const names = key === 'from' ? from : to
      if (!names.includes('*') || names.length === 1) return []
      const others = names.filter((name) => name !== '*').join(', ')
      const message = `* is everybody, so ${others} beside it says nothing more; leave one of them out`
      return [issueAt(document, [...path, key], { code: 'contradiction', message })]
    })
  })
}

/** A client that no rule names is nobody's friend; told only where a rule nearly names it. */
function checkClients(document: SourceDocument, { spec }: WrittenPorts): readonly Issue[] {
  const named = [...new Set((spec.connect ?? []).flatMap(({ from }) => from))]
  return Object.keys(spec.clients ?? {}).flatMap((service) => {
    const isNamed = named.some((name) => matchesWord(name, service))
    const nearest = isNamed ? undefined : nearestWord(service, named)
    if (nearest === undefined) return []
    const message = `no rule of \`connect\` lets ${quote(service)} connect to anything`
    const complaint = {
      code: 'reference-unknown',
      message,
      found: quote(service),
      nearest,
    } as const
    return [issueAt(document, ['spec', 'clients', service], complaint, 'key')]
  })
}

/** The words that say nothing of an event, and why. */
const POINTLESS: { readonly [Event in TransitionEvent]?: Pointless } = {
  failover: {
    words: ['drain', 'linger'],
    why: 'of an owner that has died nothing is under way',
  },
  'scale-up': {
    words: ['drain', 'linger', 'cooling'],
    why: 'nobody is let go of where one more serves',
  },
}

interface Pointless {
  readonly words: readonly ('drain' | 'linger' | 'cooling')[]
  readonly why: string
}

function checkTransitions(document: SourceDocument, { spec }: WrittenPorts): readonly Issue[] {
  return TRANSITION_EVENTS.flatMap((event) => {
    const written = spec.transitions?.[event]
    if (written === undefined) return []
    const complain: Complain = (key, message) => {
      const path = ['spec', 'transitions', event, key]
      return issueAt(document, path, { code: 'contradiction', message })
    }
    const pointless = POINTLESS[event]
    return pointless
      ? pointless.words
          .filter((key) => (written[key] ?? 0) > 0)
          .map((key) => complain(key, `${pointless.why}; leave \`${key}\` out`))
      : checkTime(written, complain)
  })
}

type Complain = (key: keyof WrittenTransition, message: string) => Issue

/** Where no deadline is written, there is none. */
function checkTime(written: WrittenTransition, complain: Complain): readonly Issue[] {
  const { drain = 0, linger = 0, deadline } = written
  if (deadline === undefined || drain + linger < deadline) return []
  const [needed, given] = [describeDuration(drain + linger), describeDuration(deadline)]
  const message = `to drain and to linger may take ${needed}, and all of it must be done within ${given}`
  return [complain('deadline', message)]
}
