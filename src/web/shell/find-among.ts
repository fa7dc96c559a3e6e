/** Finds contracts, ramps and pages by what is typed: pure, so that it can be tried on its own. */
import type { ContractSummary } from '../../server/wire/contracts.ts'
import type { RampSummary } from '../../server/wire.ts'
import { toldOfSummary } from '../part/ramp-tone.ts'
import type { Tone } from '../part/tone.tsx'
import type { Section } from './sections.ts'

/** How many are shown. */
const SHOWN_MAX = 12

/** Where something is that was found. */
export type Place =
  | { readonly is: 'page'; readonly to: Section['to'] }
  | { readonly is: 'contract'; readonly kind: string; readonly name: string }
  | { readonly is: 'ramp'; readonly ramp: string }

/** Something that was found. */
export interface Found {
  readonly key: string
  readonly title: string
  readonly aside: string
  readonly tone?: Tone
  readonly place: Place
}

/** Among what is looked. */
export interface Among {
  readonly pages: readonly Pick<Section, 'title' | 'to'>[]
  readonly contracts: readonly Pick<ContractSummary, 'kind' | 'name'>[]
  /** Newest first; those that are there twice count once. */
  readonly ramps: readonly RampSummary[]
}

/** The few that fit best: contracts before the ramps that bear their names, pages last unless nothing is typed. */
export function findAmong(text: string, among: Among): readonly Found[] {
  const wanted = text.trim().toLowerCase()
  const isMeant = (called: string): boolean => called.toLowerCase().includes(wanted)
  const pages = among.pages.filter(({ title }) => isMeant(title)).map(pageFound)
  const ramps = [...new Map(among.ramps.map((one) => [one.ramp, one])).values()]
    .filter((one) => isMeant(calledOf(one, wanted)))
    .map(rampFound)
  if (wanted === '') return [...pages, ...ramps].slice(0, SHOWN_MAX)
  const contracts = among.contracts
    .filter(({ kind, name }) => isMeant(`${kind}/${name}`))
    .toSorted((one, other) => rank(one.name, wanted) - rank(other.name, wanted))
    .map(contractFound)
  // Many contracts must not hide every ramp.
  const shown = contracts.slice(0, ramps.length === 0 ? SHOWN_MAX : SHOWN_MAX / 2)
  return [...shown, ...ramps, ...pages].slice(0, SHOWN_MAX)
}

/** What a ramp is called, as the server reads it: its kind counts only where a slash was typed. */
function calledOf({ ramp, contract: { kind, name } }: RampSummary, wanted: string): string {
  return `${ramp} ${wanted.includes('/') ? `${kind}/` : ''}${name}`
}

/** What is called so comes before what begins so, and that before the rest. */
function rank(name: string, wanted: string): number {
  const called = name.toLowerCase()
  if (called === wanted) return 0
  return called.startsWith(wanted) ? 1 : 2
}

function pageFound({ title, to }: Among['pages'][number]): Found {
  return { key: to, title, aside: 'page', place: { is: 'page', to } }
}

function contractFound({ kind, name }: Among['contracts'][number]): Found {
  const place = { is: 'contract', kind, name } as const
  return { key: `${kind}/${name}`, title: name, aside: `contract, ${kind}`, place }
}

function rampFound(summary: RampSummary): Found {
  const { tone, word } = toldOfSummary(summary)
  const { ramp } = summary
  return { key: ramp, title: ramp, aside: word, tone, place: { is: 'ramp', ramp } }
}
