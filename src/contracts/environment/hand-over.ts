/**
 * How the ports of an environment's components change hands, by what happens: what the components say
 * themselves, and what the Ports contracts say that are in force where they run. Whoever moves traffic
 * finds the rules anew when it does; this tells beforehand what they come to, and what has no effect.
 */
import { matchRanges, type RuledRange } from '../../core/port/match-range.ts'
import { type Parting, partingOf, printTimes } from '../../core/port/parting.ts'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import { printServicePort } from '../../core/port/port-owner.ts'
import { protocolOf } from '../../core/port/port-protocols.ts'
import type { PortTransition } from '../../core/port/port-transition.ts'
import type { PortWish } from '../../core/port/port-wish.ts'
import type { ListedRange } from '../../core/port/range-list.ts'
import { printDuration } from '../../core/units/duration.ts'
import { listWords } from '../document/describe-value.ts'
import type { Component, EnvironmentContract, Roll } from './definition.ts'
import { type Placement, placementsOf } from './region.ts'
import type { Run } from './run.ts'
import { type SharedPort, sharedHandOver } from './shared-hand-over.ts'
import { aimEnvironment } from './target.ts'

/** What comes of one rule for one port; or that no rule has any effect on it. */
export interface HandOver {
  /** `shop/api`, and which of its ports. */
  readonly service: string
  readonly port: string
  /** What happens; absent: whatever does. */
  readonly event?: PortTransition['event']
  /** The Ports contract and the range that the port would be granted from; absent: the built-in one. */
  readonly contract?: string
  readonly range?: string
  /** How those part with it who serve no more; absent: nobody does. */
  readonly parting?: Parting
  readonly sentence: string
}

/** The ranges that are in force where a region's stages are done; undefined: that cannot be told. */
export type RangesIn = (region: string | undefined) => readonly ListedRange[] | undefined

/** Every one, in the order of components. */
export function handOversOf(
  contract: EnvironmentContract,
  target: string | undefined,
  rangesIn: RangesIn,
): readonly HandOver[] {
  const definition = aimEnvironment(contract, target)
  return placementsOf(definition).flatMap((placement) => {
    const ranges = rangesIn(placement.region)
    const { run, roll } = placement.component
    if (ranges === undefined || run === undefined || run.external !== undefined) return []
    const service = `${contract.name}/${placement.stage}`
    return run.ports.flatMap((port) => {
      const asked = { service, port, protocol: protocolOf(run.protocols, port) }
      // What is fixed is nothing to a port that each start has another one of.
      const isOfEach = roll !== undefined && !roll.ports.includes(port)
      const refused = isOfEach ? [] : ofOtherProtocol(asked, ranges)
      return [...refused, ...handOversAt(asked, placement, ranges)]
    })
  })
}

/** What a contract fixes for it of the other protocol alone: then it is refused any port. */
function ofOtherProtocol(
  { protocol: asked, ...of }: Asked,
  ranges: readonly ListedRange[],
): readonly HandOver[] {
  const name = printServicePort(of)
  const fixing = ranges.filter(
    ({ standing, contract, rules }) =>
      standing === 'in-force' && contract !== undefined && rules.fixed[name] !== undefined,
  )
  if (fixing.some(({ protocol }) => protocol === asked)) return []
  return fixing.flatMap(({ contract, range, protocol, rules }) => {
    if (contract === undefined) return []
    const number = `${rules.fixed[name]}/${protocol}`
    const sentence =
      `${of.service} ${of.port} is refused a port: it is of ${asked.toUpperCase()}, and ${contract} fixes ` +
      `${number} for it; write protocol: ${protocol} in run.ports.${of.port}, or call it otherwise.`
    return [{ ...of, contract, range, sentence }]
  })
}

function handOversAt(
  { protocol, ...owner }: Asked,
  { component }: Placement,
  ranges: readonly ListedRange[],
): readonly HandOver[] {
  const { roll, run } = component
  const where = run?.address === undefined ? {} : { addresses: [run.address] }
  const from = rangeOf(owner, { protocol, ...where }, ranges)
  const rules = from?.transitions ?? []
  const { contract } = from ?? {}
  const of = { ...owner, ...(from && { ...(contract && { contract }), range: from.range }) }
  const isRolled = roll?.ports.includes(owner.port) === true
  const isWaitedFor = roll === undefined ? isInherited(owner, run) : roll.isShared && isRolled
  if (isWaitedFor) {
    const others = rules.filter(({ event }) => event !== 'failover')
    const waits = contract === undefined ? [] : waitsInQueue(of, contract, rules)
    return [...handOverOfSocket(of, component, { contract, rules: others, protocol }), ...waits]
  }
  if (!isRolled) {
    if (contract === undefined) return []
    if (roll !== undefined) return [ofEachStart(of, contract, rules)]
    return [withoutFront(of, { contract, rules, protocol })]
  }
  if (contract === undefined) return [withoutRule(of, roll)]
  return rules.map((rule) => ({ ...of, event: rule.event, ...toldOf(rule, contract, roll) }))
}

function isInherited({ port }: Of, run: Run | undefined): boolean {
  return run?.inheritedPorts?.includes(port) === true
}

