/** What an application of contracts changes, for people: `+` is added, `-` taken out, `~` changed. */
import type { TouchedOwner } from '../../core/plan/owner.ts'
import type { AppliedContract, ContractUse, RevisionChange } from '../../server/wire/contracts.ts'
import { countOf } from './columns.ts'
import type { Paint } from './paint.ts'

/** Longest value that is shown beside its path rather than below it. */
const INLINE_MAX = 40

/** Longest value that is shown at all. */
const VALUE_MAX = 200

type Sign = '+' | '-' | '~' | ' '

/** Every contract that changes; those that do not are only counted. */
export function applyLines(contracts: readonly AppliedContract[], paint: Paint): readonly string[] {
  return contracts
    .filter(({ outcome }) => outcome !== 'unchanged')
    .flatMap((applied) => [...contractLines(applied, paint), ''])
}

/** How many of each: `2 to amend, 1 to create, 1 to propose, 3 unchanged`. */
export function applyCounts(contracts: readonly AppliedContract[], isDone: boolean): string {
  const words = [
    ['amended', isDone ? 'amended' : 'to amend'],
    ['created', isDone ? 'created' : 'to create'],
    ['proposed', isDone ? 'proposed' : 'to propose'],
    ['unchanged', 'unchanged'],
  ] as const
  const counts = words.flatMap(([outcome, word]) => {
    const count = contracts.filter((one) => one.outcome === outcome).length
    return count === 0 ? [] : [`${count} ${word}`]
  })
  return counts.join(', ')
}

/** One place in which two documents differ. */
export function changeLines(change: RevisionChange, paint: Paint): readonly string[] {
  const { path, before, after } = change
  if (change.change === 'added') return [signed('+', `${path}: ${shown(after)}`, paint)]
  if (change.change === 'removed') return [signed('-', `${path}: ${shown(before)}`, paint)]
  const [old, young] = [shown(before), shown(after)]
  if (old.length + young.length <= INLINE_MAX) {
    return [signed('~', `${path}: ${old} → ${young}`, paint)]
  }
  return [
    signed('~', path, paint),
    `  ${signed('-', old, paint)}`,
    `  ${signed('+', young, paint)}`,
  ]
}

/** What follows from a change, in sentences. */
export function consequenceLines(consequences: readonly string[], paint: Paint): readonly string[] {
  if (consequences.length === 0) return [paint.dim('The plan stays the same.')]
  return ['From the next ramp on:', ...consequences.map((sentence) => `  ${sentence}`)]
}

/** Whose word it takes, and for what of theirs. */
function ownerLines(owners: readonly TouchedOwner[]): readonly string[] {
  if (owners.length === 0) return []
  return [
    'It takes the word of:',
    ...owners.map(({ owner, places }) => `  ${owner}, for ${places.join(', ')}`),
  ]
}

/** What waits, for whose word, and how they say it. */
export function waitingLines(contracts: readonly AppliedContract[]): readonly string[] {
  return contracts
    .filter(({ outcome }) => outcome === 'proposed')
    .flatMap(({ kind, name, owners = [] }) => {
      const names = owners.map(({ owner }) => owner).join(', ')
      return [
        `${kind}/${name} is not amended yet: it waits for the word of ${names}.`,
        `  Next, for them: rampart contracts approve ${kind}/${name}`,
      ]
    })
}

function contractLines(applied: AppliedContract, paint: Paint): readonly string[] {
  const { kind, name, outcome, digest, replaces } = applied
  const title = paint.bold(`${kind}/${name}`)
  if (outcome === 'created') {
    return [signed('+', `${title} is new, ${short(digest)}`, paint), ...indent(tailLines(applied))]
  }
  const revision = `${short(replaces)} → ${short(digest)}`
  return [
    signed('~', `${title}  ${paint.dim(revision)}`, paint),
    ...indent([
      ...applied.changes.flatMap((change) => changeLines(change, paint)),
      ...consequenceLines(applied.consequences, paint),
      ...ownerLines(applied.owners ?? []),
      ...tailLines(applied),
    ]),
  ]
}

function tailLines({ digest, touches, usedBy }: AppliedContract): readonly string[] {
  const under = `${countOf(touches.length, 'ramp')} under way`
  const stay = touches.length === 1 ? 'stays' : 'stay'
  return [
    ...(touches.length === 0
      ? []
      : [`${under} ${stay} on the revision before: ${touches.slice(0, 5).join(', ')}`]),
    ...usedBy.map((use) => useLine(use, digest)),
  ]
}

function useLine(use: ContractUse, digest: string): string {
  const { kind, name, component, revision, owner } = use
  const used = `${kind}/${name} uses it as ${component}`
  if (revision === digest) return `${used}, in this revision`
  const word = owner === undefined ? '' : `; a change there takes the word of ${owner}`
  return `${used} and stays on ${short(revision)}${word}`
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`)
}

function signed(sign: Sign, text: string, paint: Paint): string {
  const line = `${sign} ${text}`
  if (sign === '+') return paint.mood('good', line)
  if (sign === '-') return paint.mood('bad', line)
  return sign === '~' ? paint.mood('moving', line) : line
}

function shown(value: string | undefined): string {
  const text = value ?? ''
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX - 1)}…`
}

function short(digest: string | undefined): string {
  return digest === undefined ? 'nothing' : `${digest.slice(0, 19)}…`
}
