/**
 * What there is to tell of an entry: the same entry always gives the same notification under the same
 * id, so that telling twice is noticed and forgetting is impossible. Pure.
 */
import type { Cause, Entry } from '../../core/entry/entry.ts'
import { ownerOf } from '../../core/plan/owner.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { Recorded } from '../../seams/ledger.ts'
import type { NotificationType } from '../wire/webhooks.ts'

/** Something to be told. */
export interface Notification {
  /** The same for the same entry, in every attempt and by every replica. */
  readonly id: string
  readonly type: NotificationType
  /** `<kind>/<name>` of the contract. */
  readonly contract: string
  /** The ramp; absent: it is of a contract alone. */
  readonly ramp?: string
  readonly atMs: number
  /** One sentence. */
  readonly sentence: string
  readonly data: JsonObject
}

/** The ramp that an entry is of. */
export interface RampOpened {
  readonly ramp: string
  readonly plan: Plan
  readonly by: string
}

/** What webhooks are told when they do not say what. */
export const USUAL_TYPES: readonly NotificationType[] = [
  'dev.rampart.stage.breached',
  'dev.rampart.ramp.held',
  'dev.rampart.approval.wanted',
  'dev.rampart.ramp.ended',
]

/** Entries that there may be something to tell of, so that not every ramp must be looked up. */
const TOLD: ReadonlySet<Entry['type']> = new Set<Entry['type']>([
  ...(['ramp.opened', 'ramp.held', 'ramp.ended', 'stage.breached', 'stage.gated'] as const),
  ...(['stage.entered', 'contract.amended', 'contract.proposed'] as const),
])

/** Whether there may be something to tell of an entry. */
export function mayBeTold({ type }: Entry): boolean {
  return TOLD.has(type)
}

/** What there is to tell of an entry; `opened` is the ramp it is of, if it is of one. */
export function notificationsOf(
  recorded: Recorded,
  opened: RampOpened | undefined,
): readonly Notification[] {
  const { entry, stream, sequence } = recorded
  const id = `${stream}:${sequence}`
  if (entry.type === 'contract.amended') return [amended(id, entry)]
  if (entry.type === 'contract.proposed') return [proposed(id, entry)]
  if (opened === undefined) return []
  const { kind, name } = opened.plan.contract
  const common = { id, contract: `${kind}/${name}`, ramp: opened.ramp, atMs: entry.atMs }
  const told = ofRamp(entry, opened)
  return told.map(({ type, sentence, data, part }) => ({
    ...common,
    id: part === undefined ? id : `${id}:${part}`,
    type,
    sentence,
    data: { ...commonData(opened), ...data, sentence },
  }))
}

interface Told {
  readonly type: NotificationType
  readonly sentence: string
  readonly data: JsonObject
  /** What tells it apart from others of the same entry. */
  readonly part?: string
}

function ofRamp(entry: Entry, opened: RampOpened): readonly Told[] {
  const { plan, by } = opened
  switch (entry.type) {
    case 'ramp.opened':
      // Watching begins by itself once something is up; that was told already.
      if (plan.endless === true) return []
      return [{ type: 'dev.rampart.ramp.opened', sentence: `${by} opened it.`, data: {} }]
    case 'ramp.held': {
      const sentence = entry.cause.sentence
      return [{ type: 'dev.rampart.ramp.held', sentence, data: causeData(plan, entry.cause) }]
    }
    case 'stage.breached': {
      const { stage, condition, policy, cause } = entry
      const data = { ...causeData(plan, { ...cause, stage, condition }), policy }
      return [{ type: 'dev.rampart.stage.breached', sentence: cause.sentence, data }]
    }
    case 'ramp.ended':
      return ended(entry, plan)
    case 'stage.gated':
    case 'stage.entered':
      // Also of a stage that is tried again: what people said before was forgotten, so it asks anew.
      return approvalsAt(entry, plan)
    default:
      return []
  }
}

/** The end of watching is worth telling only when something was taken down with it. */
function ended(entry: Extract<Entry, { type: 'ramp.ended' }>, plan: Plan): readonly Told[] {
  const { outcome, cause } = entry
  if (plan.endless === true && outcome !== 'undone') return []
  const words = { reached: 'It reached its goal.', undone: 'All of it was taken back.' }
  const left = 'It was given up as it stands.'
  const sentence = cause?.sentence ?? (outcome === 'abandoned' ? left : words[outcome])
  const data = { outcome, ...(cause === undefined ? {} : causeData(plan, cause)) }
  return [{ type: 'dev.rampart.ramp.ended', sentence, data }]
}

/** What a stage asks people as it is entered, or before. */
function approvalsAt(
  { type, stage: name }: Extract<Entry, { type: 'stage.gated' | 'stage.entered' }>,
  plan: Plan,
): readonly Told[] {
  const stage = plan.stages.find((one) => one.name === name)
  const asked = type === 'stage.gated' ? stage?.gates : stage?.conditions
  return (asked ?? []).flatMap(({ name: condition, question }): readonly Told[] => {
    if (question.ask !== 'approval') return []
    const { from, count } = question
    const people = count === 1 ? 'One of' : `${count} of`
    const sentence = `${people} ${from.join(', ')} must approve ${condition} before ${name} goes on.`
    const owner = ownerData(plan, { stage: name, condition })
    const data = { stage: name, condition, from, count, ...owner }
    return [{ type: 'dev.rampart.approval.wanted', sentence, data, part: condition }]
  })
}

function amended(id: string, entry: Extract<Entry, { type: 'contract.amended' }>): Notification {
  const { kind, name, digest, by, why, atMs } = entry
  const sentence = `${by} amended it${why === undefined || why === '' ? '' : `: ${why}`}.`
  const contract = { kind, name, digest }
  const data = { contract, by, ...(why === undefined ? {} : { why }), sentence }
  const type = 'dev.rampart.contract.amended'
  return { id, type, contract: `${kind}/${name}`, atMs, sentence, data }
}

/** Owners are asked as whoever approves a stage is, so that nobody has to be told to tell them. */
function proposed(id: string, entry: Extract<Entry, { type: 'contract.proposed' }>): Notification {
  const { kind, name, digest, replaces, by, why, owners, atMs, expiresAtMs } = entry
  const names = owners.map(({ owner }) => owner)
  const reason = why === undefined || why === '' ? '' : ` (${why})`
  const sentence = `${by} wants to amend it${reason}, which takes the word of ${names.join(', ')}.`
  const asked = owners.map(({ owner, places }) => ({ owner, places }))
  const data = {
    ...{ contract: { kind, name, digest }, replaces, by, owners: asked, owner: names.join(', ') },
    ...(why === undefined ? {} : { why }),
    ...{ expiresAtMs, sentence },
  }
  const type = 'dev.rampart.approval.wanted'
  return { id, type, contract: `${kind}/${name}`, atMs, sentence, data }
}

function commonData({ ramp, plan, by }: RampOpened): JsonObject {
  return { ramp, contract: { ...plan.contract }, goal: plan.goal, by }
}

function causeData(plan: Plan, { reason, stage, condition }: Cause): JsonObject {
  return {
    reason,
    ...(stage === undefined ? {} : { stage }),
    ...(condition === undefined ? {} : { condition }),
    ...ownerData(plan, { stage: stage ?? null, condition: condition ?? null }),
  }
}

function ownerData(plan: Plan, place: Parameters<typeof ownerOf>[1]): JsonObject {
  const owner = ownerOf(plan, place)
  return owner === undefined ? {} : { owner }
}