/** Of a socket that stays when its start dies: shared by starts, or of one after the other. */
function handOverOfSocket(
  of: Of,
  component: Component,
  ruled: Pick<SharedPort, 'contract' | 'rules'> & { readonly protocol: PortProtocol },
): readonly HandOver[] {
  const { contract, rules, protocol } = ruled
  const name = `${of.service} ${of.port}`
  if (component.roll !== undefined) {
    return [{ ...of, ...sharedHandOver({ name, component, contract, rules }) }]
  }
  return contract === undefined ? [] : [withoutFront(of, { contract, rules, protocol })]
}

/** Its clients wait for the next start after one that died. */
function waitsInQueue(
  of: Of,
  contract: string,
  rules: readonly PortTransition[],
): readonly HandOver[] {
  const rule = rules.find(({ event }) => event === 'failover')
  if (rule === undefined) return []
  const waits = `clients wait for ${printDuration(rule.deadlineMs)} in the queue of its socket`
  return [{ ...of, event: rule.event, sentence: `failover: ${waits}, by ${contract}.` }]
}

/** The range that its starts would be granted from, as the broker chooses it. */
function rangeOf(
  { service, port }: Of,
  where: Pick<PortWish, 'protocol' | 'addresses'>,
  ranges: readonly ListedRange[],
): ListedRange | undefined {
  const granting = ranges.filter(({ standing }) => standing === 'in-force')
  const ruled = granting.map((listed): RuledRange & { readonly listed: ListedRange } => {
    const { range: name, first, last, protocol, rules, contract } = listed
    const rule = { range: name, ...(contract === undefined ? {} : { contract }) }
    return { range: { name, first, last, protocol, ...rules }, rule, listed }
  })
  const ofContracts = ruled.filter(({ rule }) => rule.contract !== undefined)
  // Who will open a ramp is not known: whoever does may claim, or is told then.
  const wish = { owner: { service, port, instance: '1' }, by: 'contract', ...where } as const
  const [best] = matchRanges(wish, ofContracts)
  return ruled.find(({ rule }) => rule === best?.rule)?.listed
}

type Of = Pick<HandOver, 'service' | 'port'>

/** A port that a component asks for. */
type Asked = Of & { readonly protocol: PortProtocol }

/** Only the words that are written are told of: what is usual has no effect either. */
function writtenOf(rules: readonly PortTransition[]): readonly string[] {
  return rules.flatMap(({ event, says = [] }) => (says.length === 0 ? [] : [event]))
}

/** Of a component that is rolled, a port that does not stay the same. */
function ofEachStart(of: Of, contract: string, rules: readonly PortTransition[]): HandOver {
  const written = writtenOf(rules)
  const told =
    `${of.service} ${of.port} is left out of roll.ports: each start has one of its own, and whoever ` +
    'reaches it may connect'
  const idle = `what ${contract} says of ${listWords(written, 'and')} has no effect on it`
  return { ...of, sentence: written.length === 0 ? `${told}.` : `${told}; ${idle}.` }
}

function withoutFront(
  of: Of,
  {
    contract,
    rules,
    protocol,
  }: {
    readonly contract: string
    readonly rules: readonly PortTransition[]
    readonly protocol: PortProtocol
  },
): HandOver {
  const written = writtenOf(rules)
  const stops =
    `${of.service} ${of.port} has no front, so that whoever reaches it may connect: ` +
    'its component is stopped, then started'
  const next = protocol === 'tcp' ? 'roll: {} gives it one' : 'fronts carry TCP alone'
  const sentence =
    written.length === 0
      ? `${stops}.`
      : `${stops}, so that what ${contract} says of ${listWords(written, 'and')} has no effect on it; ${next}.`
  return { ...of, sentence }
}

function withoutRule(of: Of, roll: Roll): HandOver {
  const parting = partingOf({ event: 'roll', own: roll })
  const sentence = `${of.service} ${of.port}: the old one has ${printTimes(parting)}; no Ports contract has a part in it.`
  return { ...of, parting, sentence }
}

function toldOf(
  rule: PortTransition,
  contract: string,
  roll: Roll,
): Pick<HandOver, 'parting' | 'sentence'> {
  const { event, coolingMs, deadlineMs } = rule
  const cools = coolingMs === undefined ? [] : [`its port cools for ${printDuration(coolingMs)}`]
  const notes = ownNote(rule, roll)
  const told = (parts: readonly string[]): string =>
    `${event}: ${[...parts, ...notes].join('; ')}, by ${contract}.`
  const most = `all within ${printDuration(deadlineMs)} of the first new port`
  const within = rule.says?.includes('deadline') === true ? [most] : []
  if (event === 'failover') {
    const waits = printDuration(deadlineMs)
    const isOwn = roll.by === undefined
    const clients = isOwn ? `clients wait for ${waits}` : 'how long clients wait its proxy says'
    return { sentence: told([clients, ...cools]) }
  }
  if (event === 'scale-up') {
    return { sentence: told(['nobody is let go of', ...within]) }
  }
  const parting = partingOf({ event, rule, contract, own: roll })
  return {
    parting,
    sentence: told([`the old one has ${printTimes(parting)}`, ...cools, ...within]),
  }
}

/** A component's own words stand before those of a rule. */
function ownNote({ event, says = [] }: PortTransition, roll: Roll): readonly string[] {
  const isOwn = roll.drainMs !== undefined || roll.lingerMs !== undefined
  const beaten = says.filter((word) => word === 'drain' || word === 'linger')
  if (!isOwn || beaten.length === 0 || event === 'failover' || event === 'scale-up') return []
  return [`its component says that itself, which leaves ${listWords(beaten, 'and')} without effect`]
}
