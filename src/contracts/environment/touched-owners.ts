/**
 * Whose word an amendment of an environment takes: everybody who owns what it touches, before or after.
 * Judged by what the documents mean, not by how they are written; in doubt somebody is asked rather
 * than not. What is new as a whole (a contract, a target) takes nobody's word, but its end does.
 */
import type { TouchedOwner } from '../../core/plan/owner.ts'
import type { Json } from '../../core/units/json.ts'
import { printCanonicalJson } from '../../core/units/json.ts'
import { compareSettings } from './compare-settings.ts'
import type { Component, EnvironmentContract, EnvironmentDefinition } from './definition.ts'
import { partUses } from './part.ts'
import type { ReadyCondition } from './ready-condition.ts'
import { aimEnvironment } from './target.ts'

/** Told of every place that is touched, and of those who may own it. */
type Touch = (place: string, ...owners: readonly (string | undefined)[]) => void

/** Every owner whom an amendment touches, by name; empty: it takes nobody's word. */
export function touchedOwners(
  before: EnvironmentContract,
  after: EnvironmentContract,
): readonly TouchedOwner[] {
  const touched = new Map<string, Set<string>>()
  const touch: Touch = (place, ...owners) => {
    for (const owner of owners.filter((one) => one !== undefined)) {
      touched.set(owner, (touched.get(owner) ?? new Set()).add(place))
    }
  }
  compareDefinitions(before.definition, after.definition, touch)
  compareTargets(before, after, touch)
  compareUses(before, after, touch)
  return [...touched]
    .map(([owner, places]) => ({ owner, places: [...places].sort() }))
    .sort((one, other) => (one.owner < other.owner ? -1 : 1))
}

function compareDefinitions(
  before: EnvironmentDefinition,
  after: EnvironmentDefinition,
  touch: Touch,
): void {
  for (const [old, young] of pairs(before.components, after.components)) {
    compareComponents(old, young, touch)
  }
  for (const { setting } of compareSettings(before, after)) {
    const name = setting.slice(setting.indexOf('/') + 1)
    for (const component of [...before.components, ...after.components]) {
      touchMentioning(component, name, touch)
    }
  }
  compareRegions(before, after, touch)
  compareOwned(before.agree, after.agree, (name, owner) => touch(`agree/${name}`, owner))
}

/** What of a component has no owner of its own is its owner's; what has is the owner's of that. */
function compareComponents(
  old: Component | undefined,
  young: Component | undefined,
  touch: Touch,
): void {
  const name = old?.name ?? young?.name ?? ''
  const owners = [old?.owner, young?.owner]
  if (!isSame(bodyOf(old), bodyOf(young))) touch(name, ...owners)
  const [before, after] = [conditionsOf(old), conditionsOf(young)]
  compareOwned(before, after, (condition, owner, isAll) => {
    touch(`${name}/${condition}`, owner)
    // Whoever owns a condition may change it; whether there is one is also for the component's owner.
    if (!isAll) touch(name, ...owners)
  })
}

/** A component without the conditions that others own. */
function bodyOf(component: Component | undefined): unknown {
  if (component === undefined) return null
  const isOwn = (one: ReadyCondition): boolean => !isOthers(component, one)
  const { drain } = component
  return {
    ...component,
    ready: component.ready.filter(isOwn),
    ...(drain === undefined ? {} : { drain: { ...drain, until: drain.until.filter(isOwn) } }),
  }
}

function conditionsOf(component: Component | undefined): readonly ReadyCondition[] {
  if (component === undefined) return []
  return [...component.ready, ...(component.drain?.until ?? [])].filter((one) =>
    isOthers(component, one),
  )
}

function isOthers({ owner }: Component, condition: ReadyCondition): boolean {
  return condition.owner !== undefined && condition.owner !== owner
}

