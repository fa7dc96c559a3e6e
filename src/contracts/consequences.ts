/**
 * What a change of a contract means for whoever brings it up next, in sentences: from the difference
 * of the plans, of the settings and of the watching. Pure; what the words of a document are is no matter.
 */
import { comparePlans, type PlanChange } from '../core/plan/compare-plans.ts'
import { describeDuration } from '../core/units/duration.ts'
import type { Json } from '../core/units/json.ts'
import { listWords } from './document/describe-value.ts'
import { compareSettings } from './environment/compare-settings.ts'
import type { EnvironmentContract } from './environment/definition.ts'
import { type AnyContract, aimContract, planContract } from './index.ts'
import { comparePorts } from './ports/compare.ts'

/** Longest value that a sentence quotes, in characters. */
const QUOTED_MAX = 80

/** What changes for the way up; empty: the plan is the same, and so is all that goes with it. */
export function consequencesOf(before: AnyContract, after: AnyContract): readonly string[] {
  if (before.kind === 'Ports' && after.kind === 'Ports') {
    return comparePorts(before.definition, after.definition).changes.map((one) => one.sentence)
  }
  if (before.kind === 'Environment' && after.kind === 'Environment') {
    return environmentConsequences(before, after)
  }
  return [`It is a contract of kind ${after.kind} instead of ${before.kind}.`]
}

function environmentConsequences(
  before: EnvironmentContract,
  after: EnvironmentContract,
): readonly string[] {
  const [old, young] = [targetsOf(before), targetsOf(after)]
  const common = young.filter((target) => old.includes(target))
  const told = common.map((target) => ({ target, sentences: sentencesFor(before, after, target) }))
  const everywhere = (told[0]?.sentences ?? []).filter((sentence) =>
    told.every(({ sentences }) => sentences.includes(sentence)),
  )
  const own = told.flatMap(({ target, sentences }) =>
    sentences
      .filter((sentence) => !everywhere.includes(sentence))
      .map((sentence) => (target === undefined ? sentence : `For ${target}: ${sentence}`)),
  )
  return [...targetSentences(old, young), ...everywhere, ...own]
}

type Target = string | undefined

function targetsOf({ definition }: EnvironmentContract): readonly Target[] {
  const names = definition.targets.map(({ name }) => name)
  return names.length === 0 ? [undefined] : names
}

function targetSentences(old: readonly Target[], young: readonly Target[]): readonly string[] {
  const come = young.filter((target) => !old.includes(target))
  const gone = old.filter((target) => !young.includes(target))
  return [
    ...come.map((target) =>
      target === undefined ? 'It has no targets any more.' : `The target ${target} is new.`,
    ),
    ...gone.map((target) =>
      target === undefined
        ? 'It has targets now, one of which must be named on the way up.'
        : `The target ${target} is gone.`,
    ),
  ]
}

function sentencesFor(
  before: EnvironmentContract,
  after: EnvironmentContract,
  target: Target,
): readonly string[] {
  const request = { goal: 'up', ...(target === undefined ? {} : { target }) }
  const changes = comparePlans(planContract(before, request), planContract(after, request))
  const [old, young] = [before, after].map((one) => aimContract(one, target).definition) as [
    EnvironmentContract['definition'],
    EnvironmentContract['definition'],
  ]
  const settings = compareSettings(old, young).map(({ setting, first, second }) => {
    if (first === undefined) return `The setting ${setting} is new.`
    return second === undefined
      ? `The setting ${setting} is gone.`
      : `The setting ${setting} comes from elsewhere or has another default.`
  })
  const isWatchSame = JSON.stringify(old.watch) === JSON.stringify(young.watch)
  const watch = isWatchSame ? [] : ['It is watched otherwise once it is ready.']
  return [...planSentences(changes), ...settings, ...watch]
}

/** Stages that change in the same way share a sentence. */
function planSentences(changes: readonly PlanChange[]): readonly string[] {
  const named = new Map<string, string[]>()
  for (const change of changes.filter((one) => isNews(one, changes))) {
    const predicate = predicateOf(change)
    const name = change.name ?? (change.of === 'plan' ? 'The plan' : `The ${change.of}s`)
    const names = named.get(predicate)
    if (names === undefined) named.set(predicate, [name])
    else if (!names.includes(name)) names.push(name)
  }
  return [...named].map(([predicate, names]) => `${listWords(names, 'and')}: ${predicate}.`)
}

/** The digest of what is run says nothing beside what is run; that of the contract nothing at all. */
function isNews(change: PlanChange, all: readonly PlanChange[]): boolean {
  if (change.of === 'plan' && change.path[0] === 'contract') return false
  if (change.path.join('.') !== 'command.input.digest') return true
  return !all.some((one) => one !== change && one.name === change.name && one.part === 'command')
}

function predicateOf(change: PlanChange): string {
  const { of, part, path, first, second } = change
  const isNew = change.in === 'second'
  if (part === 'whole') return `this ${of === 'group' ? 'region' : of} is ${isNew ? 'new' : 'gone'}`
  if (part === 'order') return 'the order is another'
  if (part === 'edge') return edgeText(change)
  if (part === 'condition') return conditionText(change)
  if (part === 'command') return commandText(change)
  const name = path.join(' ')
  if (change.in !== 'both') return `${name} is ${isNew ? 'new' : 'gone'}`
  return `${WORDS[name] ?? name} is ${shown(second, name)} instead of ${shown(first, name)}`
}

const WORDS: Readonly<Record<string, string>> = {
  deadlineMs: 'the time to become ready',
  onBreach: 'what follows a failure or a breach',
  'retry limit': 'how often it is tried again',
  owner: 'its owner',
  optional: 'whether the ramp goes on without it',
}

function edgeText({ path, in: present, first, second }: PlanChange): string {
  const needed = path[1] ?? 'another'
  if (present === 'both') return `waits until ${needed} is ${shown(second)}, not ${shown(first)}`
  return present === 'second' ? `now waits for ${needed}` : `no longer waits for ${needed}`
}

function conditionText({ path, in: present, first, second }: PlanChange): string {
  const [role, name = '', ...rest] = path
  const whole = role === 'gates' ? 'wait for' : 'prove'
  if (rest.length === 0 && present !== 'both') {
    return present === 'second'
      ? `must now also ${whole} ${name}`
      : `need no longer ${whole} ${name}`
  }
  const place = rest.filter((step) => step !== 'question' && step !== 'input').join(' ')
  if (present !== 'both') return `${name} ${present === 'second' ? 'has' : 'has lost'} ${place}`
  return `${name} asks for ${place} ${shown(second, place)} instead of ${shown(first, place)}`
}

function commandText({ path, in: present, first, second }: PlanChange): string {
  const [role, ...rest] = path
  const verb = role === 'compensation' ? 'is taken back' : 'is run'
  const place = rest.filter((step) => step !== 'input').join(' ')
  if (place === 'digest') return `${verb} otherwise`
  if (place === '') return present === 'second' ? `now ${verb}` : `no longer ${verb}`
  if (present !== 'both') return `${verb} ${present === 'second' ? 'with' : 'without'} ${place}`
  return `${verb} with ${place} ${shown(second, place)} instead of ${shown(first, place)}`
}

function shown(value: Json | undefined, name = ''): string {
  if (typeof value === 'number' && name.endsWith('Ms')) return describeDuration(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null)
  return text.length <= QUOTED_MAX ? text : `${text.slice(0, QUOTED_MAX - 1)}…`
}
