/** Whether rules of connecting and of changing hands mean something. */
import { describeDuration } from '../../core/units/duration.ts'
import { quote } from '../document/describe-value.ts'
import type { Issue } from '../document/issue.ts'
import { nearestWord } from '../document/nearest-word.ts'
import { issueAt, type SourceDocument } from '../document/source-document.ts'
import { TRANSITION_DEADLINE_MS } from './definition.ts'
import type { WrittenPorts } from './written.ts'
import { TRANSITION_EVENTS } from './written-transition.ts'

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
    const isNamed = named.some(
      (name) => name === service || (name.endsWith('*') && service.startsWith(name.slice(0, -1))),
    )
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

function checkTransitions(document: SourceDocument, { spec }: WrittenPorts): readonly Issue[] {
  return TRANSITION_EVENTS.flatMap((event) => {
    const written = spec.transitions?.[event]
    if (written === undefined) return []
    const path = ['spec', 'transitions', event]
    const complain = (key: string, message: string): Issue =>
      issueAt(document, [...path, key], { code: 'contradiction', message })
    const { drain = 0, linger = 0, deadline = TRANSITION_DEADLINE_MS } = written
    const issues: Issue[] = []
    if (event === 'failover') {
      for (const key of ['drain', 'linger'] as const) {
        if ((written[key] ?? 0) === 0) continue
        issues.push(
          complain(key, `of an owner that has died nothing is under way; leave \`${key}\` out`),
        )
      }
    } else if (drain + linger >= deadline) {
      const [needed, given] = [describeDuration(drain + linger), describeDuration(deadline)]
      const key = written.deadline === undefined ? 'drain' : 'deadline'
      const message = `to drain and to linger may take ${needed}, and all of it must be done within ${given}`
      issues.push(complain(key, message))
    }
    if (written.plane === 'descriptor' && event === 'migrate') {
      const message = 'a descriptor is shared on one machine, so nothing migrates by it'
      issues.push(complain('plane', message))
    }
    return issues
  })
}