/** Tells of every owned condition that differs; `isAll`: its owner has as many of that name as before. */
function compareOwned(
  before: readonly ReadyCondition[],
  after: readonly ReadyCondition[],
  tell: (name: string, owner: string, isAll: boolean) => void,
): void {
  const keys = new Set([...before, ...after].flatMap(({ owner, name }) => keyOf(owner, name)))
  for (const key of keys) {
    const isMeant = ({ owner, name }: ReadyCondition): boolean => keyOf(owner, name)[0] === key
    const [old, young] = [before.filter(isMeant), after.filter(isMeant)]
    const { name = '', owner = '' } = old[0] ?? young[0] ?? {}
    if (!isSame(old, young)) tell(name, owner, old.length === young.length)
  }
}

function keyOf(owner: string | undefined, name: string): readonly string[] {
  return owner === undefined ? [] : [JSON.stringify([owner, name])]
}

/** Whoever uses a setting is touched by what it is. */
function touchMentioning(component: Component, setting: string, touch: Touch): void {
  const place = `settings.${setting}`
  if (mentions(bodyOf(component), setting)) touch(place, component.owner)
  for (const condition of conditionsOf(component)) {
    if (mentions(condition, setting)) touch(place, condition.owner)
  }
}

/** Whether a setting is spoken of; settings that are spoken of otherwise than by name may be any. */
function mentions(value: unknown, setting: string): boolean {
  const found = JSON.stringify(value).matchAll(/\bsettings\b(?:\s*\.\s*([A-Za-z_]\w*))?/g)
  return [...found].some(([, name]) => name === undefined || name === setting)
}

/** A region is everybody's who is in it. */
function compareRegions(
  before: EnvironmentDefinition,
  after: EnvironmentDefinition,
  touch: Touch,
): void {
  for (const [old, young] of pairs(before.regions, after.regions)) {
    if (old !== undefined && young !== undefined && isSame(old.after, young.after)) continue
    const region = old?.name ?? young?.name ?? ''
    const inside = [...before.components, ...after.components].filter(
      ({ regions }) => regions?.includes(region) ?? true,
    )
    for (const component of inside) touchWhole(`regions.${region}`, component, touch)
  }
}

/** What a target makes of the environment, for every target; the end of one touches all of it. */
function compareTargets(
  before: EnvironmentContract,
  after: EnvironmentContract,
  touch: Touch,
): void {
  const young = targetNames(after)
  for (const name of targetNames(before)) {
    const old = aimEnvironment(before, name)
    if (young.includes(name)) {
      if (name !== undefined) compareDefinitions(old, aimEnvironment(after, name), touch)
    } else {
      const place = name === undefined ? 'targets' : `targets.${name}`
      for (const component of old.components) touchWhole(place, component, touch)
    }
  }
}

/** For whom it may be run; undefined: for whomever. */
function targetNames({ definition }: EnvironmentContract): readonly (string | undefined)[] {
  const names = definition.targets.map(({ name }) => name)
  return names.length === 0 ? [undefined] : names
}

function touchWhole(place: string, component: Component, touch: Touch): void {
  touch(place, component.owner, ...conditionsOf(component).map(({ owner }) => owner))
}

/** The revision of a part is an agreement with its owner, also where nothing of it means anything new. */
function compareUses(before: EnvironmentContract, after: EnvironmentContract, touch: Touch): void {
  const [uses, younger] = [partUses(before.document), partUses(after.document)]
  for (const [old, young] of pairs(uses, younger)) {
    if (old?.revision === young?.revision && old?.owner === young?.owner) continue
    touch(old?.name ?? young?.name ?? '', old?.owner, young?.owner)
  }
}

/** What has the same name on both sides, or is on one side alone. */
function pairs<Item extends { readonly name: string }>(
  before: readonly Item[],
  after: readonly Item[],
): readonly (readonly [Item | undefined, Item | undefined])[] {
  const names = new Set([...before, ...after].map(({ name }) => name))
  return [...names].map((name) => [
    before.find((one) => one.name === name),
    after.find((one) => one.name === name),
  ])
}

function isSame(one: unknown, other: unknown): boolean {
  return printCanonicalJson(one as Json) === printCanonicalJson(other as Json)
}
