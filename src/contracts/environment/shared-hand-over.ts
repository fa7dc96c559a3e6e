/**
 * How a port changes hands that the starts of a component share: there is no front, so that one time
 * counts alone, how long the old one may finish once it is asked to end. Told before it happens.
 */
import { PARTING_MOST_MS, type Parting, printTimes } from '../../core/port/parting.ts'
import type { PortTransition } from '../../core/port/port-transition.ts'
import { listWords } from '../document/describe-value.ts'
import type { Component } from './definition.ts'
import { finishMs } from './shared-sockets.ts'

/** What it is told from. */
export interface SharedPort {
  /** `shop/api http` */
  readonly name: string
  readonly component: Pick<Component, 'roll' | 'stop'>
  /** The Ports contract that grants it, and its rules; absent: none does. */
  readonly contract?: string | undefined
  readonly rules: readonly PortTransition[]
}

/** How the old one parts with it, and the same in a sentence. */
export function sharedHandOver(of: SharedPort): {
  readonly parting: Parting
  readonly sentence: string
} {
  const { name, component, contract } = of
  const rule = of.rules.find(({ event }) => event === 'roll')
  const ruledMs = rule?.says?.includes('drain') === true ? rule.drainMs : undefined
  const isOwn = component.roll?.drainMs !== undefined
  const isRuled = !isOwn && ruledMs !== undefined && contract !== undefined
  const drainMs = isRuled ? Math.min(PARTING_MOST_MS, ruledMs) : finishMs(component)
  const by = isOwn ? 'component' : isRuled ? 'contract' : 'default'
  const parting = {
    ...({ event: 'roll', by, drainMs, lingerMs: 0 } as const),
    ...(isRuled ? { contract } : {}),
  }
  const whose = isRuled ? `, by ${contract}` : by === 'component' ? ', as its component says' : ''
  const told = `${name} is shared by its starts: the old one has ${printTimes(parting)} once it is asked to end${whose}`
  return { parting, sentence: `${told}${contractWords(of, isRuled)}.` }
}

function contractWords({ contract, rules }: SharedPort, isRuled: boolean): string {
  if (contract === undefined) return '; no Ports contract has a part in it'
  const idle = idleWords(rules, isRuled)
  if (idle.length === 0) return ''
  return `; what ${contract} says of ${listWords(idle, 'and')} has no effect on it`
}

/** What is written for those that a front moves, and nobody goes by here. */
function idleWords(rules: readonly PortTransition[], isRuled: boolean): readonly string[] {
  return rules.flatMap(({ event, says = [] }) => {
    const idle = says.filter((word) => event !== 'roll' || word !== 'drain' || !isRuled)
    if (idle.length === 0) return []
    return [event === 'roll' ? `roll (${idle.join(', ')})` : event]
  })
}
